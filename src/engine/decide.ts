import { BUILTIN_NAMES } from '../domain/builtin.ts'
import type { Decision, Trace, TraceEntry } from '../domain/decision.ts'
import type { Place } from '../domain/diagnostic.ts'
import type { Event } from '../domain/event.ts'
import type { Instant, RuleId } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import type { Facts } from './facts.ts'
import type { Ruleset } from './ruleset.ts'
import { Subject } from './subject.ts'
import {
  builtinReaction,
  isAskable,
  isQuiet,
  type Silence,
  silenceByOrigin,
  silenceByState,
} from './suppress.ts'
import { ofExpiredFlow, ofSchedule } from './timed.ts'
import { walk } from './walk.ts'

export interface DecideInput {
  readonly ruleset: Ruleset
  readonly event: Event
  readonly facts: Facts
  readonly policy: Policy
  readonly now: Instant
}

/** Which rules to ask, by their number in ascending order. */
export type Candidates = (subject: Subject) => Iterable<number>

/**
 * What to do about one event: built-in safety, guards, the active flow, rules, fallbacks; the first match acts. Pure:
 * the same arguments give the same decision, chance included.
 */
export function decide(input: DecideInput): Decision {
  return decideAmong(input, (subject) => input.ruleset.index.candidates(subject), false)
}

/** {@link decide} over chosen candidates; `deep` also looks for nearest misses. */
export function decideAmong(input: DecideInput, candidates: Candidates, deep: boolean): Decision {
  const { event, facts, policy, now, ruleset } = input
  if (event.kind === 'schedule.fired') return ofSchedule(event, input, traceOf(input, []))
  if (event.kind === 'flow.expired') return ofExpiredFlow(event, input, traceOf(input, []))
  const origin = silenceByOrigin(event, policy)
  if (origin !== null) return silent(traceOf(input, []), origin)
  if (!isAskable(event)) return { kind: 'no-match', trace: traceOf(input, []) }
  const state = silenceByState(event.chat.key, facts, now)
  if (state !== null) return silent(traceOf(input, []), state)
  const subject = new Subject(event, facts, now)
  const builtin = builtinReaction(subject, policy)
  if (builtin !== null) return reaction(input, builtin)
  const asking = { subject, policy, deep, isQuiet: isQuiet(policy, now) }
  const { acts, refused, tried, cut, leftOut } = walk(ruleset, candidates(subject), asking)
  const trace: Trace = { ...traceOf(input, tried), ...(cut.length === 0 ? {} : { regexCut: cut }) }
  if (acts.length > 0) return { kind: 'act', acts, trace }
  if (refused !== null) return { kind: 'suppressed', ...refused, trace }
  if (leftOut !== null) return silent(trace, { reason: leftOut, detail: '' })
  return { kind: 'no-match', trace }
}

function silent(trace: Trace, safety: Silence): Decision {
  return { kind: 'suppressed', rule: null, reason: safety.reason, trace: { ...trace, safety } }
}

const SETTINGS: Place = { file: 'config.yaml', line: 1, column: 1 }

function reaction(
  input: DecideInput,
  { rule, matched }: { readonly rule: RuleId; readonly matched: string },
): Decision {
  const captures = {}
  const entry: TraceEntry = {
    rule,
    name: BUILTIN_NAMES[rule] ?? rule,
    place: SETTINGS,
    outcome: { kind: 'matched', matched, captures },
  }
  return { kind: 'act', acts: [{ rule, matched, captures }], trace: traceOf(input, [entry]) }
}

function traceOf(input: DecideInput, tried: readonly TraceEntry[]): Trace {
  const { event, ruleset, now } = input
  return { event: event.id, rulesVersion: ruleset.version, decidedAt: now, safety: null, tried }
}
