import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'

const folder = new URL('../../fixtures/rules/blocks/', import.meta.url)
const besides = {
  'lists/blacklist.txt': '# 一行一个\n小张\n老李 # 广告\n',
  'lists/faq.csv': '关键词,回复,匹配方式\n好吃吗|甜吗,很甜,包含\n在吗,在的,完全\n',
}

function load(name: string) {
  const text = readFileSync(new URL(name, folder), 'utf8')
  return loadRules(treeOf({ ...besides, '10.yml': text }, { 'media/price.jpg': 1000 }))
}

describe('the documented format', () => {
  test.each(readdirSync(folder))('%s loads as it stands', (name) => {
    const result = load(name)
    expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([])
    expect(result.spec).not.toBeNull()
  })

  test('a quick key with bars is several keywords', () => {
    const rules = load('01-quick.yml').spec?.rules ?? []
    expect(rules.map((rule) => rule.name)).toEqual([
      '营业时间 | 几点开门 | 几点关门',
      '地址 | 在哪 | 怎么走',
      '1',
    ])
    expect(rules[0]?.when).toMatchObject({
      op: 'test',
      key: 'text',
      value: ['营业时间', '几点开门', '几点关门'],
    })
    expect(rules[0]?.actions).toMatchObject([{ kind: 'reply', params: '早上 8 点到晚上 9 点，全年无休。' }])
  })

  test('plain text under when is text, reply is shorthand for do', () => {
    const [rule] = load('02-three-lines.yml').spec?.rules ?? []
    expect(rule?.when).toMatchObject({ key: 'text', value: ['价格', '多少钱', '怎么卖'] })
    expect(rule?.place).toEqual({ file: 'rules/10.yml', line: 3, column: 5 })
  })

  test('conditions of one when all have to hold', () => {
    const spec = load('03-conditions.yml').spec
    const [rule] = spec?.rules ?? []
    expect(rule?.when).toMatchObject({
      op: 'all',
      of: [{ key: 'text' }, { key: 'chat' }, { key: 'room' }, { key: 'mention' }, { key: 'time' }],
    })
    expect(rule?.cooldown).toMatchObject({ per: 'chat', forMs: 600_000 })
    expect(rule?.cooldown?.then).toBe('silent')
    expect(spec?.times.get('营业时间')?.value).toBe('每天 08:00-21:00')
  })

  test('actions keep their order and parameters', () => {
    const [rule] = load('05-actions.yml').spec?.rules ?? []
    expect(rule?.id).toBe('price-list')
    expect(rule?.actions.map((one) => one.kind)).toEqual([
      'reply',
      'wait',
      'image',
      'reply',
      'remember',
      'notify',
    ])
    expect(rule?.actions[3]?.params).toMatchObject({
      one_of: ['这是今天的价格，有需要直接说。', { weight: 3 }],
    })
  })

  test('lists come from the file, from text and from tables, and a table answers', () => {
    const spec = load('06-lists.yml').spec
    expect(spec?.lists.get('vip')?.value).toMatchObject(['王姐', '客户-*', { remark: '李老板' }])
    expect(spec?.lists.get('黑名单')?.value).toEqual(['小张', '老李'])
    expect(spec?.lists.get('faq')?.value).toEqual(['好吃吗', '甜吗', '在吗'])
    expect(spec?.rules.map((rule) => rule.name)).toEqual(['好吃吗 | 甜吗', '在吗', '黑名单不理', '包邮地区'])
    expect(spec?.rules[1]?.when).toMatchObject({ key: 'exact', value: '在吗' })
    expect(spec?.rules[0]?.place).toEqual({ file: 'rules/lists/faq.csv', line: 2, column: 1 })
  })

  test('a guard is a section of its own', () => {
    const guard = load('06-lists.yml').spec?.rules.find((rule) => rule.name === '黑名单不理')
    expect(guard).toMatchObject({ section: 'guard', actions: [{ kind: 'ignore', params: null }] })
  })

  test('cooldown and limits in the long form', () => {
    const [rule] = load('07-cooldown.yml').spec?.rules ?? []
    expect(rule?.cooldown).toMatchObject({ per: 'contact', forMs: 21_600_000 })
    expect(rule?.limits).toMatchObject([
      { per: 'chat', max: 3, inMs: 3_600_000 },
      { per: 'rule', max: 200, inMs: 86_400_000 },
    ])
  })

  test('the steps of a flow in the long form', () => {
    const flow = load('09-flow.yml').spec?.flows.get('订餐')?.value
    expect(flow).toMatchObject({
      name: '订餐',
      timeoutMs: 600_000,
      cancel: ['取消', '不要了', '退出'],
      onTimeout: [{ kind: 'reply' }],
      start: { op: 'all' },
      maxSteps: 30,
      done: [{ kind: 'reply' }, { kind: 'notify' }, { kind: 'webhook' }],
    })
    expect(flow).toMatchObject({
      steps: [
        { id: '菜', retries: 2, choices: [{ key: '1', value: '牛肉面', goto: null }, { key: '2' }] },
        { id: '份数', accept: { kind: 'number', min: 1, max: 20 } },
        { id: '时间', accept: { kind: 'regex' } },
        {
          id: '确认',
          choices: [
            { key: '对', value: '对', goto: null },
            { key: '是', goto: null },
            { key: '不对', goto: '菜' },
          ],
        },
      ],
    })
  })

  test('schedules are read', () => {
    const result = load('10-schedules.yml')
    expect(result.spec?.schedules.map((one) => one.value)).toMatchObject([
      {
        name: '早安群发',
        time: { kind: 'at', phrase: '每个工作日 09:00' },
        jitterMs: 300_000,
        to: { room: '老客户群' },
      },
      { name: '月底盘点', time: { kind: 'cron', line: '0 18 28-31 * *' }, to: 'owner', ifMissed: 'skip' },
    ])
    expect(result.diagnostics).toEqual([])
  })

  test('every form of a test is read', () => {
    const { tests } = load('11-tests.yml')
    expect(tests.map((one) => one.name)).toEqual([
      '多少钱',
      '打烊后的兜底',
      '群里没@不答',
      '订餐走一遍',
      '查快递',
      '你们几点开门',
      '在哪里呀',
      '10 元的有吗',
    ])
    expect(tests[1]).toMatchObject({
      at: '2027-01-01 23:30',
      turns: [{ expect: { rule: '打烊', exact: '已打烊，明早 8 点回复您。' } }],
    })
    expect(tests[3]?.turns[3]).toMatchObject({ say: null, waitMs: 660_000 })
    expect(tests[7]?.turns[0]?.expect).toMatchObject({ nothing: true })
  })
})
