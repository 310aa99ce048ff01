import { describe, expect, test } from '@jest/globals'
import { loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'

const rule = (text: string) => `rules:\n  - name: 一\n${text}`

interface Case {
  readonly code: string
  readonly text: string
  readonly line: number
  readonly corrected?: string
}

const cases: readonly Case[] = [
  { code: 'W201', text: 'rules:\n  - when: 价格\n    reply: 好\n', line: 2 },
  {
    code: 'W202',
    text: rule('    when: 价格\n    reply: 你好 # 注释\n'),
    line: 4,
    corrected: '    reply: "你好 # 注释"',
  },
  { code: 'W202', text: 'quick:\n  电话: 请拨 #123\n', line: 2, corrected: '  电话: "请拨 #123"' },
  {
    code: 'W203',
    text: rule('    when: [价格，多少钱]\n    reply: 好\n'),
    line: 3,
    corrected: '    when: [价格, 多少钱]',
  },
  {
    code: 'W203',
    text: rule('    when: 价格，多少钱\n    reply: 好\n'),
    line: 3,
    corrected: '    when: [价格, 多少钱]',
  },
  {
    code: 'W233',
    text: rule('    when: [价格, “多少钱”]\n    reply: 好\n'),
    line: 3,
    corrected: '    when: [价格, "多少钱"]',
  },
  { code: 'W204', text: rule('    when: [好, 价格]\n    reply: 好\n'), line: 3 },
  { code: 'W204', text: rule('    when: [10, 价格]\n    reply: 好\n'), line: 3 },
  { code: 'W204', text: rule('    when: 👍\n    reply: 好\n'), line: 3 },
  {
    code: 'W205',
    text: rule('    when: 价格\n    reply: 好\n  - {name: 二, when: [价格, 多少钱], reply: 好}\n'),
    line: 5,
  },
  {
    code: 'W206',
    text: rule('    when: 价格\n    reply: 好\n  - {name: 二, when: 苹果价格, reply: 好}\n'),
    line: 5,
  },
  {
    code: 'W206',
    text: rule('    when: any\n    reply: 好\n  - {name: 二, when: 苹果, reply: 好}\n'),
    line: 5,
  },
  {
    code: 'W207',
    text: rule('    when: any\n    reply: 好\n  - {name: 二, fallback: true, reply: 好}\n'),
    line: 5,
  },
  {
    code: 'W207',
    text: 'rules:\n  - {name: 一, fallback: true, reply: 好}\n  - {name: 二, fallback: true, when: {time: "08:00-09:00"}, reply: 好}\n',
    line: 3,
  },
  { code: 'W208', text: 'lists: {vip: [王姐]}\n', line: 1 },
  { code: 'W208', text: 'vars: {店名: 老张}\n', line: 1 },
  { code: 'W208', text: 'templates: {问候: 你好}\n', line: 1 },
  { code: 'W230', text: rule('    when: {room: 老客户群, text: 价格}\n    reply: 好\n'), line: 2 },
  {
    code: 'W231',
    text: rule('    when: 价格\n    reply: 好\n    continue: true\n  - {name: 二, when: 价格, reply: 好}\n'),
    line: 6,
  },
  { code: 'W232', text: rule('    when: 价格\n    reply: 好\n    until: 2026-12-31\n'), line: 5 },
  { code: 'W233', text: 'quick:\n  价格｜多少钱: 8 元\n', line: 2 },
  {
    code: 'W233',
    text: rule('    when: 价格|多少钱\n    reply: 好\n'),
    line: 3,
    corrected: '    when: [价格, 多少钱]',
  },
  { code: 'W234', text: rule('    when: 价格\n    reply: 密钥=abcd1234efgh\n'), line: 4 },
  { code: 'W235', text: rule('    when: {from: 老板, text: 价格}\n    reply: 好\n'), line: 3 },
  { code: 'W236', text: rule('    when:\n      kind: join\n    reply: 欢迎\n'), line: 4 },
  { code: 'W236', text: rule('    when: {kind: join, chat: group}\n    reply: 欢迎\n'), line: 3 },
  { code: 'W236', text: rule('    when: {text: 价格, chat: private, room: 甲}\n    reply: 好\n'), line: 3 },
  {
    code: 'W236',
    text: rule('    when: {text: 价格, chat: private, mention: me}\n    reply: 好\n'),
    line: 3,
  },
  { code: 'W237', text: rule('    when: {text: 价格, chat: group}\n    reply: 好\n'), line: 3 },
  {
    code: 'W238',
    text: `vars: {time: 8 点}\n${rule('    when: 价格\n    reply: "{{vars.time}}"\n')}`,
    line: 1,
  },
  {
    code: 'W238',
    text: 'flows:\n  订:\n    start: 订餐\n    steps:\n      - id: text\n        ask: 几份\n',
    line: 5,
  },
  { code: 'E504', text: rule('    when: 价格\n    do: [{image: ../secret.jpg}]\n'), line: 4 },
  { code: 'E505', text: rule('    when: 价格\n    do: [{image: media/none.jpg}]\n'), line: 4 },
]

const found = (text: string, today = '2027-01-05') =>
  loadRules(treeOf({ 'a.yml': text }), { today }).diagnostics

describe('lint', () => {
  test.each(cases)('$code at line $line of $text', ({ code, text, line, corrected }) => {
    const [one, ...more] = found(text).filter((each) => each.code === code)
    expect(one?.place).toMatchObject({ file: 'rules/a.yml', line })
    expect(more).toEqual([])
    expect(one?.correctedLine).toBe(corrected)
  })

  test.each(cases.filter((one) => one.code.startsWith('W')))(
    '$code is silenced on its line: $text',
    ({ code, text, line }) => {
      const lines = text.split('\n')
      lines[line - 1] = `${lines[line - 1]} # lint: ok ${code}`
      expect(found(lines.join('\n')).filter((one) => one.code === code && one.place.line === line)).toEqual(
        [],
      )
    },
  )

  test('errors cannot be silenced', () => {
    const text = rule('    when: 价格\n    do: [{image: ../secret.jpg}] # lint: ok E504\n')
    expect(found(text).map((one) => one.code)).toContain('E504')
  })

  test('a secret is not quoted', () => {
    const [one] = found(rule('    when: 价格\n    reply: 密钥=abcd1234efgh\n'))
    expect(JSON.stringify(one)).not.toContain('abcd1234efgh')
  })

  test.each([
    ['a cooldown that looks further', '{name: 一, when: 价格, reply: 好, cooldown: {for: 1h, then: next}}'],
    ['a limit that looks further', '{name: 一, when: 价格, reply: 好, limit: {max: 1, in: 1h, then: next}}'],
    ['observe', '{name: 一, when: 价格, reply: 好, observe: true}'],
    ['any, observing', '{name: 一, when: any, reply: 好, observe: true}'],
    ['any, looking further', '{name: 一, when: any, reply: 好, cooldown: {for: 1h, then: next}}'],
  ])('%s leaves the message to later rules', (_, first) => {
    const text = `rules:\n  - ${first}\n  - {name: 二, when: 价格, reply: 好}\n  - {name: 三, when: 苹果价格, reply: 好, priority: 1}\n`
    expect(found(text).map((one) => one.code)).toEqual([])
  })

  test.each([
    '{kind: join, room: 甲}',
    '{any: [{kind: join, room: 甲}, {kind: image}]}',
    '{text: 价格, chat: [private, group], room: 甲, mention: me}',
    '{text: 价格, chat: private, mention: none}',
    '{text: 价格, chat: group, mention: me}',
    '{text: 价格, chat: group, is: 熟}',
    '{not: {chat: group}, text: 价格}',
  ])('%s can hold', (when) => {
    const text = `conditions: {熟: {room: 甲}}\nrules:\n  - {name: 一, when: ${when}, reply: 好, cooldown: 1m}\n`
    expect(found(text).filter((one) => /W23[67]/.test(one.code))).toEqual([])
  })

  test('nothing is said about ordinary rules', () => {
    const text =
      'vars: {店名: 老张}\nrules:\n  - name: 一\n    when: [价格, 多少钱]   # 关键词\n    reply: "{{店名}} 8 元" # 引号外的注释\n    until: 2027-01-05\n  - {name: 二, when: {room: 群, mention: me, text: 价格}, reply: 好}\n'
    expect(found(text).map((one) => one.code)).toEqual([])
  })
})
