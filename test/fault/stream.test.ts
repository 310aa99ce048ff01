import { afterEach, describe, expect, test } from '@jest/globals'
import type { Entry } from '../../src/simulator/journal.ts'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { DAY, endAll, MINUTE, play, start } from './clockwork.ts'
import { Stage } from './stage.ts'

let stage: Stage
let bot: Child

async function open(settings?: Parameters<typeof Stage.open>[1]): Promise<void> {
  stage = await Stage.open({}, settings)
  isOpen = true
  bot = await stage.online()
}

let isOpen = false
afterEach(async () => {
  if (isOpen) await stage.close()
  isOpen = false
  await endAll()
})

/** With a page of numbers; everything else as fast as it goes. */
const SETTINGS = FAST_SETTINGS.replace('listen: off', 'listen: 127.0.0.1:0')

const texts = () => stage.simulator.sends.map((send) => send.text)

async function metrics(): Promise<string> {
  const port = await bot.waitFor((output) => /"event":"web","port":(\d+)/.exec(output)?.[1])
  const token = stage.shop.read('data/http-token').trim()
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
    headers: { Authorization: `Bearer ${token}` },
  })
  return await answer.text()
}

/** Asks for a number of its own, so that one answer cannot pass for another. */
async function ask(number: number): Promise<void> {
  expect(await stage.ask(`编号${number}`)).toBe(`收到${number}`)
}

describe('F42: the same message again', () => {
  test('F42: in the next answer, and after a restart: one reply', async () => {
    await open()
    await ask(1)
    stage.simulator.duplicate()
    await ask(2)
    await bot.stop()
    bot = await stage.online()
    stage.simulator.duplicate()
    await ask(3)
    expect(texts()).toEqual(['收到1', '收到2', '收到3'])
  })

  test('F42: a day later, to a process that never saw it: one reply', async () => {
    // However old a message is, it would be answered: only that it is known keeps it silent.
    const { clock, simulator, shop, bot: before } = await play({ settings: UNHURRIED })
    const said = () => simulator.sends.map((send) => send.text)
    const first = simulator.deliver({ kind: 'text', from: '小王', text: '一' })
    expect(await clock.until(() => said().length === 1)).toBe(true)
    await clock.pass(MINUTE)
    await before.stop()
    await clock.jump(DAY)
    const again = start(shop, clock)
    expect(await clock.until(() => again.state === 'online')).toBe(true)
    simulator.duplicate(first)
    simulator.deliver({ kind: 'text', from: '小王', text: '二' })
    expect(await clock.until(() => said().length > 1)).toBe(true)
    await clock.pass(10 * MINUTE)
    expect(said()).toEqual(['收到一', '收到二'])
    expect(again.log).toContain('"gap":"replay"')
  })
})

/** No message is too old for an answer, and nothing keeps a reply waiting. */
const UNHURRIED = `
safety: {max_age: off, loop_breaker: off}
send: {min_gap: 0s, typing: off}
limits: {all: off, chat: off, day: off}
`

/** An answer that is good but for its keys, which are empty. */
const EMPTY_KEYS =
  'raw:{"BaseResponse":{"Ret":0,"ErrMsg":""},"AddMsgList":[],"SyncKey":{"Count":0,"List":[]},"SyncCheckKey":{"Count":0,"List":[]}}'

describe('F44: the position in the stream', () => {
  test('F44: that goes back is said, counted, and makes nothing be answered twice', async () => {
    await open({ settings: SETTINGS })
    await ask(1)
    await ask(2)
    const since = stage.simulator.journal.seq
    stage.simulator.regressKey(2)
    await ask(3)
    await bot.waitForText(/"gap":"position-back"/)
    expect(await metrics()).toContain('wxreply_gaps_total{kind="position-back"} 1')
    // The server hands out again what lies behind the position it gave.
    await stage.nextRequest('webwxsync', since)
    await ask(4)
    expect(texts()).toEqual(['收到1', '收到2', '收到3', '收到4'])
  })
})

describe('F44: keys that are no position', () => {
  test('F44: an empty key is not taken: the one before is presented again, and what it covers is answered', async () => {
    await open()
    await ask(1)
    const fault = stage.simulator.faults.add({ endpoint: 'webwxsync', kind: EMPTY_KEYS, when: { times: 1 } })
    const since = stage.simulator.journal.seq
    await ask(2)
    expect(fault.hits).toBe(1)
    const [emptied, next] = stage.requests('webwxsync', since).map(keyIn)
    expect(emptied?.Count).toBeGreaterThan(0)
    expect(next).toEqual(emptied)
    const checks = stage
      .requests('synccheck', since)
      .map((note) => note.kind === 'request' && note.query.synckey)
    expect(checks).not.toContain('')
    expect(texts()).toEqual(['收到1', '收到2'])
    expect(stage.simulator.violations).toEqual([])
  })

  test('F44: a position that goes back again and again is an alarm, also while news comes, until it holds', async () => {
    const { clock, simulator, bot: inside } = await play({ settings: UNHURRIED })
    const said = () => simulator.sends.map((send) => send.text)
    const say = async (number: number) => {
      simulator.deliver({ kind: 'text', from: '小王', text: `${number}` })
      expect(await clock.until(() => said().includes(`收到${number}`))).toBe(true)
    }
    await say(1)
    await say(2)
    for (let number = 3; number <= 5; number++) {
      await clock.pass(MINUTE)
      expect(inside.alarms).not.toContain('stuck raised')
      simulator.regressKey(2)
      await say(number)
    }
    expect(await clock.until(() => inside.alarms.includes('stuck raised'), MINUTE)).toBe(true)
    await clock.pass(5 * MINUTE)
    expect(inside.alarms).not.toContain('stuck cleared')
    expect(await clock.until(() => inside.alarms.includes('stuck cleared'), 10 * MINUTE)).toBe(true)
    expect(said().filter((text) => text.startsWith('收到'))).toEqual([
      '收到1',
      '收到2',
      '收到3',
      '收到4',
      '收到5',
    ])
  })
})

function keyIn(note: Entry): { Count: number } | null {
  return note.kind === 'request' ? (JSON.parse(note.body) as { SyncKey: { Count: number } }).SyncKey : null
}

describe('F45: news that is announced and is not there', () => {
  test('F45: is told as an alarm once, and its end when messages come again', async () => {
    await open()
    stage.simulator.stuckSelector(2)
    await bot.waitForText(/"alarm":"stuck","state":"raised"/)
    await ask(1)
    stage.simulator.stuckSelector(null)
    await bot.waitForText(/"alarm":"stuck","state":"cleared"/)
    expect(bot.output.match(/"alarm":"stuck","state":"raised"/g)).toHaveLength(1)
  })
})

describe('F46: news under another number', () => {
  test.each([1, 3, 4, 5, 6, 7, 99])('F46: selector %d is fetched like any', async (selector) => {
    await open()
    stage.simulator.newsSelector(selector)
    await ask(1)
  })
})
