import { beforeAll, describe, expect, test } from '@jest/globals'
import { parseDocument } from 'yaml'
import { loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'

/** What a reload may cost at most, as a multiple of the library alone reading ten thousand rules: two seconds where that takes 0.65. */
const BOUND = 3

const TEN_THOUSAND = `rules:\n${Array.from(
  { length: 10_000 },
  (_, i) => `  - {name: 问价${i}, when: [价格${i}号, 多少钱${i}号], reply: 苹果 ${i} 元}\n`,
).join('')}`

/** Read anew by every run, so that a slow or busy machine does not fail the tests. */
let yardstickMs = 0
beforeAll(() => {
  yardstickMs = costMs(() => parseDocument(TEN_THOUSAND))
})

function costMs(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** The cheapest of three goes, in units of the yardstick: what is too slow by nature is too slow each time. */
function costOf(work: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let go = 0; go < 3 && least >= BOUND; go++) least = Math.min(least, costMs(work) / yardstickMs)
  return least
}

const MEGABYTE = 1_048_576
const fill = (piece: string) => piece.repeat(Math.floor((MEGABYTE - 20) / piece.length))

const monsters: Readonly<Record<string, string>> = {
  'open brackets': fill('['),
  'open braces': fill('{'),
  dashes: fill('- '),
  'question marks': fill('? '),
  'keys in keys': fill('a: '),
  'flow maps in lists': fill('[a: '),
  'reserved signs': fill('a: @\n'),
  'bad escapes': `a: "${fill('\\q')}"`.slice(0, MEGABYTE),
  commas: `[${fill(',')}]`,
  aliases: fill(' *a'),
  anchors: fill('&a '),
  tags: fill('! '),
  directives: fill('%\n'),
  documents: fill('---\n'),
  'one long line': `a: ${fill('x')}`,
  'an open quote': `a: "${fill('x\n')}`,
  NUL: fill('\0'),
  tabs: fill('\t'),
  'carriage returns': fill('\r'),
  'one key again and again': fill('a: b\n'),
  'many keys': Array.from({ length: 60_000 }, (_, i) => `k${i}: v`).join('\n'),
  'deep indentation': Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  'unknown keys in rules':
    `rules:\n${Array.from({ length: 20_000 }, (_, i) => `  - {nmae: r${i}, wehn: x, rpely: y}`).join('\n')}`.slice(
      0,
      MEGABYTE,
    ),
  'regular expressions': `rules:\n${Array.from({ length: 8000 }, (_, i) => `  - {name: r${i}, when: {regex: "(a+)+${i}$"}, reply: y}`).join('\n')}`,
}

describe('bounds', () => {
  test.each(Object.entries(monsters))('T23: %s of a megabyte: at most three yardsticks', (_, text) => {
    let result = loadRules(treeOf({}))
    const cost = costOf(() => {
      result = loadRules(treeOf({ 'a.yml': text }))
    })
    expect(cost).toBeLessThan(BOUND)
    expect(result.spec === null).toBe(result.diagnostics.some((one) => one.severity === 'error'))
  })

  test('T23: 200 levels are refused with a place, 50 are not', () => {
    const deep = (levels: number) => `vars: ${'['.repeat(levels)}${']'.repeat(levels)}\n`
    expect(loadRules(treeOf({ 'a.yml': deep(200) })).diagnostics).toMatchObject([
      { code: 'E112', place: { line: 1, column: 71 } },
    ])
    expect(loadRules(treeOf({ 'a.yml': deep(50) })).diagnostics).toMatchObject([{ code: 'E402' }])
  })

  test('ten thousand rules load for three times what the library alone takes', () => {
    let { spec } = loadRules(treeOf({}))
    const cost = costOf(() => {
      spec = loadRules(treeOf({ 'a.yml': TEN_THOUSAND })).spec
    })
    expect(cost).toBeLessThan(BOUND)
    expect(spec?.rules).toHaveLength(10_000)
  })

  test('T25: names of the language are names like any other', () => {
    const text =
      'vars:\n  __proto__: 甲\n  constructor: 乙\n  toString: 丙\nquick:\n  __proto__: "{{toString}}"\n  constructor: "{{constructor}}"\nlists:\n  hasOwnProperty: [a1]\n'
    const { spec } = loadRules(treeOf({ 'a.yml': text }))
    expect([...(spec?.vars.keys() ?? [])]).toEqual(['__proto__', 'constructor', 'toString'])
    expect(spec?.rules.map((rule) => rule.name)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  test('T25: a key that would pollute is an unknown key', () => {
    const { diagnostics } = loadRules(
      treeOf({ 'a.yml': 'rules:\n  - {name: a, when: x1, reply: y, __proto__: {polluted: 1}}\n' }),
    )
    expect(diagnostics).toMatchObject([{ code: 'E401', place: { line: 2, column: 35 } }])
  })

  test('several YAML files together are bounded, too', () => {
    const text = `# ${'x'.repeat(MEGABYTE - 10)}\n`
    const { diagnostics } = loadRules(treeOf({ 'a.yml': text, 'b.yml': text }))
    expect(diagnostics).toMatchObject([{ code: 'E113', place: { file: 'rules/b.yml' } }])
  })
})
