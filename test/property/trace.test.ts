import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Decision } from '../../src/domain/decision.ts'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import { type Condition, evaluate } from '../../src/engine/condition.ts'
import { explainAll } from '../../src/engine/explain.ts'
import type { CompiledRule } from '../../src/engine/ruleset.ts'
import { Subject } from '../../src/engine/subject.ts'
import { isAskable } from '../../src/engine/suppress.ts'
import { predict } from '../../src/engine/trace.ts'
import { Session, type SessionRules } from '../../src/rules/testing/session.ts'
import { loadPack } from '../support/mutate-pack.ts'
import { inputOf, type Values, valuesOf, type World } from './trace-world.ts'

const PACKS = ['shop', 'away', 'club', 'landlord']
/** Fixed, so that the shares below are the same on every machine. */
const SEED = 20270105

const worlds = (values: Values): fc.Arbitrary<World> =>
  fc.record({
    text: fc.constantFrom(...values.text),
    kind: fc.oneof({ weight: 6, arbitrary: fc.constant('text' as const) }, fc.constantFrom(...values.kind)),
    room: fc.constantFrom(...values.room),
    mention: fc.constantFrom(...values.mention),
    from: fc.constantFrom(...values.from),
    at: fc.constantFrom(...values.at),
    remembered: fc.constantFrom(...values.remembered),
    isInFlow: fc.constantFrom(...values.isInFlow),
    messages: fc.constantFrom(...values.messages),
  })

describe('the trace alone predicts the decision', () => {
  test.each(PACKS)('%s', async (name) => {
    const { subject: rules, loaded } = await loadPack(name)
    const values = valuesOf(await loadPack(name))
    const silent = new Set([...rules.ruleset.rules].filter((rule) => rule.isSilent).map((rule) => rule.id))
    const seen = new Set<Decision['kind']>()
    const turn = fc.record({
      text: fc.constantFrom(...values.text),
      waitMs: fc.constantFrom(1000, 5000, 40_000, 400_000, 4_000_000),
    })
    const conversation = fc.tuple(worlds(values), fc.array(turn, { minLength: 1, maxLength: 12 }))
    fc.assert(
      fc.property(conversation, ([world, turns]) => {
        const session = new Session(rules, { policy: DEFAULT_POLICY, startAt: world.at })
        const place = loaded.tests[0]?.place ?? { file: '', line: 1, column: 1 }
        for (const { text, waitMs } of turns) {
          const said = [...session.pass(waitMs), session.say({ ...world, place }, text)]
          for (const { decision } of said) {
            expect(predict(decision.trace, (rule) => silent.has(rule))).toEqual(plain(decision))
            seen.add(decision.kind)
          }
        }
      }),
      { seed: SEED, numRuns: 150 },
    )
    expect([...seen].sort()).toEqual(['act', 'no-match', 'suppressed'])
  })
})

function plain(decision: Decision): ReturnType<typeof predict> {
  return decision.kind === 'act'
    ? { kind: 'act', rules: decision.acts.map((act) => act.rule) }
    : { kind: decision.kind }
}

/** The fact that a condition is about. */
const FACT_OF: Readonly<Record<string, keyof World>> = {
  kind: 'kind',
  chat: 'room',
  room: 'room',
  mention: 'mention',
  from: 'from',
  time: 'at',
  day: 'at',
  state: 'remembered',
  flow: 'isInFlow',
  count: 'messages',
}

describe('the first failing condition is the true reason: changing just that fact takes the rule further', () => {
  test.each(PACKS)('%s', async (name) => {
    const pack = await loadPack(name)
    const rules = pack.subject
    const values = valuesOf(pack)
    const tally = { failed: 0, taken: 0 }
    fc.assert(
      fc.property(worlds(values), (world) => {
        for (const [index, at] of firstFailures(world, rules).entries()) {
          const rule = rules.ruleset.rules.at(index)
          if (at === null || rule === undefined) continue
          tally.failed++
          const other = flipped(world, rule, at, values, rules)
          if (other === null) continue
          tally.taken++
          const now = firstFailures(other, rules)[index] ?? null
          expect(now === null || now > at).toBe(true)
        }
      }),
      { seed: SEED, numRuns: 40 },
    )
    expect(tally.failed).toBeGreaterThan(100)
    expect(tally.taken / tally.failed).toBeGreaterThan(0.95)
  })
})

/** For each rule the number of its part that the explanation blames; null where it blames none. */
function firstFailures(world: World, rules: SessionRules): (number | null)[] {
  const input = inputOf(world, rules)
  const explained = explainAll(input).rules
  return [...rules.ruleset.rules].map((rule, index) => {
    const outcome = explained[index]?.outcome
    if (outcome?.kind !== 'failed') return null
    const { condition } = outcome.failure
    const at = partsOf(rule).findIndex((part) => holds(part, input) === false && blames(part, condition))
    // Whatever is blamed is part of the rule and does not hold.
    expect(at >= 0 ? 'a part that fails' : `${rule.name}: ${condition}`).toBe('a part that fails')
    return at
  })
}

function partsOf({ when }: CompiledRule): readonly Condition[] {
  return when.op === 'all' ? when.of : [when]
}

function blames(part: Condition, path: string): boolean {
  if (part.path === path) return true
  if (part.op === 'test') return false
  return (part.op === 'not' ? [part.of] : part.of).some((one) => blames(one, path))
}

function holds(part: Condition, { event, facts, now }: ReturnType<typeof inputOf>): boolean {
  return isAskable(event) && evaluate(part, new Subject(event, facts, now)) !== null
}

/** The same world but for the blamed fact, where that part of the rule and those before it hold; null when there is none. */
function flipped(
  world: World,
  rule: CompiledRule,
  at: number,
  values: Values,
  rules: SessionRules,
): World | null {
  const parts = partsOf(rule).slice(0, at + 1)
  const part = parts[at]
  if (part === undefined) return null
  for (const fact of factsOf(part)) {
    for (const value of values[fact]) {
      const other = { ...world, [fact]: value }
      const input = inputOf(other, rules)
      if (parts.toReversed().every((one) => holds(one, input))) return other
    }
  }
  return null
}

function factsOf(part: Condition): readonly (keyof World)[] {
  if (part.op === 'test') return [FACT_OF[part.key] ?? 'text']
  return part.op === 'not' ? factsOf(part.of) : [...new Set(part.of.flatMap(factsOf))]
}
