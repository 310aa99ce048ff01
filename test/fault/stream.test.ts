import { afterEach, describe, expect, test } from '@jest/globals'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

let stage: Stage
let bot: Child

async function open(settings?: Parameters<typeof Stage.open>[1]): Promise<void> {
  stage = await Stage.open({}, settings)
  bot = await stage.online()
}

afterEach(async () => {
  await stage.close()
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
})

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
