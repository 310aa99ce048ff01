import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

test('T25: while the program runs no text reaches a prototype by the name __proto__', () => {
  const look = 'process.on("exit",()=>console.log("accessor",Reflect.has(Object.prototype,"__proto__")))'
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(look)}`, MAIN, '--version'],
    { encoding: 'utf8' },
  )
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n/)
  expect(stdout).toContain('accessor false')
})
