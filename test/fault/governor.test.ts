import { afterEach, describe, expect, test } from '@jest/globals'
import { LeapClock } from '../support/leap-clock.ts'
import { DAY, endAll, HOUR, MINUTE, most, type Played, play, sendTimes } from './clockwork.ts'

afterEach(endAll)

describe('T31: no rule makes the account a spammer', () => {
  test('at most 20 a minute and 300 a day leave it, whatever the rules say', async () => {
    const people = ['小王', '李姐', '老周']
    const { clock, simulator, bot } = await play({
      rules:
        'rules:\n  - name: 话多\n    when: any\n    do: [{reply: "一{{text}}"}, {reply: "二{{text}}"}, {reply: "三{{text}}"}]\n',
      settings:
        'safety: {loop_breaker: off}\nsend: {min_gap: 0s, typing: off, reply_ttl: off}\nlimits: {chat: off}\n',
    })
    for (let n = 0; n < 200; n++) simulator.deliver({ kind: 'text', from: people[n % 3] ?? '', text: `${n}` })
    await clock.pass(HOUR)
    const times = sendTimes(simulator)
    expect(times).toHaveLength(300)
    expect(most(times, MINUTE)).toBe(20)
    expect((await bot.status()).sending.brake).toBe('limit-day')
    await clock.jump(DAY - 4 * HOUR)
    await clock.pass(HOUR / 2)
    expect(sendTimes(simulator)).toHaveLength(300)
    await clock.jump(2 * HOUR)
    await clock.pass(HOUR)
    expect(most(sendTimes(simulator), DAY)).toBe(300)
    expect(sendTimes(simulator)).toHaveLength(600)
  })
})

describe('F67, T32: two of our own daemons that talk to each other', () => {
  /** Joins two servers: what one account says to the other arrives there as a message. Resolves with the sends of each. */
  async function bridge(rules: string, settings = ''): Promise<{ a: number; b: number; log: string }> {
    const clock = new LeapClock()
    const both = [await play({ rules, settings, clock }), await play({ rules, settings, clock })] as const
    const seen = [0, 0]
    const delivered = [0, 0]
    const hand = (index: number, text: string) => {
      delivered[index] = (delivered[index] ?? 0) + 1
      both[index]?.simulator.deliver({ kind: 'text', from: '小王', text })
    }
    for (const [index, { bot }] of both.entries()) {
      const decided = () => bot.decided.filter(({ event }) => event.kind === 'message.received').length
      clock.standStillWhile(() => decided() < (delivered[index] ?? 0))
    }
    const carry = () => {
      for (const [index, { simulator }] of both.entries()) {
        const fresh = simulator.sends.slice(seen[index]).filter(({ chat }) => chat === 'wxid_xiaowang001')
        seen[index] = simulator.sends.length
        for (const { text } of fresh) hand(1 - index, text)
      }
    }
    hand(0, '在吗')
    const end = clock.monotonic() + HOUR / 6
    while (clock.monotonic() < end) {
      await clock.leap(end - clock.monotonic())
      carry()
    }
    const count = (one: Played) =>
      one.simulator.sends.filter(({ chat }) => chat === 'wxid_xiaowang001').length
    return { a: count(both[0]), b: count(both[1]), log: both[0].bot.log + both[1].bot.log }
  }

  test.each<[name: string, rules: string, bubbles?: number]>([
    ['the same words', 'rules:\n  - name: 都答\n    when: any\n    reply: 您好\n'],
    [
      'several replies at once',
      'rules:\n  - name: 都答\n    when: any\n    reply: [您好, 在的, 请说, 收到, 好的, 稍等]\n',
      6,
    ],
    ['ever longer words', 'rules:\n  - name: 都答\n    when: any\n    reply: "您说的是：{{text}}"\n'],
    [
      'long words that differ',
      'rules:\n  - name: 都答\n    when: any\n    do:\n      - add: {轮: 1}\n      - reply: "第{{轮}}次：本店营业时间是早上八点到晚上九点，全年无休，欢迎光临，需要什么请直接说，我们马上为您查询库存和价格，谢谢您的耐心等待。"\n',
    ],
  ])('stop within five replies: %s', async (_name, rules, bubbles = 1) => {
    const { a, b, log } = await bridge(rules)
    expect(Math.min(a, b)).toBeGreaterThan(0)
    // One answer may be several bubbles; those of an answer already given are still said.
    expect(Math.max(a, b)).toBeLessThanOrEqual(5 * bubbles)
    expect(log.includes('像机器人')).toBe(true)
  })
})

