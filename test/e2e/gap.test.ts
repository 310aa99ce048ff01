import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import type { Child } from '../support/child.ts'
import { Shop } from '../support/shop.ts'

let simulator: Simulator
let shop: Shop
let bot: Child

beforeEach(async () => {
  simulator = await startSimulator({ pollHoldMs: 2000, phone: 'auto' })
  shop = new Shop({ url: simulator.url })
  bot = shop.run()
  await bot.waitForText(/"to":"online"/)
  simulator.deliver({ kind: 'text', from: '小王', text: '编号1' })
  await simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到1')
})

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

test('a new login after a kick-out is named as a gap', async () => {
  expect(bot.stdout).not.toContain('"gap"')
  simulator.phone.logout()
  await bot.waitForText(/"gap":"new-login"/)
})

test('a position that goes back makes nothing be answered twice', async () => {
  simulator.regressKey()
  simulator.deliver({ kind: 'text', from: '小王', text: '编号2' })
  await simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到2')
  expect(simulator.sends.map((send) => send.text)).toEqual(['收到1', '收到2'])
})
