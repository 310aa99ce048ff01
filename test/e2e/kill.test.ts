import { randomInt } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { Shop } from '../support/shop.ts'

const MESSAGES = 200
const KILLS = 20

let simulator: Simulator
let shop: Shop

beforeEach(async () => {
  simulator = await startSimulator({ pollHoldMs: 2000, sendMode: 'naive', phone: 'auto' })
  shop = new Shop({ url: simulator.url })
})

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

/** Lets the process live for a few requests of this kind; a poll counts too, so that this always ends. */
async function liveFor(endpoint: string, requests: number): Promise<void> {
  let since = simulator.journal.seq
  for (let seen = 0; seen < requests; seen++) {
    const entry = await simulator.waitFor(
      (note) => note.kind === 'request' && [endpoint, 'synccheck'].includes(note.endpoint),
      { since },
    )
    since = entry.seq
  }
}

test('20 kills in a burst of 200 messages lose none', async () => {
  const answered = () => new Set(simulator.sends.map((send) => send.text))
  let bot = shop.run()
  await bot.waitForText(/"to":"online"/)
  for (let round = 0; round < KILLS; round++) {
    for (let number = 1; number <= MESSAGES / KILLS; number++) {
      const text = `编号${round * (MESSAGES / KILLS) + number}`
      simulator.deliver({ kind: 'text', from: number % 2 === 0 ? '小王' : '李姐', text })
    }
    await liveFor(round % 2 === 0 ? 'webwxsendmsg' : 'webwxsync', randomInt(1, 8))
    await bot.stop('SIGKILL')
    bot = shop.run()
  }
  while (answered().size < MESSAGES) {
    await simulator.waitFor((note) => note.kind === 'sent', { since: simulator.journal.seq })
  }
  const texts = [...answered()].map((text) => Number(text.slice(2))).sort((a, b) => a - b)
  expect(texts).toEqual(Array.from({ length: MESSAGES }, (_, index) => index + 1))
  const doubles = simulator.sends.length - MESSAGES
  expect(doubles).toBeLessThanOrEqual(KILLS)
  const idsByText = new Map<string, Set<string>>()
  for (const send of simulator.sends) {
    idsByText.set(send.text, (idsByText.get(send.text) ?? new Set()).add(send.clientMsgId))
  }
  expect([...idsByText.values()].every((ids) => ids.size === 1)).toBe(true)
}, 180_000)
