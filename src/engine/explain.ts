import type { Decision, TraceEntry } from '../domain/decision.ts'
import { askRule, outcomeOf, traceEntry } from './ask.ts'
import { countHeld } from './condition.ts'
import { type DecideInput, decideAmong } from './decide.ts'
import { Subject } from './subject.ts'
import { isAskable } from './suppress.ts'

/** Why every rule did or did not hold, for a person. */
export interface Explanation {
  /** What `decide` says. */
  readonly decision: Decision
  /** Every rule in the order of evaluation, also those after the one that acted. */
  readonly rules: readonly TraceEntry[]
  /** The rule that came nearest without holding; null when none failed. */
  readonly nearest: TraceEntry | null
}

/** Asks every rule, one after another and without the index, each with its first failing condition. */
export function explainAll(input: DecideInput): Explanation {
  const { ruleset, event, facts, policy, now } = input
  const decision = decideAmong(input, () => Array(ruleset.rules.length).keys(), true)
  if (!isAskable(event)) return { decision, rules: [], nearest: null }
  const rules: TraceEntry[] = []
  let nearest: TraceEntry | null = null
  let most = -1
  for (const rule of ruleset.rules) {
    // Each rule gets a subject of its own, so that one costly expression does not hide another's answer.
    const subject = new Subject(event, facts, now)
    const entry = traceEntry(rule, outcomeOf(rule, askRule(rule, { subject, policy, deep: true })))
    rules.push(entry)
    if (entry.outcome.kind !== 'failed') continue
    const held = countHeld(rule.when, subject) + (entry.outcome.failure.nearest === undefined ? 0 : 0.5)
    if (held > most) [nearest, most] = [entry, held]
  }
  return { decision, rules, nearest }
}
