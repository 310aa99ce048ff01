import { describe, expect, test } from '@jest/globals'
import { compileRules, loadRules, readRulesFolder } from '../../../src/rules/load.ts'
import { formatJunit, formatTestReport } from '../../../src/rules/testing/report.ts'
import { runTests, type TestReport } from '../../../src/rules/testing/run.ts'
import { instantOf } from '../../../src/rules/testing/scene.ts'
import { type SourceTree, treeOf } from '../../../src/rules/tree.ts'

const TIMEZONE = 'Asia/Shanghai'

async function run(tree: SourceTree, only?: RegExp): Promise<TestReport> {
  const loaded = loadRules(tree)
  const { ruleset, book, diagnostics } = await compileRules(loaded, { timezone: TIMEZONE })
  expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  if (loaded.spec === null || ruleset === null || book === null) throw new Error('does not compile')
  return runTests({ spec: loaded.spec, ruleset, book }, loaded.tests, only === undefined ? {} : { only })
}

const RULES = `rules:
  - name: 问价
    when: [价格, 多少钱]
    reply: 苹果 8 元
    cooldown: 10m
  - name: 两句
    when: 地址
    reply: [张杨路 100 号, 地铁 2 号线]
  - name: 群里
    when: {text: 团购, room: 老客户群, mention: me}
    reply: "@{{sender.name}} 明天有"
  - name: 记住
    when: 积分
    do: [{add: {积分: 10}}, {reply: "现在 {{积分}} 分"}]
  - name: 打烊
    fallback: true
    when: {not: {time: "08:00-21:00"}}
    reply: 已打烊
  - name: 欢迎
    when: {kind: join, room: 老客户群}
    reply: 欢迎{{joined.name}}
    cooldown: 1m
  - name: 刷屏
    guard: true
    when: {text: 哈哈, count: {in: 1m, is: ">= 3"}}
    reply: 慢一点
`
const withTests = (tests: string) => treeOf({ 'a.yml': RULES, 'a.test.yml': `tests:\n${tests}` })

