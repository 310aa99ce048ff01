import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { actionCatalogue } from '../../../src/actions/kinds/index.ts'
import { ACTION_PROBLEMS } from '../../../src/actions/problems.ts'
import { BUILTIN_NAMES } from '../../../src/actions/values.ts'
import { matcherCatalogue } from '../../../src/engine/matchers/index.ts'
import { ENGINE_PROBLEMS } from '../../../src/engine/problems.ts'
import { CODES } from '../../../src/rules/codes.ts'
import { ACTION_EXAMPLES, CONDITION_EXAMPLES } from '../../../src/rules/key-examples.ts'
import {
  EXPECT_TEXTS,
  FILE_TEXTS,
  FLOW_TEXTS,
  JOIN_TEXTS,
  RULE_TEXTS,
  SCHEDULE_TEXTS,
  STEP_TEXTS,
  TEST_TEXTS,
} from '../../../src/rules/key-texts.ts'
import { compileRules, loadRules } from '../../../src/rules/load.ts'
import { FLOW_KEYS, STEP_KEYS } from '../../../src/rules/lower/flow.ts'
import { SCHEDULE_KEYS } from '../../../src/rules/lower/schedule.ts'
import { expectSchema, TEST_KEYS } from '../../../src/rules/lower/tests.ts'
import { FILE_KEYS, JOIN_KEYS, KEY_ALIASES, RULE_KEYS } from '../../../src/rules/names.ts'
import { referenceTables, withTables } from '../../../src/rules/reference.ts'
import { ruleSchema } from '../../../src/rules/schema.ts'
import { runTests } from '../../../src/rules/testing/run.ts'
import { treeOf } from '../../../src/rules/tree.ts'

const read = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
const known = new Map<string, { readonly zh: string; readonly en: string }>([
  ...Object.entries(CODES),
  ...[...Object.values(ENGINE_PROBLEMS), ...Object.values(ACTION_PROBLEMS)].map(
    (one): [string, typeof one] => [one.code, one],
  ),
])

describe('docs/errors.md', () => {
  const sections = new Map(
    read('errors.md')
      .split(/^## /m)
      .slice(1)
      .map((part): [string, string] => [part.slice(0, part.indexOf('\n')), part]),
  )

  test('explains every code there is and no other', () => {
    expect([...sections.keys()]).toEqual([...known.keys()].sort())
  })

  test('no code means two things', () => {
    const count =
      Object.keys(CODES).length + Object.keys(ENGINE_PROBLEMS).length + Object.keys(ACTION_PROBLEMS).length
    expect(known.size).toBe(count)
  })

  test.each([...known])('%s: both sentences, an example and what to do', (code, { zh, en }) => {
    const section = sections.get(code) ?? ''
    expect(section).toContain(zh)
    expect(section).toContain(en)
    expect(section).toMatch(/```yaml\n[^`]*\S/)
    expect(section).toMatch(/改法：\S/)
    expect(section).toMatch(/Fix: \S/)
  })
})

/** What the examples refer to. */
const SHOP = `vars: {积分: 1}
conditions: {熟客: {from: 小王}}
flows: {订餐: {steps: [{id: 菜, ask: 吃什么}]}}
rules:
  - {name: 价目表, id: price-list, when: 价目表, reply: 好}
`

