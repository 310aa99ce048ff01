import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readKeptEvent, readKeptEvents } from '../../../src/store/kept.ts'
import { KeptShop, writeRules } from '../../support/kept-shop.ts'
import { runWxreply } from '../../support/run-cli.ts'
import { ACCOUNT, message, ownWords } from '../store/fixtures.ts'

const HOUR = 3_600_000
const RULES = `rules:
  - {name: 问价, when: 价格, reply: 8 元, cooldown: 10m}
  - {name: 地址, when: 地址, reply: [张杨路, 地铁口]}
  - {name: 随便, when: 随便, do: [{remember: {来过: 1}}]}
`

let dir: string
let shop: KeptShop
let start: number
const wxreply = (...argv: string[]) => runWxreply(argv, { cwd: dir })
const said = (n: number, text: string, minutes: number) => message(n, { text, at: start + minutes * 60_000 })

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wxr-replay-'))
  start = Math.floor((Date.now() - 10 * HOUR) / 60_000) * 60_000
  shop = await KeptShop.open(dir, RULES, start)
})
afterEach(() => {
  shop.store.close()
  rmSync(dir, { recursive: true, force: true })
})

describe('reading what is kept', () => {
  test('while the store is open, and after it was closed, without leaving anything behind', async () => {
    await shop.happen(said(1, '地址', 0))
    const look = () => readKeptEvents(join(dir, 'data'), 100)
    const kept = look()
    expect(kept).toMatchObject([{ decision: 'act', ruleName: '地址', replies: ['张杨路', '地铁口'] }])
    await shop.happen(said(2, '天气', 1))
    expect(look()).toMatchObject([{ decision: 'act' }, { decision: 'no-match', replies: [] }])
    shop.store.close()
    const files = readdirSync(join(dir, 'data')).sort()
    expect(look()).toHaveLength(2)
    expect(readdirSync(join(dir, 'data')).sort()).toEqual(files)
    expect(files.filter((name) => name.startsWith('store.db'))).toEqual(['store.db'])
  })

  test('the newest, oldest first; one with its trace; nothing where nothing is', async () => {
    for (const n of [1, 2, 3]) await shop.happen(said(n, '地址', n))
    expect(readKeptEvents(join(dir, 'data'), 2)?.map((one) => one.event.messageId)).toEqual(['2', '3'])
    const { id } = said(2, '地址', 2)
    expect(readKeptEvent(join(dir, 'data'), id)).toMatchObject({
      kept: { event: { id } },
      trace: { event: id },
    })
    expect(readKeptEvent(join(dir, 'data'), said(9, 'x', 9).id)).toBeNull()
    expect(readKeptEvents(join(dir, 'elsewhere'), 2)).toBeNull()
  })
})

