import type { Place } from '../../domain/diagnostic.ts'

/** What a test wants to see. Several parts must all hold. */
export interface ExpectSpec {
  /** A reply contains this. */
  readonly text: string | null
  /** So many replies, and each, in order, contains its text. */
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

/** Who does what where; the same in all turns of a test. */
export interface Scene {
  /** Null in a private chat. */
  readonly room: string | null
  /** Null for somebody without a name of note. */
  readonly from: string | null
  readonly mention: 'me' | 'all' | 'none'
  /** One of the words of the rule key `kind`. */
  readonly kind: string
}

/** What stands in for one address in a test. */
export type HttpStandIn =
  | string
  | { readonly status?: number; readonly json?: unknown; readonly text?: string; readonly error?: string }

/** One test of the operator's own rules. */
export interface TestSpec extends Scene {
  readonly name: string
  readonly place: Place
  /** Local date and time, `YYYY-MM-DD HH:MM`; null for a fixed weekday noon. */
  readonly at: string | null
  /** Answers of HTTP calls by address. */
  readonly http?: Readonly<Record<string, HttpStandIn>>
  readonly turns: readonly TurnSpec[]
}
