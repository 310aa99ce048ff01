import { describe, expect, test } from '@jest/globals'
import { compileRules, loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'

interface Case {
  readonly what: string
  readonly text: string
  /** `code line:column` of every error. */
  readonly errors: readonly string[]
}

const one = (text: string) => `rules:\n  - name: 一\n    when: 价格\n${text}`

const cases: readonly Case[] = [
  { what: 'a rule without when', text: 'rules:\n  - name: 一\n    reply: 好\n', errors: ['E403 2:5'] },
  { what: 'a rule without reply', text: 'rules:\n  - name: 一\n    when: 价格\n', errors: ['E403 2:5'] },
  { what: 'reply and do', text: one('    reply: 好\n    do: [{reply: 好}]\n'), errors: ['E410 4:5'] },
  { what: 'an empty when', text: 'rules:\n  - {name: 一, when: , reply: 好}\n', errors: ['E407 2:21'] },
  { what: 'an empty list', text: 'rules:\n  - {name: 一, when: [], reply: 好}\n', errors: ['E407 2:21'] },
  {
    what: 'an empty keyword',
    text: 'rules:\n  - {name: 一, when: [价格, ""], reply: 好}\n',
    errors: ['E407 2:26'],
  },
  {
    what: 'an empty regex',
    text: "rules:\n  - {name: 一, when: {regex: ''}, reply: 好}\n",
    errors: ['E407 2:29'],
  },
  { what: 'an empty reply', text: one('    reply:\n'), errors: ['E407 4:11'] },
  {
    what: 'a duration without a unit',
    text: one('    reply: 好\n    cooldown: 10\n'),
    errors: ['E405 5:15'],
  },
  {
    what: 'a duration in the long form',
    text: one('    reply: 好\n    cooldown: {per: contact, for: 8}\n'),
    errors: ['E405 5:35'],
  },
  {
    what: 'a word that is no scope',
    text: one('    reply: 好\n    cooldown: {per: contacts, for: 8h}\n'),
    errors: ['E404 5:21'],
  },
  {
    what: 'an unknown key in a long form',
    text: one('    reply: 好\n    limit: {max: 3, inn: 1h}\n'),
    errors: ['E403 5:12', 'E401 5:21'],
  },
  {
    what: 'a date that does not exist',
    text: one('    reply: 好\n    until: 2027-02-30\n'),
    errors: ['E406 5:12'],
  },
  {
    what: 'a priority that is no number',
    text: one('    reply: 好\n    priority: 高\n'),
    errors: ['E402 5:15'],
  },
  { what: 'a chance over one', text: one('    reply: 好\n    chance: 30\n'), errors: ['E409 5:13'] },
  {
    what: 'a map where a word stands',
    text: one('    reply: 好\n    cooldown: {per: {contact: 1}, for: 6h}\n'),
    errors: ['E404 5:21'],
  },
  { what: 'a mode that is none', text: one('    reply: 好\n    mode: singel\n'), errors: ['E404 5:11'] },
  {
    what: 'both spellings of a key',
    text: 'rules:\n  - {name: 一, when: 价格, 当: 运费, reply: 好}\n',
    errors: ['E408 2:25'],
  },
  {
    what: 'two actions in an item',
    text: one('    do:\n      - reply: 好\n        wait: 2s\n'),
    errors: ['E410 6:9'],
  },
  { what: 'an unknown action', text: one('    do: [{repply: 好}]\n'), errors: ['E401 4:11'] },
  { what: 'an unknown action without a value', text: one('    do: [ignroe]\n'), errors: ['E402 4:10'] },
  { what: 'an action that lacks its value', text: one('    do: [wait]\n'), errors: ['E403 4:10'] },
  {
    what: 'an unknown condition',
    text: 'rules:\n  - {name: 一, when: {txet: 价格}, reply: 好}\n',
    errors: ['E401 2:22'],
  },
  { what: 'inviting people', text: one('    do: [{invite: 老客户群}]\n'), errors: ['E411 4:11'] },
  { what: 'an @ that notifies', text: one('    do: [{at: 小王}]\n'), errors: ['E411 4:11'] },
  { what: 'a voice bubble', text: one('    do: [{voice: a.mp3}]\n'), errors: ['E411 4:11'] },
  { what: 'a list without name', text: 'quick: {from: faq}\n', errors: ['E502 1:15'] },
  {
    what: 'an id twice',
    text: 'rules:\n  - {id: a, name: 一, when: 价格, reply: 好}\n  - {id: a, name: 二, when: 运费, reply: 好}\n',
    errors: ['E501 3:10'],
  },
  {
    what: 'a step that is not there',
    text: 'flows:\n  订餐:\n    steps:\n      - {id: 菜, ask: 吃什么, choices: {不对: {goto: 采}}}\n',
    errors: ['E502 4:9'],
  },
  { what: 'a flow without steps', text: 'flows:\n  订餐: {start: 订餐}\n', errors: ['E403 2:7'] },
  {
    what: 'a schedule without a time',
    text: 'schedules:\n  - {name: 早, to: owner, reply: 早}\n',
    errors: ['E403 2:5'],
  },
  { what: 'a test that says nothing', text: 'tests:\n  - {name: 一, expect: 好}\n', errors: ['E403 2:6'] },
  {
    what: 'a moment that does not exist',
    text: 'tests:\n  - {say: 好, at: 2027-13-01, expect: 好}\n',
    errors: ['E406 2:18'],
  },
  { what: 'a setting in a rule file', text: 'timezone: Asia/Shanghai\n', errors: ['E401 1:1'] },
  { what: 'another version', text: 'version: 7\n', errors: ['E404 1:10'] },
  { what: 'text where rules belong', text: '你好\n', errors: ['E402 1:1'] },
]

describe('keys and values', () => {
  test.each(cases)('$what', ({ text, errors }) => {
    const { diagnostics } = loadRules(treeOf({ 'a.yml': text }))
    const found = diagnostics.filter((each) => each.severity === 'error')
    expect(found.map((each) => `${each.code} ${each.place.line}:${each.place.column}`)).toEqual(errors)
    for (const each of found) expect(each.message.zh).not.toMatch(/Invalid|expected|Unrecognized/)
  })

  test.each([
    ['30%', 0.3],
    ['0.25', 0.25],
    ['1', 1],
    ['100%', 1],
    ['.5', 0.5],
  ])('a chance of %s', (typed, chance) => {
    const { spec } = loadRules(treeOf({ 'a.yml': one(`    reply: 好\n    chance: ${typed}\n`) }))
    expect(spec?.rules[0]?.chance).toBe(chance)
  })

  test('Chinese keys mean the same', () => {
    const chinese =
      '规则:\n  - 名称: 一\n    当: {text: 价格, 群: 老客户群, 好友: 小王, 时间: "08:00-09:00"}\n    回复: 好\n    冷却: 10m\n    优先级: 3\n    停用: true\n快捷: {电话: 123}\n'
    const english = chinese
      .replace('规则', 'rules')
      .replace('名称', 'name')
      .replace('当', 'when')
      .replace('群:', 'room:')
      .replace('好友', 'from')
      .replace('时间', 'time')
      .replace('回复', 'reply')
      .replace('冷却', 'cooldown')
      .replace('优先级', 'priority')
      .replace('停用', 'disabled')
      .replace('快捷', 'quick')
    const plain = (text: string) =>
      JSON.stringify(loadRules(treeOf({ 'a.yml': text })).spec?.rules, (key, value: unknown) =>
        key === 'place' ? undefined : value,
      )
    expect(plain(chinese)).toBe(plain(english))
    expect(plain(chinese)).toContain('小王')
  })

  test('defaults are merged key by key, and serve quick and flows', () => {
    const text =
      'defaults:\n  when: {room: 群甲, mention: me}\n  cooldown: 5m\n  priority: 2\nquick: {电话: "1"}\nrules:\n  - {name: 一, when: 价格, reply: 好}\n  - {name: 二, when: {text: 运费, room: 群乙}, reply: 好, cooldown: 1h}\nflows:\n  订餐: {start: 订餐, steps: [{ask: 吃什么}]}\n'
    const spec = loadRules(treeOf({ 'a.yml': text })).spec
    const rooms = JSON.stringify(spec?.rules.map((rule) => rule.when)).match(/群[甲乙]/g)
    expect(rooms).toEqual(['群甲', '群甲', '群乙'])
    expect(spec?.rules.map((rule) => [rule.cooldown?.forMs, rule.priority])).toEqual([
      [300_000, 2],
      [300_000, 2],
      [3_600_000, 2],
    ])
    expect(JSON.stringify(spec?.flows.get('订餐')?.value)).toContain('群甲')
  })

  test('conditions nest', () => {
    const text =
      'rules:\n  - name: 一\n    when:\n      any: {exact: 甲甲, starts: 乙乙}\n      all: [{text: 丙丙, length: "> 3"}, 丁丁]\n      not: [{ends: 戊戊}, {from: 小王}]\n    reply: 好\n'
    expect(loadRules(treeOf({ 'a.yml': text })).spec?.rules[0]?.when).toMatchObject({
      op: 'all',
      of: [
        { op: 'any', of: [{ key: 'exact' }, { key: 'starts' }] },
        {
          op: 'all',
          of: [
            { op: 'all', of: [{ key: 'text' }, { key: 'length' }] },
            { key: 'text', value: '丁丁' },
          ],
        },
        { op: 'not', of: { op: 'any', of: [{ key: 'ends' }, { key: 'from' }] } },
      ],
    })
  })

  test('ids follow file and name; rules of one name get one each', () => {
    const text = 'rules:\n  - {name: 一, when: 价格, reply: 好}\n  - {name: 一, when: 运费, reply: 好}\n'
    const ids = (tree: Record<string, string>) =>
      loadRules(treeOf(tree)).spec?.rules.map((rule) => rule.id) ?? []
    const [first, second] = ids({ 'a.yml': text })
    expect(second).toBe(`${first}-2`)
    expect(ids({ 'a.yml': `# 一行注释\n${text}` })).toEqual([first, second])
    expect(ids({ 'b.yml': text })).not.toContain(first)
  })
})

describe('compiling', () => {
  const compile = async (text: string) => {
    const { diagnostics, ruleset } = await compileRules(loadRules(treeOf({ 'a.yml': text })), {
      timezone: 'Asia/Shanghai',
    })
    return { diagnostics, isRunning: ruleset !== null }
  }

  test.each([
    ['E203', one('    reply: 好\n').replace('价格', '{text: list:没有}'), 3],
    ['E204', one('    reply: 好\n').replace('价格', '{text: 价格, time: 没有}'), 3],
    ['E210', one('    reply: 好\n').replace('价格', "{regex: '(价格'}"), 3],
    ['E253', one('    reply: "{{没有这个}}"\n'), 4],
    ['E254', one('    reply: "{{text | nofilter}}"\n'), 4],
    ['E255', one('    reply: {template: 没有}\n'), 4],
  ])('%s is quoted and stops the rules', async (code, text, line) => {
    const { diagnostics, isRunning } = await compile(text)
    expect(isRunning).toBe(false)
    expect(diagnostics).toMatchObject([
      { code, place: { file: 'rules/a.yml', line }, quotedLine: text.split('\n')[line - 1] },
    ])
  })

  test('an action of later versions is understood and said to be left out', async () => {
    const { diagnostics, isRunning } = await compile(one('    do: [{reply: 好}, {set_remark: 客户}]\n'))
    expect(isRunning).toBe(true)
    expect(diagnostics).toMatchObject([{ code: 'W250', severity: 'warning', place: { line: 4 } }])
  })
})
