/**
 * The long form of everything a rules folder says: plain data, already validated, each piece with its place.
 * The rules room produces it (load -> schema -> lower); `compileRuleset` and `compileActions` turn it into what runs.
 */
import type { Place } from './diagnostic.ts'
import type { RuleId } from './ids.ts'
import type { Scope } from './run.ts'

/** One condition tree. `key` names a matcher of the catalogue; `value` has passed that matcher's schema. */
export type ConditionSpec =
  | { readonly op: 'all' | 'any'; readonly of: readonly ConditionSpec[]; readonly place: Place }
  | { readonly op: 'not'; readonly of: ConditionSpec; readonly place: Place }
  | {
      readonly op: 'test'
      readonly key: string
      readonly value: unknown
      readonly place: Place
      readonly raw: boolean
    }

/** One action. `kind` names an action of the catalogue; `params` have passed its schema. */
export interface ActionSpec {
  readonly kind: string
  readonly params: unknown
  readonly place: Place
}

export interface CooldownSpec {
  readonly per: Scope
  readonly forMs: number
  readonly then: 'silent' | 'next' | { readonly reply: string }
  readonly place: Place
}

export interface LimitSpec {
  readonly per: Scope
  readonly max: number
  readonly inMs: number
  readonly then: 'silent' | 'next' | { readonly reply: string }
  readonly place: Place
}

export interface RuleSpec {
  readonly id: RuleId
  readonly name: string
  readonly place: Place
  readonly section: 'guard' | 'rule' | 'fallback'
  readonly isEnabled: boolean
  readonly priority: number
  /** null means always. */
  readonly when: ConditionSpec | null
  readonly actions: readonly ActionSpec[]
  readonly cooldown: CooldownSpec | null
  readonly limits: readonly LimitSpec[]
  /** 0..1; 1 means always. */
  readonly chance: number
  readonly continues: boolean
  readonly observe: boolean
  /** `skip`, `answer`, or answer when at most this old. */
  readonly late: 'skip' | 'answer' | { readonly maxAgeMs: number }
  readonly mode: 'single' | 'queue' | 'restart'
  readonly interruptsFlow: boolean
  readonly ignoreQuiet: boolean
  readonly once: boolean
  /** Local dates `YYYY-MM-DD`, both inclusive. */
  readonly fromDate: string | null
  readonly untilDate: string | null
  readonly onError: readonly ActionSpec[]
}

/** One answer a step of a flow takes. */
export interface FlowChoiceSpec {
  /** What the customer may type; the value is understood too. */
  readonly key: string
  readonly value: string
  /** Id of the step to go to; null for the next one. */
  readonly goto: string | null
}

/** What a step without choices takes. */
export type FlowAcceptSpec =
  | { readonly kind: 'any' }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'regex'; readonly pattern: string; readonly place?: Place }

export interface FlowStepSpec {
  readonly id: string
  readonly place: Place
  /** Where its texts stand; by default where the step begins. */
  readonly places?: { readonly ask: Place; readonly retry: Place }
  /** A template. */
  readonly ask: string
  /** Empty when the step has no choices. */
  readonly choices: readonly FlowChoiceSpec[]
  readonly accept: FlowAcceptSpec
  /** Said after a wrong answer; null repeats the question. */
  readonly retry: string | null
  /** Wrong answers forgiven before giving up; null never gives up. */
  readonly retries: number | null
  readonly onGiveUp: readonly ActionSpec[]
}

/** A conversation of several steps, in the long form: the value of an entry of `RulesetSpec.flows`. */
export interface FlowSpec {
  readonly name: string
  readonly place: Place
  /** Null when only `start_flow` begins it. */
  readonly start: ConditionSpec | null
  readonly timeoutMs: number
  readonly cancel: readonly string[]
  readonly onCancel: readonly ActionSpec[]
  readonly onTimeout: readonly ActionSpec[]
  readonly maxSteps: number
  readonly steps: readonly FlowStepSpec[]
  readonly done: readonly ActionSpec[]
}

/** When a schedule rings: a phrase such as `每个工作日 09:00`, or a cron line. */
export type ScheduleTimeSpec =
  | { readonly kind: 'at'; readonly phrase: string }
  | { readonly kind: 'cron'; readonly line: string }

/** One entry of `RulesetSpec.schedules`, in the long form. */
export interface ScheduleSpec {
  readonly name: string
  readonly place: Place
  readonly time: ScheduleTimeSpec
  /** Where the time and the zone stand; by default where the schedule begins. */
  readonly places?: { readonly time: Place; readonly timezone: Place }
  /** IANA zone; null for the one of the settings. */
  readonly timezone: string | null
  /** `owner`, or a selector as actions take it. */
  readonly to: unknown
  readonly jitterMs: number
  readonly when: ConditionSpec | null
  readonly ifMissed: 'skip' | 'run_once'
  readonly isEnabled: boolean
  readonly actions: readonly ActionSpec[]
}

/** A named value with where it was defined. */
export interface Named<T> {
  readonly value: T
  readonly place: Place
}

/** The whole folder. Names are global; order of `rules` is file name, then line. */
export interface RulesetSpec {
  readonly rules: readonly RuleSpec[]
  /** Entries of a list: plain text, or a selector such as {remark: ...}. */
  readonly lists: ReadonlyMap<string, Named<readonly unknown[]>>
  readonly vars: ReadonlyMap<string, Named<string | number | boolean>>
  readonly templates: ReadonlyMap<string, Named<string>>
  readonly times: ReadonlyMap<string, Named<unknown>>
  readonly conditions: ReadonlyMap<string, Named<ConditionSpec>>
  readonly flows: ReadonlyMap<string, Named<unknown>>
  readonly schedules: readonly Named<ScheduleSpec>[]
  /** Hash of all source text; recorded in each trace. */
  readonly version: string
}
