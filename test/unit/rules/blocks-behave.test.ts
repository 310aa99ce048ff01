import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { failuresOf, reportOf } from '../../support/rule-text.ts'
import { ShopInMemory, textsOf } from '../actions/shop.ts'
import { message, NOON } from '../engine/world.ts'

const block = (name: string) =>
  readFileSync(new URL(`../../fixtures/rules/blocks/${name}.yml`, import.meta.url), 'utf8')

const BESIDES = {
  'lists/blacklist.txt': '# 一行一个\n小张\n老李 # 广告\n',
  'lists/faq.csv': '关键词,回复,匹配方式\n好吃吗|甜吗,很甜,包含\n在吗,在的,完全\n',
}

const CASES: readonly (readonly [name: string, tests: string])[] = [
  [
    '01-quick',
    `
  - table:
      请问营业时间: 早上 8 点到晚上 9 点
      你们几点关门: 早上 8 点到晚上 9 点
      怎么走呀: 张杨路 100 号
      1: 您选了“价目表”
      １。: 您选了“价目表”
      10 元: nothing
      11: nothing
  - {room: 老客户群, mention: me, say: 地址, expect: nothing}`,
  ],
  [
    '02-three-lines',
    `
  - table:
      这个怎么卖: {exact: 苹果 8 元一斤，香蕉 5 元一斤。}
      價格: {rule: 问价}
      价 格: nothing
  - {room: 老客户群, say: 价格, expect: nothing}`,
  ],
  [
    '03-conditions',
    `
  - name: 群里、有人@我、营业时间内
    at: 2027-01-05 20:59
    room: 老客户群
    from: 小王
    mention: me
    talk:
      - {say: 多少钱, expect: {exact: "@小王 价目表私信您啦"}}
      - {say: 多少钱, expect: limited}
      - {wait: 10m, say: 多少钱, expect: nothing}
  - {at: 2027-01-05 12:00, room: 水果二群, mention: me, say: 价格, expect: 价目表私信您啦}
  - {at: 2027-01-05 21:00, room: 水果二群, mention: me, say: 价格, expect: nothing}
  - {at: 2027-01-05 07:59, room: 水果二群, mention: me, say: 价格, expect: nothing}
  - {at: 2027-01-05 12:00, room: 水果二群, say: 价格, expect: nothing}
  - {at: 2027-01-05 12:00, room: 蔬菜群, mention: me, say: 价格, expect: nothing}
  - {at: 2027-01-05 12:00, say: 价格, expect: nothing}
  - name: 10 分钟内同一个群只答一次，过了再答
    at: 2027-01-05 12:00
    room: 老客户群
    mention: me
    talk: [{say: 价格, expect: 私信}, {wait: 9m, say: 价格, expect: limited}, {wait: 1m, say: 价格, expect: 私信}]`,
  ],
  [
    '04-regex',
    `
  - table:
      寄上海3公斤: {exact: 寄上海 3 公斤，运费 22 元。}
      我要寄呼和浩特１２公斤: {exact: 寄呼和浩特 １２ 公斤，运费 76 元。}
      寄三公斤: nothing`,
  ],
  [
    '06-lists',
    `
  - {from: 老李, say: 甜吗, expect: {rule: 黑名单不理, nothing: true}}
  - table:
      你家的甜吗: 很甜
      在吗: 在的
      在吗老板: nothing
      江苏包邮吗: {exact: 江苏满 99 元包邮。}
      江苏: nothing
      西藏包邮吗: nothing`,
  ],
  [
    '07-cooldown',
    `
  - from: 小王
    talk:
      - {say: 优惠, expect: 满 100 减 10}
      - {wait: 5h, say: 有优惠吗, expect: limited}
      - {wait: 1h, say: 有优惠吗, expect: 满 100 减 10}
      - {wait: 6h, say: 有优惠吗, expect: 满 100 减 10}`,
  ],
  [
    '08-templates',
    `
  - {at: 2027-01-05 09:00, from: 小王, say: 在吗, expect: {regex: '^小王，早上好！这里是老张水果。\\s*$'}}
  - {at: 2027-01-05 21:30, from: 小王, say: HELLO!, expect: 我们已经打烊}
  - {say: 在吗老板, expect: nothing}
  - {say: 快递 SF12345678, expect: {rule: 查快递, actions: [webhook, choose]}}
  - {say: 快递 SF1, expect: nothing}`,
  ],
  [
    '09-flow',
    `
  - name: 走到底
    from: 小王
    talk:
      - {say: 我要订餐, expect: 想吃点什么}
      - {say: "3", expect: 请回复 1 或 2}
      - {say: 小馄饨, expect: 要几份}
      - {say: "21", expect: 要几份}
      - {say: 20份, expect: 几点来取}
      - {say: 下午, expect: 几点来取}
      - {say: 12点半, expect: {exact: 小馄饨 20 份，12 点来取，对吗？}}
      - {say: 不对, expect: 想吃点什么}
      - {say: "1", expect: 要几份}
      - {say: "2", expect: 几点来取}
      - {say: 9:30, expect: 牛肉面 2 份，9 点来取}
      - {say: 是, expect: {exact: 收到！牛肉面 2 份。}}
      - {say: "1", expect: nothing}
  - name: 第三次答错就转人工
    talk: [{say: 点餐}, {say: 甲}, {say: 乙, expect: 请回复 1 或 2}, {say: 丙, expect: 已通知店主}, {say: 点餐, expect: nothing}]
  - name: 取消
    talk: [{say: 点餐}, {say: 退出。, expect: 已取消}, {say: "1", expect: nothing}]
  - name: 超时
    talk: [{say: 点餐}, {wait: 9m, expect: nothing}, {wait: 1m, expect: 订单先取消啦}, {say: "1", expect: nothing}]
  - {room: 老客户群, mention: me, say: 订餐, expect: nothing}`,
  ],
  [
    '10-schedules',
    `
  - {kind: friend_request, from: 小赵, say: 想买水果, expect: {rule: 新好友, actions: accept_friend}}
  - {kind: friend_request, from: 小赵, say: 你好, expect: nothing}
  - {kind: join, room: 老客户群, talk: [{say: 小李, expect: {exact: 欢迎 小李～}}, {say: 小赵, expect: limited}, {wait: 1m, say: 小钱, expect: 欢迎}]}
  - {kind: join, room: 别的群, say: 小李, expect: nothing}
  - {at: 2027-01-05 20:59, say: 在吗, expect: nothing}
  - name: 打烊，一个人 8 小时一次
    at: 2027-01-05 21:00
    from: 小王
    talk: [{say: 在吗, expect: {rule: 打烊, exact: 已打烊，明早 8 点回复您。}}, {wait: 7h, say: 在吗, expect: limited}, {wait: 1h, say: 在吗, expect: 已打烊}]
  - {at: 2026-10-01 12:00, say: 在吗, expect: 已打烊}`,
  ],
]

