import { describe, expect, test } from '@jest/globals'
import { keepFlowWords } from '../../../src/actions/book.ts'
import { readFlowState } from '../../../src/domain/flow-state.ts'
import { keepFlows } from '../../../src/engine/ruleset.ts'
import { message, NOON, verdict } from '../engine/world.ts'
import { compileText, rulesOf, ShopInMemory, textsOf } from './shop.ts'

const MINUTE = 60_000

/** Nine o'clock in Shanghai. */
const nine = (date: string) => Date.parse(`${date}T09:00:00+08:00`)

describe('schedules', () => {
  const MORNING = `
vars: {水果: 苹果}
schedules:
  - {name: 早安, at: 每个工作日 09:00, to: {room: 老客户群}, do: [{reply: "早上好 {{水果}}"}, {reply: 第二条}]}
  - {name: 盘点, cron: "0 18 28-31 * *", when: {day: last_of_month}, to: owner, do: [{reply: 记得盘点}]}
  - {name: 群发, at: 每天 09:00, to: [{remark: 王姐}, 小李, 没有的人], do: [{reply: 早}]}
  - {name: 停, at: 每天 09:00, to: owner, disabled: true, do: [{reply: 早}]}
`
  async function morning() {
    const shop = await ShopInMemory.open(MORNING)
    shop.rooms.set('老客户群', 'r1')
    return shop
  }

  test.each([
    ['a Monday', '2026-11-23', ['早上好 苹果', '第二条']],
    ['a Saturday', '2026-11-28', []],
    ['a make-up work day on a Saturday', '2026-02-14', ['早上好 苹果', '第二条']],
    ['a holiday on a Thursday', '2026-10-01', []],
  ])('每个工作日: %s', async (_name, date, texts) => {
    const { plan } = (await morning()).ring('早安', nine(date))
    expect(textsOf(plan)).toEqual(texts)
  })

  test('go to the room, in its order, and are never sent twice', async () => {
    const [run] = (await morning()).ring('早安', nine('2026-11-23')).plan.runs
    expect(run).toMatchObject({ chat: 'r1', rule: '@schedule/早安', ruleName: '定时任务 早安' })
    expect(run?.steps).toMatchObject([
      { effect: { kind: 'reply', chat: 'r1' }, onUncertain: 'hold' },
      { effect: { kind: 'reply', chat: 'r1' }, onUncertain: 'hold' },
    ])
  })

  test('to the owner, whose chat is found when it is sent', async () => {
    const eighteen = Date.parse('2027-02-28T18:00:00+08:00')
    const shop = await morning()
    expect(shop.ring('盘点', eighteen).plan.runs[0]?.steps).toMatchObject([
      { effect: { kind: 'send', to: 'owner', text: '记得盘点' } },
    ])
    expect(verdict(shop.ring('盘点', Date.parse('2027-03-30T18:00:00+08:00')).decision)).toBe('-')
  })

  test('conditions ask about the moment it was due, not about when it rang', async () => {
    const late = Date.parse('2026-11-28T03:00:00+08:00')
    expect(textsOf((await morning()).ring('早安', nine('2026-11-27'), late).plan)).toHaveLength(2)
  })

  test('several recipients: one run each; who is not found is noted', async () => {
    const shop = await morning()
    shop.people.set('remark:王姐', 'c-wangjie').set('小李', 'c-li')
    const { runs, notes } = shop.ring('群发', nine('2026-11-23')).plan
    expect(runs.map((run) => run.chat)).toEqual(['c-wangjie', 'c-li'])
    expect(new Set(runs.map((run) => run.id)).size).toBe(2)
    expect(notes).toMatchObject([{ kind: 'problem', level: 'warn' }])
    expect(notes[0]?.text).toContain('没有的人')
  })

  test('a name that is a person and a room is nobody', async () => {
    const shop = await morning()
    shop.people.set('小李', 'c-li')
    shop.rooms.set('小李', 'r-li')
    expect(shop.ring('群发', nine('2026-11-23')).plan.runs).toEqual([])
  })

  test('who asked us to stop, or is taken over by the owner, is left alone', async () => {
    const shop = await morning()
    const now = nine('2026-11-23')
    shop.facts.apply([{ kind: 'mute', chat: 'r1' as never, until: now + 1, reason: 'stop-words' }])
    const { runs, notes } = shop.ring('早安', now).plan
    expect([runs, notes.length]).toEqual([[], 1])
    expect(textsOf(shop.ring('早安', nine('2026-11-24')).plan)).toHaveLength(2)
  })

  test('quiet hours and a pause of everything keep them silent', async () => {
    const shop = await morning()
    const quietHours = { fromMinute: 8 * 60, toMinute: 10 * 60 }
    const now = nine('2026-11-23')
    expect(verdict(shop.ring('早安', now, now, { quietHours }).decision)).toBe('!quiet-hours')
    shop.facts.pause('')
    expect(verdict(shop.ring('早安', now).decision)).toBe('!paused')
  })

  test('one that is switched off, or gone since it rang, does nothing', async () => {
    const shop = await morning()
    for (const name of ['停', '没有']) expect(verdict(shop.ring(name, nine('2026-11-23')).decision)).toBe('-')
  })

  test('zones and phrases that do not exist are errors at their place', async () => {
    const { diagnostics } = await compileText(`
schedules:
  - {name: a, at: 早上九点, to: owner, do: [{reply: 早}]}
  - {name: b, at: 每天 09:00, tz: Asia/Shangai, to: owner, do: [{reply: 早}]}
  - {name: b, at: 每天 10:00, to: owner, do: [{reply: 早}]}
`)
    expect(diagnostics.map((one) => [one.code, one.place.line])).toEqual([
      ['E240', 3],
      ['E221', 4],
      ['E501', 5],
    ])
    const unnamed = await compileText(`
schedules:
  - {at: 早上九点, to: owner, do: [{reply: 早}]}
  - {at: 每天 09:00, tz: Asia/Shangai, to: owner, do: [{reply: 早}]}
`)
    expect(unnamed.diagnostics.map((one) => [one.code, one.place.line])).toEqual([
      ['E240', 3],
      ['E221', 4],
    ])
  })
})

