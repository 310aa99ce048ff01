import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { mutatedRules } from '../support/rule-mutations.ts'
import { runWxreply } from '../support/run-cli.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'wxr-fuzz-'))
  mkdirSync(join(dir, 'rules'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** The same law for ten thousand files, with times, is `node bench/fuzz-rules.ts`. */
test('check ends with 0 or 1 and says why, whatever the file holds', async () => {
  await fc.assert(
    fc.asyncProperty(mutatedRules, async (text) => {
      writeFileSync(join(dir, 'rules/a.yml'), text)
      const { code, out } = await runWxreply(['check'], { cwd: dir })
      expect([0, 1]).toContain(code)
      if (code === 1) expect(out).toMatch(/rules\/[^\n]*:\d+:\d+ {2}错误 E\d{3} /)
    }),
    { numRuns: 200 },
  )
})

test('test ends with 0 or 1, whatever the file holds', async () => {
  await fc.assert(
    fc.asyncProperty(mutatedRules, async (text) => {
      writeFileSync(join(dir, 'rules/a.yml'), text)
      expect([0, 1]).toContain((await runWxreply(['test'], { cwd: dir })).code)
    }),
    { numRuns: 100 },
  )
})
