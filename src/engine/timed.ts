import { flowTimeoutId } from '../domain/builtin.ts'
import type { Decision, SuppressReason, Trace, TraceEntry } from '../domain/decision.ts'
import type { FlowExpired, ScheduleFired } from '../domain/event.ts'
import { readFlowState } from '../domain/flow-state.ts'
import { asId, type ChatKey, type Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import { evaluate, explainFailure } from './condition.ts'
import type { Facts } from './facts.ts'
import { flowOf, timeoutOf } from './flow.ts'
import type { CompiledSchedule, Ruleset } from './ruleset.ts'
import { Subject } from './subject.ts'
import { isQuiet, type Silence, silenceByState } from './suppress.ts'
import { flowEntry } from './walk.ts'

/** What deciding about the clock's own events looks at. */
export interface Timed {
  readonly ruleset: Ruleset
  readonly facts: Facts
  readonly policy: Policy
  readonly now: Instant
}

/** `isPaused` of no chat: true only while everything is paused. */
const EVERYTHING = asId<ChatKey>('')

/**
 * What a schedule's ring leads to. Conditions about the day and the time are asked for the moment it was due, however
 * late or jittered the ring is. Whether a single recipient may be written to is looked at when planning.
 */
export function ofSchedule(event: ScheduleFired, timed: Timed, trace: Trace): Decision {
  const { ruleset, facts, policy, now } = timed
  const schedule = ruleset.schedules.get(event.schedule)
  if (schedule === undefined) return { kind: 'no-match', trace }
  const failure =
    schedule.when === null ? null : failureOf(schedule.when, new Subject(event, facts, event.dueAt))
  if (failure !== null) {
    const entry: TraceEntry = { ...named(schedule), outcome: { kind: 'failed', failure } }
    return { kind: 'no-match', trace: { ...trace, tried: [entry] } }
  }
  const silence = quietly(policy, now) ?? silenceByState(EVERYTHING, facts, now)
  if (silence !== null) return silent(silence, trace)
  const entry: TraceEntry = { ...named(schedule), outcome: { kind: 'matched', matched: '', captures: {} } }
  const acts = [{ rule: schedule.id, matched: '', captures: {} }]
  return { kind: 'act', acts, trace: { ...trace, tried: [entry] } }
}

/** What the end of a flow's time leads to: nothing when the person went on, or left, in the meantime. */
export function ofExpiredFlow(event: FlowExpired, timed: Timed, trace: Trace): Decision {
  const { ruleset, facts, policy, now } = timed
  const state = readFlowState(facts.flow(event.chat.key, event.sender.key) ?? '')
  if (state === null || !isTheOne(event, state)) return { kind: 'no-match', trace }
  if (flowOf(ruleset, state)?.speaksAtTimeout !== true) return { kind: 'no-match', trace }
  const silence = quietly(policy, now) ?? silenceByState(event.chat.key, facts, now)
  if (silence !== null) return silent(silence, trace)
  const act = { rule: flowTimeoutId(state.flow), matched: '', captures: {}, flow: timeoutOf(state) }
  return { kind: 'act', acts: [act], trace: { ...trace, tried: [flowEntry(ruleset, act)] } }
}

/** True when the saved state is the one whose time ran out, and not a later one of the same person. */
export function isTheOne(
  event: FlowExpired,
  state: { readonly flow: string; readonly expiresAt: Instant },
): boolean {
  return state.flow === event.flow && state.expiresAt === event.at
}

function failureOf(when: NonNullable<CompiledSchedule['when']>, subject: Subject) {
  return evaluate(when, subject) === null ? explainFailure(when, subject, false) : null
}

function named({ id, spec }: CompiledSchedule): Pick<TraceEntry, 'rule' | 'name' | 'place'> {
  return { rule: id, name: `定时任务 ${spec.name}`, place: spec.place }
}

function quietly(policy: Policy, now: Instant): Silence | null {
  const reason: SuppressReason = 'quiet-hours'
  return isQuiet(policy, now) ? { reason, detail: '' } : null
}

function silent(safety: Silence, trace: Trace): Decision {
  return { kind: 'suppressed', rule: null, reason: safety.reason, trace: { ...trace, safety } }
}
