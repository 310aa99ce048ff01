import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { localTime } from '../../src/domain/local-time.ts'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { openStore } from '../../src/store/store.ts'
import { systemClock } from '../../src/support/clock.ts'
import { silentLogger } from '../../src/support/log.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'

const FLOW_RULES = `
flows:
  订餐:
    start: {text: 订餐}
    timeout: 1500ms
    on_timeout: {reply: "{{sender.name}}，订单先取消啦"}
    steps: [{id: 菜, ask: 吃什么, choices: {1: 牛肉面}}]
rules:
  - {name: 价格, when: 价格, reply: 八元}
`

let simulator: Simulator
const shops: Shop[] = []

beforeEach(async () => {
  simulator = await startSimulator({ pollHoldMs: 1000 })
})

afterEach(async () => {
  for (const shop of shops.splice(0)) await shop.close()
  await simulator.close()
})

function open(rules: string, settings = FAST_SETTINGS): Shop {
  const shop = new Shop({ url: simulator.url, rules, settings })
  shops.push(shop)
  return shop
}

async function sent(text: string): Promise<string> {
  const entry = await simulator.waitFor((note) => note.kind === 'sent' && note.text === text)
  return entry.kind === 'sent' ? entry.chat : ''
}

async function logIn(shop: Shop) {
  const bot = shop.run()
  await simulator.phone.scan()
  await bot.waitForText(/已扫码/)
  await simulator.phone.confirm()
  await bot.waitForText(/"to":"online"/)
  return bot
}

/** Resolves when everything delivered so far is stored: the next poll begins only then. */
async function afterSync(): Promise<void> {
  const last = simulator.journal.since().at(-1)?.seq ?? 0
  const request = (endpoint: string, since: number) =>
    simulator.waitFor((note) => note.kind === 'request' && note.endpoint === endpoint, { since })
  const { seq } = await request('webwxsync', last)
  await request('synccheck', seq)
}

const texts = () => simulator.sends.map((send) => send.text)

describe('the end of a flow', () => {
  test('is said by itself when its time runs out', async () => {
    await logIn(open(FLOW_RULES))
    simulator.deliver({ kind: 'text', from: '小王', text: '订餐' })
    expect(await sent('小王，订单先取消啦')).toBe('wxid_xiaowang001')
    simulator.deliver({ kind: 'text', from: '小王', text: '价格' })
    await sent('八元')
    expect(texts()).toEqual(['吃什么', '小王，订单先取消啦', '八元'])
  })

  test('is said once when it came while the daemon was dead', async () => {
    const shop = open(FLOW_RULES)
    const first = await logIn(shop)
    simulator.deliver({ kind: 'text', from: '小王', text: '订餐' })
    await first.waitForText(/"to":"sent"/)
    await first.stop('SIGKILL')
    const second = shop.run()
    await sent('小王，订单先取消啦')
    await second.stop()
    shop.run()
    simulator.deliver({ kind: 'text', from: '小王', text: '价格' })
    await sent('八元')
    expect(texts()).toEqual(['吃什么', '小王，订单先取消啦', '八元'])
  })
})

describe('schedules', () => {
  test('missed while the daemon was down: run_once rings once, skip never; both know their recipients', async () => {
    const day = 86_400_000
    // Half an hour ago by the shop's clock, so that nothing falls due while the test runs.
    const { hour, minute } = localTime('Asia/Shanghai', Date.now() - 1_800_000)
    const rules = `
schedules:
  - {name: 一次, cron: "${minute} ${hour} * * *", to: {room: 老客户群}, if_missed: run_once, do: [{reply: 早上好}]}
  - {name: 跳过, cron: "${minute} ${hour} * * *", to: {remark: 小王}, do: [{reply: 不该有}]}
rules:
  - {name: 价格, when: 价格, reply: 八元}
`
    const shop = open('rules:\n  - {name: 价格, when: 价格, reply: 八元}\n')
    await (await logIn(shop)).stop()
    const store = openStore({ dir: shop.path('data'), clock: systemClock, log: silentLogger })
    const account = store.meta.get('account')
    for (const name of ['一次', '跳过']) store.schedules.mark(account as never, name, Date.now() - 3 * day)
    store.close()
    shop.write('rules/10-shop.yml', rules)
    const second = shop.run()
    expect(await sent('早上好')).toBe('10000000001@chatroom')
    await second.stop()
    shop.run()
    simulator.deliver({ kind: 'text', from: '小王', text: '价格' })
    await sent('八元')
    expect(texts()).toEqual(['早上好', '八元'])
  })
})

describe('merge', () => {
  const rules = `
rules:
  - {name: 苹果价, when: {contains_all: [苹果, 多少钱]}, reply: 苹果八元}
  - {name: 都答, when: any, reply: "收到 {{text}}"}
`
  const settings = `${FAST_SETTINGS}\nmerge: 1500ms\n`

  test('one question in two bubbles gets one answer', async () => {
    await logIn(open(rules, settings))
    simulator.deliver({ kind: 'text', from: '小王', text: '苹果' })
    simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
    await sent('苹果八元')
    simulator.deliver({ kind: 'text', from: '小王', text: '好' })
    await sent('收到 好')
    expect(texts()).toEqual(['苹果八元', '收到 好'])
  })

  test('a kill while it is held loses nothing and answers once', async () => {
    const shop = open(rules, settings)
    const first = await logIn(shop)
    simulator.deliver({ kind: 'text', from: '小王', text: '苹果' })
    simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
    await afterSync()
    await first.stop('SIGKILL')
    shop.run()
    await sent('苹果八元')
    expect(texts()).toEqual(['苹果八元'])
  })
})