describe('every reply that is withheld has a named reason', () => {
  test('quiet hours: taken in, not answered, counted', async () => {
    const { clock, simulator, bot } = await play({ settings: 'quiet_hours: 09:00-12:00\n' })
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    const messages = () => bot.decided.filter(({ event }) => event.kind === 'message.received')
    expect(await clock.until(() => messages().length === 1)).toBe(true)
    expect(messages()[0]?.outcome).toBe('quiet-hours')
    expect((await bot.status()).counters).toMatchObject({ received: 1, suppressed: 1, replied: 0 })
    await clock.pass(MINUTE)
    expect(simulator.sends).toEqual([])
  })

  test('a chat gets six a minute, the others are not held up', async () => {
    const { clock, simulator } = await play({
      settings: 'safety: {loop_breaker: off}\nsend: {min_gap: 0s, typing: off}\n',
    })
    for (let n = 0; n < 12; n++) simulator.deliver({ kind: 'text', from: '小王', text: `${n}` })
    simulator.deliver({ kind: 'text', from: '李姐', text: '在吗' })
    expect(await clock.until(() => simulator.sends.length >= 13, 10 * MINUTE)).toBe(true)
    const at = (chat: string) => sendTimes(simulator, chat)
    expect(most(at('wxid_xiaowang001'), MINUTE)).toBe(6)
    expect((at('wxid_lijie000001')[0] ?? 0) - (at('wxid_xiaowang001')[0] ?? 0)).toBeLessThan(10_000)
  })

  test('a limit of the account is said once, and what waited too long is told as stale', async () => {
    const { clock, simulator, bot } = await play({
      settings:
        'safety: {loop_breaker: off}\nsend: {min_gap: 0s, typing: off}\nlimits: {chat: off, day: {max: 3}}\n',
    })
    for (let n = 0; n < 8; n++) simulator.deliver({ kind: 'text', from: '小王', text: `${n}` })
    expect(await clock.until(() => bot.outcomes('expired').length === 5, HOUR)).toBe(true)
    expect(simulator.sends).toHaveLength(3)
    expect(bot.log.match(/limits\.day/g)).toHaveLength(1)
    expect((await bot.status()).sending.brake).toBe('limit-day')
  })
})

describe('looked at again right before each send', () => {
  const BUBBLES = 'rules:\n  - name: 三句\n    when: any\n    do: [{reply: 一}, {reply: 二}, {reply: 三}]\n'
  const SLOW = 'send: {min_gap: 30s, typing: off}\nsafety: {loop_breaker: off}\n'

  test('F68: the owner steps in between two bubbles: the rest is withdrawn by name, other chats go on', async () => {
    const { clock, simulator, bot } = await play({ rules: BUBBLES, settings: SLOW })
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    expect(await clock.until(() => simulator.sends.length === 1)).toBe(true)
    simulator.phone.say('我来', '小王')
    simulator.deliver({ kind: 'text', from: '李姐', text: '在吗' })
    expect(await clock.until(() => simulator.sends.length === 4, HOUR)).toBe(true)
    await clock.pass(5 * MINUTE)
    expect(simulator.sends.map(({ chat }) => chat.slice(5, 9))).toEqual(['xiao', 'liji', 'liji', 'liji'])
    expect(bot.outcomes('cancelled')).toMatchObject([{ reason: 'takeover' }, { reason: 'takeover' }])
  })

  test('a pause between two bubbles holds the rest; it can be read, and is not said in bulk later', async () => {
    const { clock, simulator, bot } = await play({ rules: BUBBLES, settings: SLOW })
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    expect(await clock.until(() => simulator.sends.length === 1)).toBe(true)
    await bot.control.pause({ chat: null, forMs: null })
    await clock.pass(5 * MINUTE)
    expect(simulator.sends).toHaveLength(1)
    expect(await bot.control.held()).toMatchObject({ result: [{ reason: 'paused' }, { reason: 'paused' }] })
    await bot.control.resume({ chat: null })
    await clock.pass(30 * MINUTE)
    expect(simulator.sends).toHaveLength(1)
  })
})

describe('F52: told "too often" again and again', () => {
  test('F52: each pause is twice the last, up to an hour; one alarm, nothing lost', async () => {
    const { clock, simulator, bot } = await play({
      settings: 'send: {min_gap: 0s, typing: off, reply_ttl: off}\n',
    })
    const fault = simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'ret:1205' })
    simulator.deliver({ kind: 'text', from: '小王', text: '在吗' })
    await clock.pass(6 * HOUR)
    const asked = simulator.journal
      .since()
      .flatMap((note) => (note.kind === 'request' && note.endpoint === 'webwxsendmsg' ? [note.at] : []))
    const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0))
    for (const [index, gap] of gaps.entries())
      expect(gap).toBeGreaterThanOrEqual(Math.min(HOUR, 30_000 * 2 ** index) * 0.99)
    expect(Math.max(...gaps)).toBeLessThan(HOUR * 1.1)
    expect(bot.alarms.filter((alarm) => alarm === 'frozen raised')).toHaveLength(1)
    fault.release()
    expect(await clock.until(() => simulator.sends.length === 1, 2 * HOUR)).toBe(true)
    expect(simulator.sends[0]?.text).toBe('收到在吗')
  })
})
