import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import type { ConditionSpec, RuleSpec } from '../../src/domain/spec.ts'
import { decide } from '../../src/engine/decide.ts'
import { explainAll } from '../../src/engine/explain.ts'
import { MemoryFacts } from '../../src/engine/memory-facts.ts'
import { predict } from '../../src/engine/trace.ts'
import { compiled, inRoom, message, NOON, PLACE, rule, verdict } from '../unit/engine/world.ts'

/** Few characters, so that words meet texts: Chinese, traditional, full width, emoji, half a pair, space, zero width. */
const unit = fc.constantFrom(
  ...[
    '价',
    '格',
    '價',
    '多',
    '少',
    '钱',
    '錢',
    'a',
    'A',
    'ａ',
    'b',
    '1',
    '１',
    '2',
    ' ',
    '　',
    '\n',
    '\u200b',
    '。',
    '？',
    '!',
  ],
  ...['👍', '👍🏽', '\ud83d', '[微笑]', '[', ']', '微', '笑'],
)
const phrase = fc.array(unit, { maxLength: 10 }).map((units) => units.join(''))
const word = fc
  .array(unit, { minLength: 1, maxLength: 3 })
  .map((units) => units.join(''))
  .filter((text) => text.replace(/[\s\u200b\u3000]/g, '') !== '')
const words = fc.array(word, { minLength: 1, maxLength: 12 })
const pattern = fc.constantFrom(
  '价.?格',
  '(?:多|少)+钱',
  '^[aA]+',
  '\\d{1,2}$',
  '价格|多少',
  'a(?<x>b?)1',
  '[价多]钱',
  '\\s1',
  '.',
  '(1|２)\\S',
  '\\p{Han}a',
)

const leaf: fc.Arbitrary<ConditionSpec> = fc
  .oneof(
    fc.record({
      key: fc.constantFrom('text', 'exact', 'starts', 'ends', 'contains_all', 'word'),
      value: words,
      raw: fc.boolean(),
    }),
    fc.record({ key: fc.constant('regex'), value: pattern, raw: fc.boolean() }),
    fc.record({ key: fc.constant('fuzzy'), value: word, raw: fc.constant(false) }),
    fc.record({ key: fc.constant('length'), value: fc.constantFrom('<= 3', '2-5'), raw: fc.constant(false) }),
    fc.record({
      key: fc.constant('room'),
      value: fc.constantFrom('甲', '乙', '*', ['甲', { not: '乙' }]),
      raw: fc.constant(false),
    }),
    fc.record({
      key: fc.constant('from'),
      value: fc.constantFrom('小王', '老李', { not: '小王' }, '小*'),
      raw: fc.constant(false),
    }),
    fc.record({ key: fc.constant('kind'), value: fc.constantFrom('text', 'image'), raw: fc.constant(false) }),
  )
  .map((test): ConditionSpec => ({ op: 'test', place: PLACE, ...test }))

const { condition } = fc.letrec<{ condition: ConditionSpec }>((tie) => ({
  condition: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      op: fc.constantFrom('all' as const, 'any' as const),
      of: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }),
      place: fc.constant(PLACE),
    }),
    fc.record({ op: fc.constant('not' as const), of: tie('condition'), place: fc.constant(PLACE) }),
  ),
}))

const rules = fc
  .array(
    fc.tuple(
      condition,
      fc.record({
        priority: fc.integer({ min: -2, max: 2 }),
        section: fc.constantFrom('guard' as const, 'rule' as const, 'rule' as const, 'fallback' as const),
        continues: fc.boolean(),
        observe: fc.boolean(),
        chance: fc.constantFrom(0, 0.5, 1, 1),
      }),
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((list) => list.map(([when, more], index): RuleSpec => ({ ...rule(`r${index}`, null), when, ...more })))

const event = fc
  .record({ text: phrase, place: fc.constantFrom('private', '甲', '乙'), mentionsSelf: fc.boolean() })
  .map(({ text, place, mentionsSelf }) =>
    place === 'private' ? message(text) : inRoom(text, { name: place, mentionsSelf }),
  )

describe('the index', () => {
  test('says what a loop over all rules says', () => {
    fc.assert(
      fc.property(rules, fc.array(event, { minLength: 1, maxLength: 8 }), (specs, events) => {
        const ruleset = compiled(specs)
        for (const one of events) {
          const input = { ruleset, event: one, facts: new MemoryFacts(), policy: DEFAULT_POLICY, now: NOON }
          const fast = decide(input)
          const slow = explainAll(input).decision
          expect(verdict(fast)).toBe(verdict(slow))
          expect(fast.kind === 'act' ? fast.acts : []).toEqual(slow.kind === 'act' ? slow.acts : [])
        }
      }),
      { numRuns: 400 },
    )
  })
})

describe('a decision', () => {
  test('comes out the same when it is made again, and its trace alone predicts it', () => {
    fc.assert(
      fc.property(rules, event, (specs, one) => {
        const input = {
          ruleset: compiled(specs),
          event: one,
          facts: new MemoryFacts(),
          policy: DEFAULT_POLICY,
          now: NOON,
        }
        const decision = decide(input)
        expect(decide(input)).toEqual(decision)
        const predicted = predict(decision.trace, () => false)
        expect(predicted.kind).toBe(decision.kind)
        if (predicted.kind === 'act' && decision.kind === 'act') {
          expect(predicted.rules).toEqual(decision.acts.map((act) => act.rule))
        }
      }),
    )
  })
})
