import { afterEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import type { Clock } from '../../src/support/clock.ts'
import { Inside } from '../support/inside.ts'
import { LeapClock } from '../support/leap-clock.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SERVER_START = Date.parse('2030-03-05T02:00:00Z')
const SETTINGS = `${FAST_SETTINGS}reload: {watch: false}\n`

const ends: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

interface Played {
  readonly clock: LeapClock
  readonly simulator: Simulator
  readonly shop: Shop
  bot: Inside
}

interface Scene {
  readonly at?: number
  readonly rules?: string
  readonly settings?: string
}

function start(shop: Shop, clock: LeapClock): Inside {
  const bot = new Inside(shop, clock)
  clock.standStillWhile(() => bot.isSending)
  ends.push(() => bot.stop())
  return bot
}

/** A daemon that is online, on a clock of its own; the server has another one that nobody sets. */
async function play({
  at = Date.parse('2030-03-05T02:00:00Z'),
  rules,
  settings = SETTINGS,
}: Scene = {}): Promise<Played> {
  const clock = new LeapClock(at)
  // The server's clock is right: it goes on from 2030 whatever ours says.
  const serverClock: Clock = {
    now: () => SERVER_START + clock.monotonic(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  }
  const simulator = await startSimulator({ phone: 'auto', clock: serverClock })
  ends.push(() => simulator.close())
  const shop = new Shop({ url: simulator.url, settings, ...(rules === undefined ? {} : { rules }) })
  ends.push(() => shop.close())
  const bot = start(shop, clock)
  expect(await clock.until(() => bot.state === 'online')).toBe(true)
  return { clock, simulator, shop, bot }
}

/** What customers got; the owner's notices are not meant. */
const texts = ({ simulator }: Played) =>
  simulator.sends.filter((send) => send.chat !== 'filehelper').map((send) => send.text)

async function ask(played: Played, number: number): Promise<void> {
  const { simulator, clock } = played
  simulator.deliver({ kind: 'text', from: '小王', text: `编号${number}` })
  expect(await clock.until(() => texts(played).includes(`收到${number}`), 5 * MINUTE)).toBe(true)
}

describe('F25: the clock is set', () => {
  test.each([
    ['an hour forward', HOUR],
    ['an hour back', -HOUR],
    ['a day forward', DAY],
    ['a day back', -DAY],
  ])('%s: ids stay apart, what waits does not grow old, replies go on', async (_name, ms) => {
    const played = await play()
    await ask(played, 1)
    const fault = played.simulator.faults.add({ endpoint: 'webwxsendmsg', kind: 'status:429' })
    played.simulator.deliver({ kind: 'text', from: '李姐', text: '编号2' })
    expect(await played.clock.until(() => fault.hits > 0)).toBe(true)
    played.clock.set(ms)
    await played.clock.settle()
    fault.release()
    expect(await played.clock.until(() => texts(played).includes('收到2'), 5 * MINUTE)).toBe(true)
    await ask(played, 3)
    expect(texts(played)).toEqual(['收到1', '收到2', '收到3'])
    const ids = played.simulator.sends.map((send) => send.clientMsgId)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted()).toEqual(ids)
    expect(played.bot.outcomes('expired', 'held', 'dead')).toEqual([])
  })

  test.each([
    ['ahead', DAY],
    ['behind', -DAY],
  ])('a day %s: what the server kept for long is still too old', async (_name, ms) => {
    const played = await play()
    played.clock.set(ms)
    await played.clock.settle()
    const kept = SERVER_START + played.clock.monotonic() - HOUR
    played.simulator.deliver({ kind: 'text', from: '李姐', text: '编号1', at: kept })
    await ask(played, 2)
    expect(texts(played)).toEqual(['收到2'])
  })

  test('back over a schedule: what rang does not ring again, what comes rings once', async () => {
    const rules = `
schedules:
  - {name: 整点, cron: "0 * * * *", to: {room: 老客户群}, do: [{reply: 整点}]}
`
    const played = await play({ rules })
    await played.clock.pass(HOUR + MINUTE)
    expect(texts(played)).toEqual(['整点'])
    played.clock.set(-HOUR)
    await played.clock.pass(HOUR + MINUTE)
    expect(texts(played)).toEqual(['整点'])
    await played.clock.pass(HOUR)
    expect(texts(played)).toEqual(['整点', '整点'])
  })
})

describe('F26: daylight saving', () => {
  const rules = `
schedules:
  - {name: 两点半, cron: "30 2 * * *", to: {room: 老客户群}, do: [{reply: 到点}]}
`
  const settings = `timezone: Europe/Berlin\n${SETTINGS}`

  test('a gap: once, in the minute behind it', async () => {
    // The night in which 02:00 becomes 03:00.
    const played = await play({ rules, settings, at: Date.parse('2030-03-31T00:00:00Z') })
    const fired: number[] = []
    while (played.clock.now() < Date.parse('2030-03-31T06:00:00Z')) {
      await played.clock.pass(MINUTE)
      if (texts(played).length > fired.length) fired.push(played.clock.now())
    }
    expect(fired).toHaveLength(1)
    expect(Math.abs((fired[0] ?? 0) - Date.parse('2030-03-31T01:00:00Z'))).toBeLessThanOrEqual(2 * MINUTE)
  })

  test('an overlap: once', async () => {
    // The night in which 03:00 becomes 02:00.
    const played = await play({ rules, settings, at: Date.parse('2030-10-26T23:00:00Z') })
    await played.clock.pass(5 * HOUR)
    expect(texts(played)).toHaveLength(1)
  })
})

describe('F27: a machine that thinks it is 1970', () => {
  test('is warned of once, rings nothing, answers; when the clock is set nothing rings that was never missed', async () => {
    const rules = `
schedules:
  - {name: 每分钟, cron: "* * * * *", to: {room: 老客户群}, do: [{reply: 又一分钟}]}
rules:
  - {name: 编号, when: {regex: '^编号(?<号>\\d+)$'}, reply: '收到{{号}}'}
`
    const played = await play({ rules, at: 5 * MINUTE })
    await played.clock.pass(10 * MINUTE)
    await ask(played, 1)
    expect(texts(played)).toEqual(['收到1'])
    expect(played.bot.log.match(/"isPlausible":false/g)).toHaveLength(1)
    played.clock.set(Date.parse('2030-03-05T02:00:30Z') - played.clock.now())
    await ask(played, 2)
    await played.clock.pass(2 * MINUTE)
    expect(texts(played).filter((text) => text.startsWith('收到'))).toEqual(['收到1', '收到2'])
    const rings = texts(played).filter((text) => text === '又一分钟').length
    expect(rings).toBeGreaterThanOrEqual(1)
    expect(rings).toBeLessThanOrEqual(4)
    expect(played.bot.log.match(/"isPlausible":true/g)).toHaveLength(1)
  })
})

describe('F89: due while the daemon was down', () => {
  const rules = `
schedules:
  - {name: 补一次, cron: "0 9 * * *", to: {room: 老客户群}, if_missed: run_once, do: [{reply: 补上}]}
  - {name: 不补, cron: "0 9 * * *", to: {room: 老客户群}, do: [{reply: 不该有}]}
`

  test('for three days: run_once rings once, skip never, and never again', async () => {
    const played = await play({ rules })
    // Long enough to have seen the schedules: before that nothing of theirs counts as missed.
    await played.clock.pass(MINUTE)
    await played.bot.stop()
    await played.clock.jump(3 * DAY)
    played.bot = start(played.shop, played.clock)
    expect(await played.clock.until(() => texts(played).length > 0)).toBe(true)
    await played.clock.pass(HOUR)
    expect(texts(played)).toEqual(['补上'])
    await played.bot.stop()
    played.bot = start(played.shop, played.clock)
    await played.clock.pass(HOUR)
    expect(texts(played)).toEqual(['补上'])
  })
})
