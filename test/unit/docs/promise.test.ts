import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

test('the README gives the whole promise, word for word', () => {
  const promise = /## The promise\n([\s\S]*?)\n## /.exec(read('docs/reliability.md'))?.[1]?.trim() ?? ''
  expect(promise.split('\n').length).toBeGreaterThan(12)
  expect(read('README.md')).toContain(promise)
})
