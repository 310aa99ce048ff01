import { describe, expect, test } from '@jest/globals'
import { actionCatalogue } from '../../../src/actions/kinds/index.ts'
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

const FLOW = `flows:
  订餐:
    start: 订餐
    timeout: 10m
    on_timeout: {reply: 订单先取消啦}
    steps: [{id: 菜, ask: 想吃什么}]
    done: [{reply: 收到}]
tests:
`

describe('time that passes', () => {
  test.each([
    [
      'a flow that nobody answered says so',
      '  - talk: [{say: 订餐}, {wait: 11m, expect: {exact: 订单先取消啦, rule: 订餐}}]\n',
    ],
    [
      'a flow that still waits says nothing',
      '  - talk: [{say: 订餐}, {wait: 9m, expect: nothing}, {say: 面, expect: 收到}]\n',
    ],
    [
      'it says so once',
      '  - talk: [{say: 订餐}, {wait: 11m, expect: 取消}, {wait: 1d, expect: nothing}, {say: 面, expect: nothing}]\n',
    ],
    [
      'an answer in time starts the time anew',
      '  - talk: [{say: 订餐}, {wait: 9m, say: 面, expect: 收到}, {wait: 9m, expect: nothing}]\n',
    ],
    [
      'a flow begins again after it',
      '  - talk: [{say: 订餐}, {wait: 11m}, {say: 订餐, expect: 想吃什么}, {wait: 11m, expect: 取消}]\n',
    ],
    ['time without a flow is silence', '  - talk: [{wait: 30d, expect: nothing}]\n'],
  ])('%s', async (_, tests) => {
    const report = await run(treeOf({ 'a.yml': FLOW + tests }))
    expect(report.results.flatMap((one) => one.failures.map((failure) => failure.message.zh))).toEqual([])
    expect(report.passed).toBe(1)
  })

  test('what is expected of it can be wrong', async () => {
    const report = await run(
      treeOf({ 'a.yml': `${FLOW}  - talk: [{say: 订餐}, {wait: 11m, expect: 已下单}]\n` }),
    )
    expect(report).toMatchObject({ failed: 1 })
    expect(report.results[0]?.failures[0]?.message.zh).toContain('订单先取消啦')
  })
})

const KINDS = `rules:
  - {name: 加友, when: {kind: friend_request, friend_note: 老张}, reply: 您好}
  - {name: 入群, when: {kind: join, room: 老客户群}, reply: "欢迎 {{joined.name}}"}
  - {name: 撤回, when: {kind: recall}, reply: 看到啦}
  - {name: 通知, when: {kind: system}, reply: 收到通知}
  - {name: 图片, when: {kind: [image, voice]}, reply: 请打字}
tests:
`

describe('what is not a text', () => {
  test.each([
    '{kind: friend_request, say: 我是老张的朋友, expect: {rule: 加友}}',
    '{kind: friend_request, say: 你好, expect: nothing}',
    '{kind: join, room: 老客户群, say: 小李, expect: {exact: 欢迎 小李}}',
    '{kind: join, room: 老客户群, from: 小李, expect: {exact: 欢迎 小李}}',
    '{kind: join, room: 别的群, say: 小李, expect: nothing}',
    '{kind: recall, say: 说错了, expect: 看到啦}',
    '{kind: system, say: 通知, expect: 收到通知}',
    '{kind: image, expect: 请打字}',
    '{kind: video, expect: nothing}',
    '{say: 你好, expect: nothing}',
  ])('%s', async (written) => {
    const report = await run(treeOf({ 'a.yml': `${KINDS}  - ${written}\n` }))
    expect(report.results.flatMap((one) => one.failures.map((failure) => failure.message.zh))).toEqual([])
    expect(report.passed).toBe(1)
  })

  test('a kind that does not exist is a mistake of the test', () => {
    const { diagnostics } = loadRules(treeOf({ 'a.yml': `${KINDS}  - {kind: picture, expect: nothing}\n` }))
    const errors = diagnostics.filter((one) => one.severity === 'error')
    expect(errors).toMatchObject([{ code: 'E404', place: { line: 8 } }])
  })
})

