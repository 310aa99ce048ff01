import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { systemClock } from '../../src/support/clock.ts'
import { connectControl } from '../../src/web/control-client.ts'
import { BAD_SAVES, saveBadly } from '../support/bad-saves.ts'
import { bigTable } from '../support/big-table.ts'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS, SHOP_RULES, Shop } from '../support/shop.ts'

const QUICK_RELOAD = `${FAST_SETTINGS}\nreload: {poll: 1s, settle: 20ms}\n`

let simulator: Simulator
let shop: Shop
let bot: Child

beforeEach(async () => {
  simulator = await startSimulator({ pollHoldMs: 2000, phone: 'auto' })
  shop = new Shop({ url: simulator.url, settings: QUICK_RELOAD })
  bot = shop.run()
  await bot.waitForText(/"to":"online"/)
})

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

/** Asks the price and resolves with the answer. */
async function ask(text: string): Promise<string> {
  const since = simulator.journal.seq
  simulator.deliver({ kind: 'text', from: '小王', text })
  const entry = await simulator.waitFor((note) => note.kind === 'sent' && note.chat === 'wxid_xiaowang001', {
    since,
  })
  return entry.kind === 'sent' ? entry.text : ''
}

describe('editing the rules of a running daemon', () => {
  test('a changed price is in the next answer, without a restart', async () => {
    expect(await ask('苹果多少钱')).toBe('苹果 8 元一斤，香蕉 5 元一斤。')
    shop.write('rules/10-shop.yml', SHOP_RULES.replace('苹果 8 元', '苹果 9 元'))
    await bot.waitForText(/规则已重新载入.*修改 1: 问价/)
    expect(await ask('苹果多少钱')).toBe('苹果 9 元一斤，香蕉 5 元一斤。')
  })

  test('F69: a failing test beside the rules keeps the old ones', async () => {
    const broken = `${SHOP_RULES.replace('苹果 8 元', '苹果 9 元')}\ntests:\n  - say: 多少钱\n    expect: 苹果 8 元\n`
    shop.write('rules/10-shop.yml', broken)
    await bot.waitForText(/测试.*没通过/)
    expect(await ask('苹果多少钱')).toBe('苹果 8 元一斤，香蕉 5 元一斤。')
  })

  test('with the gate at warn a failing test is named, and the new rules run', async () => {
    await bot.stop()
    shop.write('config/config.yaml', `${shop.read('config/config.yaml')}\nrules: {test_gate: warn}\n`)
    bot = shop.run()
    await bot.waitForText(/"to":"online"/)
    const failing = 'tests:\n  - {say: 多少钱, expect: 苹果 8 元}\n  - {say: 价格, expect: 梨}\n'
    shop.write('rules/10-shop.yml', `${SHOP_RULES.replace('苹果 8 元', '苹果 9 元')}\n${failing}`)
    await bot.waitForText(/测试“多少钱”没通过.*测试“价格”没通过/s)
    await bot.waitForText(/规则已重新载入: .*，测试 0\/2 通过，用时 \d+ms/)
    expect(await ask('苹果多少钱')).toBe('苹果 9 元一斤，香蕉 5 元一斤。')
  })

  test('F69, F70, F71: every kind of bad save is named with file and line, and the last good rules go on answering', async () => {
    await saveBadly(shop, bot, BAD_SAVES.length * 2, async (number) => {
      expect(await ask(`编号${number}`)).toBe(`收到${number}`)
    })
    shop.write('rules/10-shop.yml', SHOP_RULES.replace('苹果 8 元', '苹果 7 元'))
    await bot.waitForText(/规则已重新载入/)
    expect(await ask('价格')).toBe('苹果 7 元一斤，香蕉 5 元一斤。')
  })

  test('while thousands of rules are read in, messages are answered by the old ones', async () => {
    shop.write('rules/faq.csv', bigTable(20_000, 0))
    shop.write('rules/20-faq.yml', 'lists: {faq: {file: faq.csv}}\nquick: {from: faq}\n')
    let isDone = false
    const began = systemClock.monotonic()
    const reload = connectControl(shop.path('data'))
      .reload()
      .finally(() => {
        isDone = true
      })
    let [last, longest] = [began, 0]
    for (let number = 1; !isDone; number++) {
      expect(await ask(`编号${number}`)).toBe(`收到${number}`)
      const now = systemClock.monotonic()
      longest = Math.max(longest, now - last)
      last = now
    }
    expect(await reload).toMatchObject({ kind: 'answer' })
    // A loop that stands still for the reload gives one answer that takes as long.
    expect(longest).toBeLessThan((last - began) / 3)
    expect(await ask('寄北京3公斤')).toBe('寄北京 3 公斤，运费 22 元。')
  })

  test('F69: a start with broken rules answers by the last good ones', async () => {
    await bot.stop('SIGKILL')
    shop.write('rules/10-shop.yml', 'rules: [oops\n')
    bot = shop.run()
    await bot.waitForText(/用上一次的好规则启动/)
    await bot.waitForText(/"to":"online"/)
    expect(await ask('编号5')).toBe('收到5')
  })
})
