import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { actionCatalogue } from '../../../src/actions/kinds/index.ts'
import { ACTION_PROBLEMS } from '../../../src/actions/problems.ts'
import { matcherCatalogue } from '../../../src/engine/matchers/index.ts'
import { ENGINE_PROBLEMS } from '../../../src/engine/problems.ts'
import { CODES } from '../../../src/rules/codes.ts'
import { compileRules, loadRules } from '../../../src/rules/load.ts'
import { FLOW_KEYS, STEP_KEYS } from '../../../src/rules/lower/flow.ts'
import { SCHEDULE_KEYS } from '../../../src/rules/lower/schedule.ts'
import { TEST_KEYS } from '../../../src/rules/lower/tests.ts'
import { FILE_KEYS, JOIN_KEYS, KEY_ALIASES, RULE_KEYS } from '../../../src/rules/names.ts'
import { ruleSchema } from '../../../src/rules/schema.ts'
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

  test('says which actions are not carried out yet', () => {
    for (const { key, availability } of actionCatalogue.values()) {
      expect(text).toContain(`| \`${key}\` | ${availability === 'now' ? '✓' : '以后 later'} |`)
    }
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
    expect((await compileRules(loaded, { timezone: 'Asia/Shanghai' })).diagnostics).toEqual([])
  })
})
