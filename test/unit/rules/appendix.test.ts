import { describe, expect, test } from '@jest/globals'
import { loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'

interface Slip {
  readonly typed: string
  /** Lines before and after the typed one, so that its number is 3. */
  readonly code: string
  readonly column: number
  readonly corrected: string | null
}

const around = (line: string) =>
  `rules:\n  - name: 问价\n${line}\n    ${/wh[en]/.test(line) ? 'reply: 好' : 'when: 价格'}\n  - name: 别的\n    when: 别的\n    reply: 别的\n`

const slips: readonly Slip[] = [
  { typed: '    reply: 价格: 10元', code: 'E103', column: 12, corrected: '    reply: "价格: 10元"' },
  {
    typed: '    reply: {{sender.name}}您好',
    code: 'E106',
    column: 12,
    corrected: '    reply: "{{sender.name}}您好"',
  },
  {
    typed: '    reply: {{sender.name}}',
    code: 'E106',
    column: 12,
    corrected: '    reply: "{{sender.name}}"',
  },
  { typed: '    reply: @小明 你好', code: 'E105', column: 12, corrected: '    reply: "@小明 你好"' },
  { typed: '    reply: `小明` 你好', code: 'E105', column: 12, corrected: '    reply: "`小明` 你好"' },
  { typed: '    reply: *重要*', code: 'E105', column: 12, corrected: '    reply: "*重要*"' },
  { typed: '    reply: *重要* 通知', code: 'E105', column: 12, corrected: '    reply: "*重要* 通知"' },
  { typed: '    reply: !加急', code: 'E105', column: 12, corrected: '    reply: "!加急"' },
  { typed: '    reply: !urgent 加急', code: 'E105', column: 12, corrected: '    reply: "!urgent 加急"' },
  { typed: '    reply: &重要 通知', code: 'E105', column: 12, corrected: '    reply: "&重要 通知"' },
  { typed: '    reply: %5 折扣', code: 'E105', column: 12, corrected: '    reply: "%5 折扣"' },
  { typed: '    reply: >价格', code: 'E105', column: 12, corrected: '    reply: ">价格"' },
  { typed: '    reply: |价格', code: 'E105', column: 12, corrected: '    reply: "|价格"' },
  {
    typed: '    when: {regex: [0-9]+元, chat: group}',
    code: 'E105',
    column: 19,
    corrected: '    when: {regex: "[0-9]+元", chat: group}',
  },
  {
    typed: '    reply: 运费 {{text | upcase: 6}} 元',
    code: 'E103',
    column: 12,
    corrected: '    reply: 运费 {{text | upcase:6}} 元',
  },
  {
    typed: '    do: [{reply: 好{{text}}}]',
    code: 'E106',
    column: 18,
    corrected: '    do: [{reply: "好{{text}}"}]',
  },
  { typed: '    reply: "x\\d+"', code: 'E108', column: 12, corrected: "    reply: 'x\\d+'" },
  {
    typed: '    when: {regex: "x\\d+", chat: group}',
    code: 'E108',
    column: 19,
    corrected: "    when: {regex: 'x\\d+', chat: group}",
  },
  {
    typed: '    when: {text: 价格；chat: group}',
    code: 'E102',
    column: 20,
    corrected: '    when: {text: 价格, chat: group}',
  },
  { typed: '    reply: [好] 你好', code: 'E105', column: 12, corrected: '    reply: "[好] 你好"' },
  { typed: '    when：价格', code: 'E102', column: 9, corrected: '    when: 价格' },
  { typed: '    when:价格', code: 'E104', column: 5, corrected: '    when: 价格' },
  { typed: '    when: [价格, 多少钱', code: 'E107', column: 11, corrected: '    when: [价格, 多少钱]' },
  {
    typed: '    when: {text: 价格, chat: group',
    code: 'E107',
    column: 11,
    corrected: '    when: {text: 价格, chat: group}',
  },
  { typed: '    when: "价格', code: 'E114', column: 11, corrected: '    when: "价格"' },
  { typed: "    when: '价格", code: 'E114', column: 11, corrected: "    when: '价格'" },
  { typed: '\twhen: 价格', code: 'E101', column: 1, corrected: '    when: 价格' },
  { typed: '\u3000\u3000when: 价格', code: 'E101', column: 1, corrected: '    when: 价格' },
  { typed: '   when: 价格', code: 'E118', column: 1, corrected: '    when: 价格' },
  {
    typed: '    when: {from: 王姐, text：价格}',
    code: 'E102',
    column: 26,
    corrected: '    when: {from: 王姐, text: 价格}',
  },
  {
    typed: '    when: {text: 价格，chat: group}',
    code: 'E102',
    column: 20,
    corrected: '    when: {text: 价格, chat: group}',
  },
  { typed: '    whne: 价格', code: 'E401', column: 5, corrected: '    when: 价格' },
  { typed: '    回覆: 价格', code: 'E401', column: 5, corrected: '    回复: 价格' },
]

describe('a rule appended to the end of a file', () => {
  test.each([
    ['lists:\n  省: [上海]\n\n  - name: 优惠\n    when: 优惠\n    reply: 好\n', 'lists', 7, 3],
    ['vars:\n  店名: 张\n# 新的\n- name: 优惠\n  when: 优惠\n  reply: 好\n', 'vars', 7, 1],
  ])('%j: told which section it fell into', (end, section, line, column) => {
    const { diagnostics } = loadRules(treeOf({ 'a.yml': `rules:\n  - when: 价格\n    reply: 好\n${end}` }))
    expect(diagnostics).toMatchObject([{ code: 'E118', place: { line, column } }])
    expect(diagnostics[0]?.message.zh).toContain(`落在了“${section}:”下面`)
    expect(diagnostics[0]?.hint?.zh).toContain('rules:')
  })
})

describe('what people actually type', () => {
  test.each(slips)('$typed', ({ typed, code, column, corrected }) => {
    const { diagnostics, spec } = loadRules(treeOf({ '10-shop.yml': around(typed) }))
    expect(spec).toBeNull()
    const [first] = diagnostics.filter((one) => one.severity === 'error')
    expect(first).toMatchObject({
      code,
      place: { file: 'rules/10-shop.yml', line: 3, column },
      quotedLine: typed,
    })
    expect(first?.correctedLine ?? null).toBe(corrected)
    // A slip makes one message, not a cascade.
    expect(diagnostics.filter((one) => one.code.startsWith('E1'))).toHaveLength(code.startsWith('E1') ? 1 : 0)
  })

  test('what we propose loads', () => {
    for (const { typed, corrected, code } of slips) {
      if (corrected === null || code === 'E401') continue
      const { diagnostics } = loadRules(treeOf({ '10-shop.yml': around(typed).replace(typed, corrected) }))
      expect(
        diagnostics.filter((one) => one.severity === 'error').map((one) => `${corrected}: ${one.message.en}`),
      ).toEqual([])
    }
  })

  test('cron and regex that begin with a sign', () => {
    const text =
      'schedules:\n  - name: a\n    cron: */5 * * * *\n    to: owner\n    do: [{reply: 好}]\nrules:\n  - name: b\n    when:\n      regex: [0-9]+元\n    reply: 好\n'
    const { diagnostics } = loadRules(treeOf({ 'a.yml': text }))
    expect(diagnostics.map((one) => [one.code, one.place.line, one.place.column, one.correctedLine])).toEqual(
      [
        ['E105', 3, 11, '    cron: "*/5 * * * *"'],
        ['E105', 9, 14, '      regex: "[0-9]+元"'],
      ],
    )
  })

  test('a key with a full-width colon that is alone in its map', () => {
    const { diagnostics } = loadRules(treeOf({ 'a.yml': 'rules:\n  - when：价格\n' }))
    expect(diagnostics).toMatchObject([
      { code: 'E102', place: { line: 2, column: 9 }, correctedLine: '  - when: 价格' },
    ])
  })

  test('a text that goes on below without indentation', () => {
    const text = 'rules:\n  - name: a\n    when: 价格\n    reply: 第一行\n    第二行\n'
    const { diagnostics } = loadRules(treeOf({ 'a.yml': text }))
    expect(diagnostics).toMatchObject([
      { code: 'E118', place: { line: 5, column: 5 }, correctedLine: '      第二行' },
    ])
  })

  test('a question of the quick table with a full-width colon', () => {
    const { diagnostics } = loadRules(treeOf({ 'a.yml': 'quick:\n  营业时间：早上 8 点\n' }))
    expect(diagnostics).toMatchObject([{ code: 'E102', correctedLine: '  营业时间: 早上 8 点' }])
  })

  test('several slips are shown together, each with its place', () => {
    const text =
      'rules:\n  - name: a\n    when：价格\n    reply: 价格: 10\n  - name: b\n    when: [价格, 多少钱\n    reply: @b\n    prioritty: 3\n'
    const { diagnostics } = loadRules(treeOf({ 'a.yml': text }))
    expect(diagnostics.map((one) => [one.code, one.place.line])).toEqual([
      ['E102', 3],
      ['E103', 4],
      ['E107', 6],
      ['E105', 7],
      ['E401', 8],
    ])
  })

  test('a key written twice names both places', () => {
    const { diagnostics } = loadRules(
      treeOf({ 'a.yml': 'rules:\n  - name: a\n    when: 价格\n    when: 多少\n    reply: x\n' }),
    )
    expect(diagnostics).toMatchObject([{ code: 'E109', place: { line: 4, column: 5 } }])
    expect(diagnostics[0]?.message.zh).toContain('第 3 行')
  })

  test('no, yes and on are words, not truth values', () => {
    const { spec } = loadRules(treeOf({ 'a.yml': 'quick: {a1: no, b1: yes, c1: on}\n' }))
    expect(spec?.rules.map((rule) => rule.actions[0]?.params)).toEqual(['no', 'yes', 'on'])
  })

  test.each(['0123', '1.0', '1e3', '+8613800000000', '12345678901234567890', 'true', '0x1F', '.5', '-0'])(
    'text fields take %s as it was typed',
    (typed) => {
      const { spec } = loadRules(
        treeOf({ 'a.yml': `rules:\n  - name: a\n    when: ${typed}\n    reply: ${typed}\n` }),
      )
      expect(spec?.rules[0]?.when).toMatchObject({ value: typed })
      expect(spec?.rules[0]?.actions[0]?.params).toBe(typed)
    },
  )

  test.each(['09:00', '9:00-21:00', '2027-01-01 23:30', '30%', 'list:vip'])('%s needs no quotes', (typed) => {
    const { spec } = loadRules(treeOf({ 'a.yml': `quick: {abc: ${typed}}\n` }))
    expect(spec?.rules[0]?.actions[0]?.params).toBe(typed)
  })

  test('T23: aliases that explode are refused, few are fine', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'].map((pair) => [...pair])) {
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(', ')}]`)
    }
    expect(loadRules(treeOf({ 'a.yml': bomb.join('\n') })).diagnostics.map((one) => one.code)).toContain(
      'E110',
    )
    const few =
      'rules:\n  - {name: a, when: &w [x1, x2], reply: 好}\n  - {name: b, when: {all: [{text: *w}], chat: group, mention: me}, reply: 好}\n'
    expect(loadRules(treeOf({ 'a.yml': few })).spec?.rules[1]?.when).toMatchObject({ op: 'all' })
  })
})
