import type { Place } from './diagnostic.ts'
import type { FlowState } from './flow-state.ts'
import type { EventId, Instant, RuleId } from './ids.ts'

/** Why we stay silent although something matched, or before anything was asked. One word feeds log, metrics, trace and tests. */
export type SuppressReason =
  | 'own-message'
  | 'official-account'
  | 'system-message'
  | 'not-a-friend'
  | 'duplicate'
  | 'too-old'
  | 'muted'
  | 'takeover'
  | 'paused'
  | 'stop-words'
  | 'loop-breaker'
  | 'cooldown'
  | 'limit'
  | 'quiet-hours'
  | 'guard'
  | 'observe'
  | 'ambiguous-sender'
  | 'still-running'
  | 'rule-ended'
  /** Decided together with the text that followed it. */
  | 'merged'

/** The first condition of a rule that did not hold, with what it met instead. */
export interface ConditionFailure {
  /** Path of keys from the rule's `when`, e.g. `any[1].room`. */
  readonly condition: string
  readonly expected: string
  readonly actual: string
  readonly place: Place
  /** The keyword or name that came closest, when there is one. */
  readonly nearest?: string
}

export type TraceOutcome =
  | {
      readonly kind: 'matched'
      readonly matched: string
      readonly captures: Readonly<Record<string, string>>
    }
  | { readonly kind: 'failed'; readonly failure: ConditionFailure }
  | { readonly kind: 'suppressed'; readonly reason: SuppressReason; readonly detail: string }

/** One rule that was looked at, in order. */
export interface TraceEntry {
  readonly rule: RuleId
  readonly name: string
  readonly place: Place
  readonly outcome: TraceOutcome
}

/** Why a decision came out as it did; the trace alone predicts the decision. */
export interface Trace {
  readonly event: EventId
  /** Hash of the rules version that decided. */
  readonly rulesVersion: string
  readonly decidedAt: Instant
  /** Set when built-in safety ended it before any rule was asked. */
  readonly safety: { readonly reason: SuppressReason; readonly detail: string } | null
  readonly tried: readonly TraceEntry[]
  /** Rules with a regular expression that this message's allowance did not cover; not kept with the trace. */
  readonly regexCut?: readonly RuleId[]
}

/** One rule that acts for the event. */
export interface RuleAct {
  readonly rule: RuleId
  /** The keyword that hit, in the customer's own characters. */
  readonly matched: string
  /** Named groups, and numbered ones under '0', '1', ... */
  readonly captures: Readonly<Record<string, string>>
  /** Said instead of the rule's actions, because its cooldown or limit refused with `then: {reply: ...}`. */
  readonly refusal?: string
  /** Set when a flow acts: `rule` is then the flow's id. */
  readonly flow?: FlowTurn
}

/** One move of a flow. `state` is where the person stands afterwards, null when the flow is over. */
export interface FlowTurn {
  readonly flow: string
  /** Rules version in which the flow began, whose words it goes on with. */
  readonly version: string
  /** `timeout`: nothing was said in time; `gone`: the rules were changed and the step is not there any more. */
  readonly move: 'ask' | 'retry' | 'give-up' | 'cancel' | 'done' | 'timeout' | 'gone'
  /** The step to ask, or the one that was answered wrongly. */
  readonly step: string
  readonly state: FlowState | null
  /** What was answered so far, by step id and by the names of groups. */
  readonly values: Readonly<Record<string, string>>
}

/** What to do about one event. `acts` has more than one entry only through `continue`. */
export type Decision =
  | { readonly kind: 'act'; readonly acts: readonly RuleAct[]; readonly trace: Trace }
  | {
      readonly kind: 'suppressed'
      readonly rule: RuleId | null
      readonly reason: SuppressReason
      readonly trace: Trace
    }
  | { readonly kind: 'no-match'; readonly trace: Trace }