describe('docs/rules-reference.md', () => {
  const text = read('rules-reference.md')

  test.each([
    ['file keys', FILE_KEYS],
    ['rule keys', RULE_KEYS],
    ['conditions', [...matcherCatalogue.keys(), ...JOIN_KEYS]],
    ['actions', [...actionCatalogue.keys()]],
    ['flow keys', [...FLOW_KEYS, ...STEP_KEYS]],
    ['schedule keys', SCHEDULE_KEYS],
    ['test keys', TEST_KEYS],
  ])('names all %s', (_, keys) => {
    expect(keys.filter((key) => !text.includes(`\`${key}\``))).toEqual([])
  })

  test('names every Chinese spelling', () => {
    for (const [alias, key] of KEY_ALIASES) expect(text).toContain(`${alias} ${key}`)
  })

  test('holds the tables that the schemas make, availability of actions included', () => {
    for (const [name, table] of referenceTables()) {
      expect(text).toContain(`<!-- table: ${name} -->\n\n${table}\n\n<!-- end -->`)
    }
    expect(withTables(text)).toBe(text)
  })

  test.each([
    ['file', FILE_TEXTS, FILE_KEYS],
    ['rule', RULE_TEXTS, RULE_KEYS],
    ['join', JOIN_TEXTS, JOIN_KEYS],
    ['flow', FLOW_TEXTS, FLOW_KEYS],
    ['step', STEP_TEXTS, STEP_KEYS],
    ['schedule', SCHEDULE_TEXTS, SCHEDULE_KEYS],
    ['test', TEST_TEXTS, TEST_KEYS],
    ['expect', EXPECT_TEXTS, Object.keys(expectSchema.shape)],
  ])('every key of %s is explained, and no other', (_, texts, keys) => {
    expect(Object.keys(texts).sort()).toEqual([...keys].sort())
    for (const one of Object.values(texts)) expect(one).toMatch(/^[^a-z]*\p{Script=Han}.*[a-z]/su)
  })

  test('names every tag and filter of templates', () => {
    const engine = readFileSync(new URL('../../../src/actions/template-liquid.ts', import.meta.url), 'utf8')
    const names = [...engine.matchAll(/^ {2}'(\w+)',$|registerFilter\('(\w+)'/gm)].map(
      ([, a, b]) => a ?? b ?? '',
    )
    expect(names.length).toBeGreaterThan(15)
    expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
    expect(BUILTIN_NAMES.filter((name) => !new RegExp(`\`${name}[.\`[]`).test(text))).toEqual([])
  })

  test.each([
    ...[...Object.entries(CONDITION_EXAMPLES)].map(([key, example]) => ['condition', key, example] as const),
    ...[...Object.entries(ACTION_EXAMPLES)].map(([key, example]) => ['action', key, example] as const),
  ])('the example of the %s %s loads and compiles', async (sort, key, example) => {
    const condition = key === 'raw' ? `{text: 价格, raw: ${example}}` : `{${key}: ${example}}`
    const rule =
      sort === 'condition'
        ? `{name: x, when: ${condition}, reply: 好}`
        : `{name: x, when: 价格, do: [{${key}: ${example}}]}`
    const loaded = loadRules(treeOf({ 'a.yml': `${SHOP}  - ${rule}\n` }, { 'media/price.jpg': 1 }))
    const { diagnostics } = await compileRules(loaded, { timezone: 'Asia/Shanghai' })
    expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([])
  })

  test('the keys of a rule are those of its schema', () => {
    const structured = ['when', 'reply', 'do', 'on_error']
    expect([...RULE_KEYS].sort()).toEqual([...Object.keys(ruleSchema.shape), ...structured].sort())
  })
})

describe('docs/rules.md', () => {
  const blocks = [...read('rules.md').matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block)

  test.each(blocks)('a block loads and compiles without a remark: %#', async (block) => {
    const csv = '关键词,回复,匹配方式\n你好,好,完全\n'
    const loaded = loadRules(treeOf({ 'a.yml': block, 'lists/faq.csv': csv }))
    const { diagnostics, ruleset, book } = await compileRules(loaded, { timezone: 'Asia/Shanghai' })
    expect(diagnostics).toEqual([])
    if (loaded.spec === null || ruleset === null || book === null) throw new Error('does not compile')
    // A block that only shows tests has no rules to run them on.
    if (loaded.spec.rules.length === 0) return
    const { results } = runTests({ spec: loaded.spec, ruleset, book }, loaded.tests)
    expect(results.filter((one) => one.failures.length > 0)).toEqual([])
  })

  test('the long block of tests is run', () => {
    expect(blocks.filter((block) => /^rules:/m.test(block) && /^tests:/m.test(block))).toHaveLength(1)
  })
})
