import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { writeRules } from '../../support/kept-shop.ts'
import { runWxreply } from '../../support/run-cli.ts'
import { Shown } from '../../support/shown.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'wxr-test-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const wxreply = (...argv: string[]) => runWxreply(argv, { cwd: dir })
const RULES =
  'rules:\n  - {name: 问价, when: 价格, reply: 8 元}\n  - {name: 地址, when: 地址, reply: 张杨路}\n'

describe('test', () => {
  test('names the line of the test and the rule that came close', async () => {
    await writeRules(dir, 'rules/a.yml', RULES)
    await writeRules(dir, 'rules/a.test.yml', 'tests:\n  - {room: 老客户群, say: 价格, expect: 8 元}\n')
    const { code, out } = await wxreply('test')
    expect(code).toBe(1)
    expect(out).toMatch(
      /^rules\/a\.test\.yml:2 {2}✗ 价格 {2}应该包含 “8 元”，实际 （没有 \/ nothing）\n {2}近：规则 问价（rules\/a\.yml:2）没命中，因为 chat=group/,
    )
  })

  test('coverage: what no test reaches, and a least share of it', async () => {
    await writeRules(dir, 'rules/a.yml', `${RULES}tests:\n  - {say: 价格, expect: 8 元}\n`)
    const covered = await wxreply('test', '--coverage', '--min-coverage', '50')
    expect(covered).toMatchObject({
      code: 0,
      out: expect.stringContaining('rules/a.yml:3  没有测试用到  地址'),
    })
    expect((await wxreply('test', '--min-coverage', '51%')).code).toBe(1)
    expect((await wxreply('test', '--min-coverage', 'all')).code).toBe(2)
  })

  test('only some, a report for CI servers, and what is wrong with options', async () => {
    await writeRules(
      dir,
      'rules/a.yml',
      `${RULES}tests:\n  - {name: 甲, say: 价格, expect: 8 元}\n  - {name: 乙, say: 地址, expect: 人民路}\n`,
    )
    expect((await wxreply('test')).code).toBe(1)
    const { code, out } = await wxreply('test', '--run', '^甲', '--junit', 'report.xml')
    expect(code).toBe(0)
    expect(out).toContain('测试 1/1 通过')
    expect(await readFile(join(dir, 'report.xml'), 'utf8')).toContain('<testcase name="甲"')
    expect((await wxreply('test', '--run', '(')).code).toBe(2)
    expect((await wxreply('test', '--junit', 'no/where.xml')).code).toBe(2)
  })

  test('--watch tests again after a change and ends with the last outcome', async () => {
    await writeRules(dir, 'rules/a.yml', `${RULES}tests:\n  - {say: 价格, expect: 8 元}\n`)
    const [shown, aborter] = [new Shown(), new AbortController()]
    const ended = runWxreply(['test', '--watch'], {
      cwd: dir,
      signal: aborter.signal,
      onOutput: (out) => shown.add(out),
    })
    await shown.until(/1\/1 通过[\s\S]*重新测试/)
    await writeRules(dir, 'rules/a.yml', `${RULES}tests:\n  - {say: 价格, expect: 9 元}\n`)
    await shown.until(/0\/1 通过/)
    aborter.abort()
    expect((await ended).code).toBe(1)
  })
})