describe('stand-ins for HTTP', () => {
  const shop = (tests: string) =>
    treeOf({
      'a.yml': `rules:
  - name: 查快递
    when: 快递
    do: [{webhook: {url: "https://example.com/track", save: 物流}}, {reply: "{{物流.last}}"}]
  - {name: 问价, when: 价格, reply: 8 元}
tests:
${tests}`,
    })

  test('a failure says when the call itself is not there yet', async () => {
    const report = await run(
      shop('  - {http: {"https://example.com/track": {json: {last: 已签收}}}, say: 快递, expect: 已签收}\n'),
    )
    const isThere = actionCatalogue.get('webhook')?.availability === 'now'
    expect(report.failed).toBe(isThere ? 0 : 1)
    expect(formatTestReport(report, 'zh-CN').includes('webhook 这一版还不会执行')).toBe(!isThere)
  })

  test('are taken in every form, and a wrong one is pointed at', () => {
    const forms =
      '  - http: {"https://a.cn": {json: {last: 已签收}}, "https://b.cn": {status: 500}, "https://c.cn": ok, "https://d.cn": {error: timeout}}\n    say: 价格\n    expect: 8 元\n'
    const { tests, spec } = loadRules(shop(forms))
    expect(spec).not.toBeNull()
    expect(tests[0]?.http).toMatchObject({
      'https://a.cn': { json: { last: '已签收' } },
      'https://b.cn': { status: 500 },
    })
    const wrong = loadRules(shop('  - {http: {"https://a.cn": {staus: 200}}, say: 价格, expect: 8 元}\n'))
    expect(wrong.diagnostics.filter((one) => one.severity === 'error')).toMatchObject([{ code: 'E401' }])
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

  test('pass their tests, and every rule that is no plain answer has one', async () => {
    const report = await run(await readRulesFolder(folder))
    expect(report.results.filter((one) => one.failures.length > 0)).toEqual([])
    // Questions and group names are what a shop changes first, so the starter's tests do not name them.
    const isOwnersWords = (file: string, name: string) =>
      file === 'rules/20-group.yml' || name.includes(' | ')
    expect(report.unreached.filter(({ name, place }) => !isOwnersWords(place.file, name))).toEqual([])
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

describe('rules that answer with silence', () => {
  const SHOP = `rules:
  - {name: 黑名单, guard: true, when: {from: 小张}, do: [ignore]}
  - {name: 优惠, when: 优惠, reply: 满减, cooldown: 10m}
  - {name: 试跑, when: 试跑, observe: true, reply: 试}
`
  const report = (tests: string) => run(treeOf({ 'a.yml': `${SHOP}tests:\n${tests}` }))

  test('a guard that ignores can be expected by name, and counts as reached', async () => {
    const { failed, unreached } = await report(
      '  - {from: 小张, say: 优惠, expect: {rule: 黑名单, nothing: true, actions: ignore}}\n  - {say: 试跑, expect: nothing}\n',
    )
    expect(failed).toBe(0)
    expect(unreached.map((one) => one.name)).toEqual(['优惠'])
  })

  test('a rule that cools down is expected by name together with silence only', async () => {
    const talk = (second: string) => `  - talk: [{say: 优惠, expect: 满减}, {say: 优惠, expect: ${second}}]\n`
    expect((await report(talk('{rule: 优惠, limited: true}'))).failed).toBe(0)
    expect((await report(talk('{rule: 优惠}'))).failed).toBe(1)
    expect((await report(talk('{rule: 黑名单, limited: true}'))).failed).toBe(1)
  })

  test('a failure says why nothing was said', async () => {
    const { results } = await report('  - talk: [{say: 优惠}, {say: 优惠, expect: 满减}]\n')
    expect(results[0]?.failures[0]?.note).toEqual({ zh: '没有回：冷却中', en: 'silent: cooling down' })
  })

  test('an expression that rules could not use either is refused at load', () => {
    const loaded = loadRules(
      treeOf({ 'a.yml': `${SHOP}tests:\n  - {say: 优惠, expect: {regex: '(?=满)'}}\n` }),
    )
    expect(loaded.diagnostics.map((one) => [one.code, one.place.line, one.place.column])).toEqual([
      ['E412', 6, 31],
    ])
  })
})

describe('expectations that would hold whatever happens', () => {
  const errors = (tests: string) =>
    loadRules(treeOf({ 'a.yml': `tests:\n${tests}` })).diagnostics.map(
      (one) => `${one.code} ${one.place.line}:${one.place.column}`,
    )

  test.each([
    ['  - {say: 价格, expect: {}}\n', ['E407 2:23']],
    ['  - {say: 价格, expect: ""}\n', ['E407 2:23']],
    ['  - {say: 价格, expect: }\n', ['E407 2:15']],
    ['  - table: {价格: ""}\n', ['E407 2:17']],
    ['  - {say: 价格, expect: {nothing: false}}\n', ['E404 2:33']],
    ['  - {say: 价格, talk: [{say: 地址}]}\n', ['E410 2:6']],
    ['  - {talk: [{say: 地址}], expect: 好}\n', ['E410 2:25']],
    ['  - {table: {地址: 好}, wait: 1m}\n', ['E410 2:22']],
    ['  - {talk: [{say: 地址, room: 群}]}\n', ['E401 2:23']],
  ])('%s', (tests, expected) => {
    expect(errors(tests)).toEqual(expected)
  })

  test('a list is as many messages as it has', async () => {
    const said = (expected: string) =>
      run(withTests(`  - {say: 地址, expect: ${expected}}\n`)).then(({ failed }) => failed)
    expect(await said('[张杨路]')).toBe(1)
    expect(await said('张杨路')).toBe(0)
    expect(await said('[张杨路, 地铁]')).toBe(0)
    expect(await said('[张杨路, 地铁, 地铁]')).toBe(1)
  })
})
