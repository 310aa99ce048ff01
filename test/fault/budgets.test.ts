import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Child } from '../support/child.ts'
import { Stage } from './stage.ts'

const RULES = `
rules:
  - name: 一次
    id: once
    when: 优惠
    reply: 满百减十
    cooldown: {per: contact, for: 6h}
  - name: 两次
    id: twice
    when: 运费
    reply: 十元
    limit: {per: chat, max: 2, in: 1h}
  - name: 全店三次
    when: 样品
    reply: 送一个
    limit: {per: rule, max: 3, in: 1d}
  - {name: 问价, when: 多少钱, reply: 八元}
`
const SETTINGS = `
send: {min_gap: 0s, typing: off}
limits: {all: off, chat: off, day: off}
safety: {loop_breaker: off}
server: {listen: "127.0.0.1:0", token: {secret: HTTP_TOKEN}}
log: {level: debug, format: json}
`
const TOKEN = 'a-token-for-this-test-only-0123456789'

let stage: Stage
let bot: Child
let base: string

beforeEach(async () => {
  stage = await Stage.open({}, { rules: RULES, settings: SETTINGS })
  await begin()
})
afterEach(() => stage.close())

async function begin(): Promise<void> {
  bot = await stage.online({ env: { HTTP_TOKEN: TOKEN } })
  base = (await bot.waitForText(/(http:\/\/127\.0\.0\.1:\d+)\/status/))[1] ?? ''
}

/** The value of one line of /metrics; 0 when it is not there. */
async function metric(line: string): Promise<number> {
  const answer = await fetch(`${base}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })
  const text = await answer.text()
  expect(answer.status).toBe(200)
  const found = text.split('\n').find((one) => one.startsWith(`wxreply_${line} `))
  return Number(found?.split(' ').at(-1) ?? 0)
}

/** Says something that must stay unanswered: its id and the reason, once it was decided. */
async function silent(text: string, from = '小王'): Promise<{ id: string; reason: string }> {
  const before = bot.stdout.length
  stage.simulator.deliver({ kind: 'text', from, text })
  const line = await bot.waitFor(() =>
    bot.stdout
      .slice(before)
      .split('\n')
      .find((one) => one.includes('"event":"decision"') && !one.includes('"decision":"act"')),
  )
  const { eventId, reason } = JSON.parse(line) as { eventId: string; reason: string }
  return { id: eventId, reason }
}

async function explained(id: string): Promise<string> {
  const { code, stdout } = await stage.command('explain', '--message', id)
  expect(code).toBe(0)
  return stdout
}

describe('T31: each budget silences by name, is counted, and can be read', () => {
  test.each([
    ['a cooldown per contact', '优惠', 1, 'cooldown', '一次', 'once'],
    ['a limit per chat', '运费', 2, 'limit', '两次', 'twice'],
  ])('T31: %s, over a restart', async (_name, text, times, reason, rule, label) => {
    for (let n = 0; n < times; n++) await stage.ask(text)
    await bot.stop('SIGKILL')
    await begin()
    const { id, reason: found } = await silent(text)
    expect(found).toBe(reason)
    expect(await explained(id)).toMatch(new RegExp(`规则“${rule}”.*${reason === 'limit' ? '上限' : '冷却'}`))
    expect(await metric(`messages_skipped_total{reason="${reason}"}`)).toBe(1)
    expect(await metric(`rule_limited_total{rule="${label}",scope="${reason}"}`)).toBe(1)
    expect(await stage.ask(text, '李姐')).not.toBe('')
  })

  test('T31: a limit per rule counts everybody', async () => {
    for (const from of ['小王', '李姐', '老周']) expect(await stage.ask('样品', from)).toBe('送一个')
    expect((await silent('样品', 'Bob')).reason).toBe('limit')
    expect(await stage.ask('多少钱', 'Bob')).toBe('八元')
  })

  test('T31: what the owner, a pause, a stop word silence is counted by that name, and takeovers are shown', async () => {
    stage.simulator.phone.say('我来', '小王')
    const taken = await silent('多少钱')
    expect(taken.reason).toBe('takeover')
    expect(await explained(taken.id)).toContain('店主')
    expect(await metric('takeovers_active')).toBe(1)
    expect(await stage.ask('退订', '李姐')).toContain('不再')
    expect((await silent('多少钱', '李姐')).reason).toBe('stop-words')
    await stage.command('pause')
    expect((await silent('多少钱', '老周')).reason).toBe('paused')
    for (const reason of ['takeover', 'stop-words', 'paused'])
      expect(await metric(`messages_skipped_total{reason="${reason}"}`)).toBe(1)
    expect(stage.simulator.sends).toHaveLength(1)
  })
})

test('F69: wrong rules set the gauge to 0, right ones to 1 again', async () => {
  expect(await metric('config_last_reload_successful')).toBe(1)
  stage.shop.write('rules/10-shop.yml', 'rules: [')
  expect((await stage.command('reload')).code).toBe(1)
  expect(await metric('config_last_reload_successful')).toBe(0)
  stage.shop.write('rules/10-shop.yml', RULES)
  expect((await stage.command('reload')).code).toBe(0)
  expect(await metric('config_last_reload_successful')).toBe(1)
  expect(await metric('rules_loaded{kind="rule"}')).toBe(4)
})
