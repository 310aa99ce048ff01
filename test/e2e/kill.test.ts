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

/** The moments at which the process dies: a journal entry of this kind, this many entries later. */
function killPoint(round: number): { endpoint: string; skip: number } {
  const endpoints = ['webwxsync', 'webwxsendmsg', 'synccheck', 'webwxsendmsg']
  return { endpoint: endpoints[round % endpoints.length] ?? 'webwxsync', skip: randomInt(1, 6) }
}

test('20 kills in a burst of 200 messages lose none', async () => {
  const answered = () => new Set(simulator.sends.map((send) => send.text))
  let bot = shop.run()
  await bot.waitForText(/"to":"online"/)
  for (let number = 1; number <= MESSAGES; number++) {
    simulator.deliver({ kind: 'text', from: number % 2 === 0 ? '小王' : '李姐', text: `编号${number}` })
  }
  for (let round = 0; round < KILLS; round++) {
    const { endpoint, skip } = killPoint(round)
    let since = simulator.journal.seq
    for (let seen = 0; seen < skip && answered().size < MESSAGES; seen++) {
      const entry = await simulator.waitFor(
        (note) => (note.kind === 'request' || note.kind === 'answer') && note.endpoint === endpoint,
        { since },
      )
      since = entry.seq
    }
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