describe('the documented blocks do what their text says', () => {
  test.each(CASES)('%s', async (name, tests) => {
    const folder = { ...BESIDES, '10.yml': block(name), '10.test.yml': `tests:${tests}\n` }
    expect(await failuresOf(folder)).toEqual([])
  })

  test('05-actions: in order, later with a pause, one of several, remembered and told to the owner', async () => {
    const tests = `  - {say: 报价单, expect: {actions: [reply, wait, image, reply, remember, notify]}}
  - {say: 报价单, expect: {rule: price-list, text: 稍等，我找一下～}}
  - {say: 价目表, expect: {regex: '这是今天的价格|看中哪个'}}
  - {room: 老客户群, mention: me, say: 报价单, expect: nothing}
  - talk: [{say: 报价单}, {say: 看看, expect: 要过了}, {wait: 31d, say: 看看, expect: nothing}]
`
    const rules = '  - {name: 要过, when: {text: 看看, state: {要过价目表: true}}, reply: 要过了}\n'
    const folder = { '10.yml': `${block('05-actions')}${rules}`, '10.test.yml': `tests:\n${tests}` }
    expect(await failuresOf(folder)).toEqual([])
    // Media need a folder around them.
    const shop = await ShopInMemory.open(block('05-actions').replace(/^ *- image: .*\n/m, ''))
    const [run] = shop.take(message('要价目表'), NOON).plan.runs
    expect(run?.steps.map((step) => step.effect.kind)).toEqual(['reply', 'reply', 'send'])
    const [, second, third] = run?.steps ?? []
    expect(second?.delay.kind === 'fixed' && second.delay.ms >= 2000 && second.delay.ms <= 4000).toBe(true)
    expect(third?.effect).toMatchObject({ to: 'owner', text: expect.stringContaining('要了价目表') })
  })

  test('07-cooldown: three an hour in a chat, 200 a day for the rule', async () => {
    // Without the cooldown, which would refuse first.
    const text = block('07-cooldown').replace(/^ *cooldown:.*\n/m, '')
    const tests = `tests:
  - talk: [{say: 优惠}, {say: 优惠}, {say: 优惠, expect: 满 100}, {say: 优惠, expect: limited}, {wait: 1h, say: 优惠, expect: 满 100}]
`
    expect(await failuresOf({ '10.yml': text, '10.test.yml': tests })).toEqual([])
    const perRule = text.replace(/^ *- \{per: chat.*\n/m, '').replace('max: 200', 'max: 2')
    const chats = `tests:
  - talk: [{say: 优惠, expect: 满 100}, {wait: 2h, say: 优惠, expect: 满 100}, {wait: 2h, say: 优惠, expect: limited}, {wait: 21h, say: 优惠, expect: 满 100}]
`
    expect(await failuresOf({ '10.yml': perRule, '10.test.yml': chats })).toEqual([])
  })

  test('10-schedules: the greeting on work days, the reminder on the last day of the month', async () => {
    const shop = await ShopInMemory.open(block('10-schedules'))
    shop.rooms.set('老客户群', 'r1')
    const at = (text: string) => Date.parse(`${text}:00+08:00`)
    const greeting = shop.ring('早安群发', at('2026-11-23T09:00')).plan
    expect([textsOf(greeting), greeting.runs[0]?.chat]).toEqual([['早上好！今日特价 苹果 8 元'], 'r1'])
    expect(textsOf(shop.ring('早安群发', at('2026-10-01T09:00')).plan)).toEqual([])
    expect(textsOf(shop.ring('月底盘点', at('2026-11-30T18:00')).plan)).toEqual(['记得盘点'])
    expect(textsOf(shop.ring('月底盘点', at('2026-11-29T18:00')).plan)).toEqual([])
  })

  test('11-tests: the tests hold for the rules of the other blocks, but for the call that is not made yet', async () => {
    const names = ['01-quick', '02-three-lines', '08-templates', '09-flow', '10-schedules', '11-tests']
    const folder = Object.fromEntries(names.map((name) => [`${name}.yml`, block(name)]))
    const { results } = await reportOf(folder)
    expect(results).toHaveLength(8)
    const failed = results.filter((one) => one.failures.length > 0)
    expect(failed.map((one) => [one.name, one.failures[0]?.note?.en])).toEqual([
      ['查快递', expect.stringContaining('webhook')],
    ])
  })
})