describe('replay', () => {
  beforeEach(async () => {
    await shop.happen(said(1, '价格', 0))
    await shop.happen(said(2, '价格', 5))
    await shop.happen(said(3, '价格', 20))
    await shop.happen(said(4, '地址', 30))
    await shop.happen(said(5, '天气', 40))
  })

  test('the same rules change nothing, cooldowns included', async () => {
    const { code, out } = await wxreply('replay')
    expect(code).toBe(0)
    expect(out).toBe(
      '比较了 5 条消息：5 条不变，0 条会变（新答 0，不再答 0，答得不同 0）；换了规则但说的一样 0 条，没法比 0 条\n',
    )
  })

  test('other rules: only what would change, with counts', async () => {
    const others = RULES.replace('8 元', '9 元')
      .replace('when: 地址', 'when: 在哪里')
      .replace('随便, when: 随便', '天气, when: 天气')
      .replace('do: [{remember: {来过: 1}}]', 'reply: 晴')
    await writeRules(dir, 'new/a.yml', others)
    const { out } = await wxreply('replay', '--rules', 'new')
    expect(out).toContain('小王: 价格\n  以前: 问价 → 8 元\n  现在: 问价 → 9 元\n')
    expect(out).toContain('小王: 地址\n  以前: 地址 → 张杨路 | 地铁口\n  现在: 不回\n')
    expect(out).toContain('小王: 天气\n  以前: 不回\n  现在: 天气 → 晴\n')
    expect(out).toContain('比较了 5 条消息：1 条不变，4 条会变（新答 1，不再答 1，答得不同 2）')
  })

  test('another rule that says the same is counted, not shown', async () => {
    await writeRules(dir, 'new/a.yml', RULES.replace('name: 地址', 'name: 店址'))
    const { out } = await wxreply('replay', '--rules', 'new')
    expect(out.split('\n')).toHaveLength(2)
    expect(out).toContain('5 条不变，0 条会变')
    expect(out).toContain('换了规则但说的一样 1 条')
  })

  test('messages before --since fill the memory and are not shown', async () => {
    await writeRules(dir, 'new/a.yml', RULES.replace('cooldown: 10m', 'cooldown: 2d'))
    const minutes = Math.floor((Date.now() - start) / 60_000)
    const { out } = await wxreply('replay', '--rules', 'new', '--since', `${minutes - 15}m`)
    expect(out).toContain('比较了 3 条消息：2 条不变，1 条会变（新答 0，不再答 1，答得不同 0）')
  })

  test('what the owner typed counts, what was paused is left out', async () => {
    await shop.happen(ownWords(6, '我来回', 'chat-1', start + 60 * 60_000))
    await shop.happen(said(7, '价格', 61))
    shop.store.outbox.setPaused(ACCOUNT, null, true, shop.clock.now())
    await shop.happen(said(8, '地址', 120))
    const { out } = await wxreply('replay')
    expect(out).toContain('比较了 6 条消息：6 条不变，0 条会变')
    expect(out).toContain('没法比 1 条')
  })

  test('mistakes in the new rules are 1, a wrong duration is 2, no data is 1', async () => {
    await writeRules(dir, 'new/a.yml', 'rules: [{when: 价格}]\n')
    expect(await wxreply('replay', '--rules', 'new')).toMatchObject({
      code: 1,
      err: expect.stringContaining('E403'),
    })
    expect((await wxreply('replay', '--since', 'yesterday')).code).toBe(2)
    expect(await wxreply('replay', '--data', 'nowhere')).toMatchObject({
      code: 1,
      err: expect.stringContaining('没有这些记录'),
    })
  })
})

describe('test --record', () => {
  const record = (n: number, text: string, minutes: number) =>
    wxreply('test', '--record', said(n, text, minutes).id)

  test('an answered message becomes a test that passes', async () => {
    await shop.happen(said(1, '价格', 0))
    const { code, out } = await record(1, '价格', 0)
    expect(code).toBe(0)
    expect(out).toMatch(
      /^tests:\n {2}- name: 记录 .*\n {4}at: .*\n {4}from: 小王\n {4}say: 价格\n {4}expect:\n {6}rule: 问价\n {6}exact: 8 元\n$/,
    )
    await writeRules(dir, 'rules/a.test.yml', out)
    expect((await wxreply('test')).out).toContain('测试 1/1 通过')
  })

  test.each([
    ['several replies are a list', '地址', /expect:\n {6}- 张杨路\n {6}- 地铁口\n/],
    ['silence is nothing', '天气', /expect: nothing\n/],
    ['an act without words', '随便', /expect:\n {6}rule: 随便\n {6}nothing: true\n/],
    ['words that YAML would read otherwise', '价格: "1" # a', /say: '价格: "1" # a'\n/],
  ])('%s, and the test passes', async (_, text, expected) => {
    await shop.happen(said(1, text, 0))
    const { out } = await record(1, text, 0)
    expect(out).toMatch(expected)
    await writeRules(dir, 'rules/a.test.yml', out)
    expect(await wxreply('test')).toMatchObject({ code: 0, out: expect.stringContaining('测试 1/1 通过') })
  })

  test('silence because of an earlier message is said to be so', async () => {
    await shop.happen(said(1, '价格', 0))
    await shop.happen(said(2, '价格', 5))
    const { out } = await record(2, '价格', 5)
    expect(out).toMatch(/^# 当时没有回，原因是 cooldown/)
    expect(out).toContain('expect: nothing')
  })

  test('what is not kept is 1', async () => {
    expect(await record(9, 'x', 0)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('没有这些记录'),
    })
  })
})