const ORDER = `
flows:
  订餐:
    start: {text: 订餐}
    timeout: 10m
    on_timeout: {reply: "{{sender.name}} 的订单先取消啦"}
    steps:
      - {id: 菜, ask: 吃什么, choices: {1: 牛肉面, 2: 小馄饨}}
      - {id: 份数, ask: 几份, accept: {number: 1-20}}
    done: [{reply: "收到 {{菜}} {{份数}}"}]
rules:
  - {name: 价格, when: 价格, reply: 八元}
`
const END = NOON + 10 * MINUTE

describe('the end of a flow', () => {
  test('is said when its time runs out, once, to the one who was in it', async () => {
    const shop = await ShopInMemory.open(ORDER)
    expect(shop.say('订餐')).toEqual(['吃什么'])
    expect(textsOf(shop.expire('订餐', END).plan)).toEqual(['小王 的订单先取消啦'])
    expect(textsOf(shop.expire('订餐', END).plan)).toEqual([])
    expect(shop.say('1', END + MINUTE)).toEqual([])
  })

  test('is not said after an answer, which gives the step its time again', async () => {
    const shop = await ShopInMemory.open(ORDER)
    shop.say('订餐')
    expect(shop.say('1', NOON + 5 * MINUTE)).toEqual(['几份'])
    expect(verdict(shop.expire('订餐', END).decision)).toBe('-')
    expect(shop.say('3', END + MINUTE)).toEqual(['收到 牛肉面 3'])
  })

  test('a message that comes first says it, and stands outside of the flow', async () => {
    const shop = await ShopInMemory.open(ORDER)
    shop.say('订餐')
    expect(shop.say('价格', END)).toEqual(['小王 的订单先取消啦', '八元'])
    expect(textsOf(shop.expire('订餐', END).plan)).toEqual([])
  })

  test('a message that begins the flow again: the end is said, the new flow stays', async () => {
    const shop = await ShopInMemory.open(ORDER)
    shop.say('订餐')
    expect(shop.say('订餐', END)).toEqual(['小王 的订单先取消啦', '吃什么'])
    expect(textsOf(shop.expire('订餐', END).plan)).toEqual([])
    expect(shop.say('2', END + MINUTE)).toEqual(['几份'])
  })

  test.each([['quiet hours', { quietHours: { fromMinute: 0, toMinute: 1439 } }, '!quiet-hours']])(
    'in %s it is over without a word',
    async (_name, policy, expected) => {
      const shop = await ShopInMemory.open(ORDER)
      shop.say('订餐')
      expect(verdict(shop.expire('订餐', END, END, policy).decision)).toBe(expected)
      const { chat, sender } = message('')
      expect(shop.facts.flow(chat.key, sender.key)).toBeNull()
    },
  )

  test('the saved state knows where and who, so that nothing else is needed to say it', async () => {
    const shop = await ShopInMemory.open(ORDER)
    shop.say('订餐')
    const { chat, sender } = message('')
    expect(readFlowState(shop.facts.flow(chat.key, sender.key) ?? '')?.place).toEqual({ chat, sender })
  })
})