describe('tests beside rules', () => {
  test.each([
    ['contains', '  - {say: 多少钱, expect: 8 元}\n'],
    ['exact', '  - {say: 多少钱, expect: {exact: 苹果 8 元}}\n'],
    ['regex', "  - {say: 多少钱, expect: {regex: '\\d 元'}}\n"],
    ['rule', '  - {say: 多少钱, expect: {rule: 问价}}\n'],
    ['actions', '  - {say: 积分, expect: {actions: [add, reply]}}\n'],
    ['several messages', '  - {say: 地址, expect: [张杨路, 地铁]}\n'],
    ['nothing', '  - {say: 天气, expect: nothing}\n'],
    ['a room without mention', '  - {room: 老客户群, say: 团购, expect: nothing}\n'],
    [
      'a room with mention',
      '  - {room: 老客户群, from: 小王, mention: me, say: 团购, expect: "@小王 明天有"}\n',
    ],
    ['a time', '  - {at: 2027-01-01 23:30, say: 天气, expect: {rule: 打烊, exact: 已打烊}}\n'],
    [
      'limited',
      '  - talk: [{say: 价格, expect: 8 元}, {say: 价格, expect: limited}, {wait: 11m, say: 价格, expect: 8 元}]\n',
    ],
    ['memory', '  - talk: [{say: 积分, expect: 10 分}, {say: 积分, expect: 20 分}]\n'],
    ['a table', '  - table: {多少钱: 8 元, 天气: nothing}\n'],
    [
      'somebody joins',
      '  - {kind: join, room: 老客户群, talk: [{say: 小李, expect: 欢迎小李}, {say: 小赵, expect: limited}]}\n',
    ],
    [
      'messages are counted',
      '  - talk: [{say: 哈哈, expect: nothing}, {say: 哈哈, expect: nothing}, {say: 哈哈, expect: 慢一点}, {wait: 2m, say: 哈哈, expect: nothing}]\n',
    ],
  ])('%s holds', async (_, tests) => {
    const report = await run(withTests(tests))
    expect(report.results.flatMap((one) => one.failures.map((failure) => failure.message.zh))).toEqual([])
    expect(report.passed).toBeGreaterThan(0)
  })

  test.each([
    ['contains', '  - {say: 多少钱, expect: 9 元}\n'],
    ['exact', '  - {say: 多少钱, expect: {exact: 苹果}}\n'],
    ['regex', "  - {say: 多少钱, expect: {regex: '^8'}}\n"],
    ['rule', '  - {say: 多少钱, expect: {rule: 打烊}}\n'],
    ['actions', '  - {say: 积分, expect: {actions: [reply]}}\n'],
    ['several messages', '  - {say: 地址, expect: [张杨路, 地铁, 出口]}\n'],
    ['nothing', '  - {say: 多少钱, expect: nothing}\n'],
    ['silence', '  - {say: 天气, expect: 晴}\n'],
    ['limited where nothing matched', '  - {say: 天气, expect: limited}\n'],
  ])('%s that does not hold fails at its line', async (_, tests) => {
    const report = await run(withTests(tests))
    expect(report).toMatchObject({ passed: 0, failed: 1 })
    expect(report.results[0]?.failures).toMatchObject([{ place: { file: 'rules/a.test.yml', line: 2 } }])
  })

  test('a failure names the rule that came nearest and what was missing', async () => {
    const report = await run(withTests('  - {room: 别的群, mention: me, say: 多少钱, expect: 8 元}\n'))
    const [failure] = report.results[0]?.failures ?? []
    expect(failure?.nearest).toMatchObject({
      name: '问价',
      outcome: { kind: 'failed', failure: { condition: 'chat' } },
    })
    const text = formatTestReport(report, 'zh-CN')
    expect(text).toContain('rules/a.test.yml:2  ✗ 多少钱  应该包含 “8 元”')
    expect(text).toContain('近：规则 问价（rules/a.yml:2）没命中，因为 chat=')
    expect(text).toContain('测试 0/1 通过')
    expect(formatTestReport(report, 'en')).toContain('closest: rule 问价')
  })

  test('the report for CI servers escapes what people wrote', async () => {
    const report = await run(
      withTests('  - {name: "<a> & \\"b\\"", say: 多少钱, expect: 9 元}\n  - {say: 多少钱, expect: 8 元}\n'),
    )
    const text = formatJunit(report)
    expect(text).toContain('tests="2" failures="1"')
    expect(text).toContain('name="&lt;a&gt; &amp; &quot;b&quot;"')
  })

  test('rules that no test reached are listed', async () => {
    const report = await run(withTests('  - {say: 多少钱, expect: 8 元}\n'))
    expect(report.unreached.map((one) => one.name)).toEqual(['两句', '群里', '记住', '打烊', '欢迎', '刷屏'])
  })

  test('only those asked for run', async () => {
    const report = await run(
      withTests('  - {name: 甲, say: 多少钱, expect: 8 元}\n  - {name: 乙, say: 天气, expect: 晴}\n'),
      /甲/,
    )
    expect(report.results.map((one) => one.name)).toEqual(['甲'])
  })

  test('running twice gives the same', async () => {
    const tree = treeOf({
      'a.yml':
        'rules:\n  - {name: 随机, when: 骰子, reply: {one_of: [一, 二, 三, 四, 五, 六]}}\ntests:\n  - {say: 骰子, expect: {exact: 三}}\n',
    })
    const [first, second] = [await run(tree), await run(tree)]
    expect(second).toEqual(first)
  })

  test('a flow from step to step', async () => {
    const flow = `flows:
  订餐:
    start: 订餐
    cancel: 取消
    steps:
      - {id: 菜, ask: 想吃什么, choices: {1: 牛肉面, 2: 小馄饨}, retry: 请回复 1 或 2}
      - {id: 份数, ask: 要几份, accept: {number: 1-20}}
    done:
      - reply: 收到 {{菜}} {{份数}} 份
tests:
  - talk:
      - {say: 订餐, expect: 想吃什么}
      - {say: "3", expect: 请回复 1 或 2}
      - {say: "1", expect: 要几份}
      - {say: "2", expect: 收到 牛肉面 2 份}
`
    expect(await run(treeOf({ 'a.yml': flow }))).toMatchObject({ passed: 1, failed: 0 })
  })
})

test.each([
  ['2027-01-05 12:00', 'Asia/Shanghai', '2027-01-05T04:00:00Z'],
  ['2027-07-05 00:30', 'America/New_York', '2027-07-05T04:30:00Z'],
  ['2027-01-05 23:59', 'Asia/Kathmandu', '2027-01-05T18:14:00Z'],
])('%s in %s', (moment, timezone, instant) => {
  expect(new Date(instantOf(moment, timezone)).toISOString()).toBe(instant.replace('Z', '.000Z'))
})

describe('the rules that are shipped', () => {
  const folder = new URL('../../../rules', import.meta.url).pathname

  test('load and compile without a remark', async () => {
    const loaded = loadRules(await readRulesFolder(folder), { today: '2027-01-05' })
    const compiled = await compileRules(loaded, { timezone: TIMEZONE })
    expect(compiled.diagnostics).toEqual([])
    expect(compiled.ruleset).not.toBeNull()
  })

  test('pass their tests, and every rule has one', async () => {
    const report = await run(await readRulesFolder(folder))
    expect(report.results.filter((one) => one.failures.length > 0)).toEqual([])
    expect(report.unreached).toEqual([])
  })

  test('answer the price at any hour', async () => {
    const shipped = await readRulesFolder(folder)
    const hours = Array.from(
      { length: 24 },
      (_, hour) => `  - {at: 2027-01-05 ${hour}:30, say: 多少钱, expect: 8 元一斤}\n`,
    )
    const files = new Map([
      ...shipped.files,
      ['hours.test.yml', new TextEncoder().encode(`tests:\n${hours.join('')}`)],
    ] as const)
    expect((await run({ ...shipped, files })).failed).toBe(0)
  })
})
