import type { Place } from '../../domain/diagnostic.ts'

/** What a test wants to see. Several parts must all hold. */
export interface ExpectSpec {
  /** Each reply, in order, contains its text. */
  readonly texts: readonly string[] | null
  readonly exact: string | null
  readonly regex: string | null
  /** Name or id of the rule that must act. */
  readonly rule: string | null
  /** Kinds of the actions of that rule, in order. */
  readonly actions: readonly string[] | null
  readonly nothing: boolean
  /** Silent because of a cooldown or limit. */
  readonly limited: boolean
  readonly place: Place
}

/** One thing that happens in a test: somebody says something, or time passes (or both, time first). */
export interface TurnSpec {
  readonly say: string | null
  readonly waitMs: number
  readonly expect: ExpectSpec | null
  readonly place: Place
}

/** One test of the operator's own rules. */
export interface TestSpec {
  readonly name: string
  readonly place: Place
  /** Local date and time, `YYYY-MM-DD HH:MM`; null for a fixed weekday noon. */
  readonly at: string | null
  readonly room: string | null
  readonly from: string | null
  readonly mention: 'me' | 'all' | 'none'
  readonly kind: string
  readonly turns: readonly TurnSpec[]
}