describe('a flow that is edited while somebody is inside', () => {
  const EDITED = ORDER.replace('几份', '要多少份').replaceAll('菜', '主食')

  async function reloaded(text: string, keeps: boolean) {
    const shop = await ShopInMemory.open(ORDER)
    expect(shop.say('订餐')).toEqual(['吃什么'])
    const next = await rulesOf(text)
    shop.rules = keeps
      ? {
          ruleset: keepFlows(next.ruleset, shop.rules.ruleset),
          book: keepFlowWords(next.book, shop.rules.book),
        }
      : next
    return shop
  }

  test('goes on as it was begun; the next one is new', async () => {
    const shop = await reloaded(EDITED, true)
    expect(shop.say('1')).toEqual(['几份'])
    expect(shop.say('2')).toEqual(['收到 牛肉面 2'])
    shop.say('订餐')
    expect(shop.say('1')).toEqual(['要多少份'])
  })

  test('ends politely when the old version is not known any more and its step vanished', async () => {
    const shop = await reloaded(EDITED, false)
    expect(shop.say('1')).toEqual(['刚才的流程有变动，先到这里；需要的话请重新开始。'])
    expect(shop.say('价格')).toEqual(['八元'])
  })

  test('goes on in the new words when its step is still there', async () => {
    const shop = await reloaded(ORDER.replace('几份', '要多少份'), false)
    expect(shop.say('1')).toEqual(['要多少份'])
  })

  test('a flow that is gone altogether ends politely too', async () => {
    const shop = await reloaded('rules: [{name: 价格, when: 价格, reply: 八元}]', false)
    expect(shop.say('1')).toEqual(['刚才的流程有变动，先到这里；需要的话请重新开始。'])
  })
})

describe('choose with when', () => {
  const text = `
rules:
  - name: 问
    when: [价格]
    do:
      - choose:
          - when: {text: 苹果}
            do:
              - choose:
                  - {when: {regex: '\\d+斤'}, do: [{reply: 苹果论斤}]}
                  - {else: [{reply: 苹果八元}]}
          - {when: {time: 20:00-22:00}, if: "{{sender.name}} == 小王", do: [{reply: 晚上好}]}
          - {else: [{reply: 都有}]}
`
  test.each([
    ['苹果价格', NOON, '苹果八元'],
    ['苹果三斤价格 3斤', NOON, '苹果论斤'],
    ['价格', NOON, '都有'],
    ['价格', NOON + 9 * 3_600_000, '晚上好'],
  ])('%s', async (said, now, expected) => {
    expect((await ShopInMemory.open(text)).say(said, now)).toEqual([expected])
  })

  const captured = `
conditions:
  取件: {regex: '取(?<件>.+?)件'}
rules:
  - name: 寄
    when: {regex: '^(?<头>寄|取)'}
    do:
      - choose:
          - when: {regex: '寄(?<城市>.+?)(?<重量>\\d+)公斤'}
            if: "{{重量}} > 20"
            do: [{reply: "{{城市}}太重 {{match[2]}}"}]
          - when: {regex: '寄(?<城市>.+?)(?<重量>\\d+)公斤'}
            do:
              - reply: "{{头}}{{城市}} {{重量 | plus:1}}"
              - choose: [{when: {regex: '到付(?<号>\\d+)'}, reply: "{{城市}}到付{{号}}"}]
              - rule: 尾
          - {when: {is: 取件}, reply: "取{{件}}"}
          - {else: [{reply: "{{头}}什么"}]}
      - reply: "[{{match[1]}}]"
  - {name: 尾, id: 尾, when: 尾尾, reply: "尾{{城市}}"}
`
  test.each([
    ['寄上海30公斤', ['上海太重 30', '[寄]']],
    ['寄上海3公斤', ['寄上海 4', '尾上海', '[寄]']],
    ['寄ＡＢ3公斤 到付12', ['寄ＡＢ 4', 'ＡＢ到付12', '尾ＡＢ', '[寄]']],
    ['取两件', ['取两', '[取]']],
    ['寄', ['寄什么', '[寄]']],
  ])('what its own regex takes out is there in the branch, and only there: %s', async (said, replies) => {
    expect((await ShopInMemory.open(captured)).say(said)).toEqual(replies)
  })

  test('what a branch takes out is unknown outside of it', async () => {
    const { diagnostics } = await compileText(`
rules:
  - name: 寄
    when: 寄件
    do:
      - choose:
          - {when: {regex: '寄(?<城市>.+)'}, reply: "{{城市}}{{重量}}"}
          - {else: [{reply: "{{城市}}"}]}
      - reply: 去{{城市}}
`)
    expect(diagnostics.map(({ code, place }) => `${code} ${place.line}`)).toEqual([
      'E253 7',
      'E253 8',
      'E253 9',
    ])
  })

  test('a wrong condition is an error at its place', async () => {
    const { diagnostics } = await compileText(text.replace('text: 苹果', 'txt: 苹果'))
    expect(diagnostics).toMatchObject([{ code: 'E401', place: { line: 7 } }])
  })
})

