import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS, SHOP_RULES, Shop } from '../support/shop.ts'

const SETTINGS = FAST_SETTINGS.replace('{level: debug, format: json}', '{level: info, format: pretty}')
const HOUR = 3_600_000

let simulator: Simulator
let shop: Shop

beforeEach(async () => {
  simulator = await startSimulator({ pollHoldMs: 1000, phone: 'auto' })
  shop = new Shop({ url: simulator.url, settings: SETTINGS })
})

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

async function online(): Promise<Child> {
  const bot = shop.run()
  await bot.waitForText(/在线。/)
  return bot
}

/** Sentences without their times. */
const sentences = (text: string) =>
  text
    .split('\n')
    .map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))
    .filter((line) => line !== '')

describe('what the owner reads', () => {
  test('a login tells whom it is, how many chats, and which room of the rules nobody knows', async () => {
    shop.write('rules/10-shop.yml', SHOP_RULES.replace('room: 老客户群', 'room: 老客户裙'))
    const bot = await online()
    const told = sentences(bot.stdout)
    const first = told.findIndex((line) => line.startsWith('登录成功'))
    expect(told.slice(first, first + 3)).toEqual([
      '登录成功: 果果小店🤖 (uin …01)，联系人 8，群 3',
      '注意 规则里找不到群“老客户裙”，最像: “老客户群”  (rules/10-shop.yml:9)',
      `在线。收到的消息按 ${shop.path('rules')} 处理；改完规则保存即可，无需重启。`,
    ])
  })

  test('a message and its reply are one line, told when the reply is out', async () => {
    const bot = await online()
    simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
    await bot.waitForText(/已回复/)
    const told = sentences(bot.stdout).filter((line) => line.includes('小王'))
    expect(told).toEqual([
      expect.stringMatching(/^小王: “多少钱”\(3字\) → 规则 问价 → 已回复 1 条 \(\d\.\ds\)$/),
    ])
  })

  test('a save with two mistakes is one line with both places, and says that the old rules stay', async () => {
    const bot = await online()
    const before = bot.stdout.length
    shop.write('rules/10-shop.yml', `${SHOP_RULES}  - name: 错\n    whem: 优惠\n    reply: 价格: 1 元\n`)
    const text = await bot.waitFor(() => /规则有误.*#E103\n/s.exec(bot.stdout.slice(before))?.[0])
    expect(text.match(/规则有误/g)).toHaveLength(1)
    expect(text).toMatch(/^规则有误，继续用旧规则:\n/)
    expect(text).toMatch(/rules\/10-shop\.yml:20:5 +错误 E401 .*rules\/10-shop\.yml:21:12 +错误 E103 /s)
    shop.write('rules/10-shop.yml', SHOP_RULES.replace('编号', '号码'))
    await bot.waitForText(/规则已重新载入/)
    expect(bot.stdout.match(/规则有误/g)).toHaveLength(1)
  })

  test('the owner who answers on the phone is told for how long the bot is silent there', async () => {
    const bot = await online()
    simulator.phone.say('我来回', '小王')
    await bot.waitForText(/您在手机上回了 小王，机器人在这个聊天里暂停 30 分钟\n/)
    simulator.phone.say('机器人继续', '小王')
    await bot.waitForText(/小王 的聊天交还给机器人了\n/)
  })

  test('a restart tells how old the session is and how many messages came too late', async () => {
    await (await online()).stop()
    for (const text of ['价格', '多少钱'])
      simulator.deliver({ kind: 'text', from: '小王', text, at: Date.now() - 2 * HOUR })
    const bot = await online()
    await bot.waitForText(/离线期间 2 条消息太旧，未回复\n/)
    expect(bot.stdout).toMatch(/恢复登录成功，不用扫码 \(会话 \d+ 秒\)。在线。\n/)
    expect(bot.stdout).not.toContain('小王')
  })

  test('a session that was ended is one line', async () => {
    const bot = await online()
    simulator.phone.logout()
    await bot.waitForText(/已退出登录.*在线。/s)
    expect(bot.stdout.match(/退出登录|掉线/g)).toHaveLength(1)
  })
})
