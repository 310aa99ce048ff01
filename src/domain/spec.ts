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
  readonly schedules: readonly Named<unknown>[]
  /** Hash of all source text; recorded in each trace. */
  readonly version: string
}