describe('on_error', () => {
  const shopWith = (more: string) =>
    ShopInMemory.open(`
rules:
  - name: 查
    when: 查快递
    do:
      - reply: 稍等
      - webhook: {url: "https://example.com/track", save: 物流}
      - reply: 查到了
${more}
  - {name: 兜, when: 别的, reply: 别的}
`)

  test('a call that cannot be made: the rest is left out, on_error is done', async () => {
    expect((await shopWith('    on_error: 系统忙，稍后再试。')).say('查快递')).toEqual([
      '稍等',
      '系统忙，稍后再试。',
    ])
  })

  test('without it, what cannot be done is passed over', async () => {
    expect((await shopWith('')).say('查快递')).toEqual(['稍等', '查到了'])
  })
})

describe('modes', () => {
  test('restart takes back what the earlier run of the rule has not sent', async () => {
    const shop = await ShopInMemory.open(
      'rules: [{name: a, id: a, when: 在吗, mode: restart, do: [{wait: 1m}, {reply: 在}]}]',
    )
    const event = message('在吗')
    const { plan } = shop.take(event, NOON)
    expect(plan.writes).toContainEqual({ kind: 'cancel', rule: 'a', chat: event.chat.key })
    expect(textsOf(plan)).toEqual(['在'])
  })

  test.each(['single', 'queue'])('%s takes nothing back', async (mode) => {
    const shop = await ShopInMemory.open(
      `rules: [{name: a, id: a, when: 在吗, mode: ${mode}, do: [{wait: 1m}, {reply: 在}]}]`,
    )
    expect(shop.take(message('在吗'), NOON).plan.writes).toEqual([])
  })
})

describe('warnings', () => {
  test('W251: a reply of more than 2,000 characters, not one of 2,000', async () => {
    const codes = async (length: number) =>
      (await compileText(`rules: [{name: a, when: 在吗, reply: ${'好'.repeat(length)}}]`)).diagnostics.map(
        (one) => one.code,
      )
    expect(await codes(2000)).toEqual([])
    expect(await codes(2001)).toEqual(['W251'])
  })

  test('W220: from December on, where the holiday table is used and ends this year', async () => {
    const { ruleset } = await rulesOf('')
    expect(ruleset.rules).toEqual([])
    const uses = 'rules: [{name: a, when: {text: 在吗, day: workday}, reply: 在}]'
    const plain = 'rules: [{name: a, when: {text: 在吗, time: 09:00-18:00}, reply: 在}]'
    const codesAt = async (text: string, today: string) =>
      (await compileText(text, today)).diagnostics.map((one) => one.code)
    expect(await codesAt(uses, '2099-12-01')).toEqual(['W220'])
    expect(await codesAt(plain, '2099-12-01')).toEqual([])
    expect(await codesAt(uses, '2026-06-01')).toEqual([])
  })

  test('notify to a channel is not carried out, and said so; to the owner it is', async () => {
    const { diagnostics } = await compileText(
      'rules: [{name: a, when: 在吗, do: [{notify: {to: 手机, text: 有人找}}, {notify: {to: owner, text: 有人找}}]}]',
    )
    expect(diagnostics).toMatchObject([{ code: 'W250', severity: 'warning' }])
    expect(diagnostics[0]?.message.zh).toContain('手机')
  })
})
