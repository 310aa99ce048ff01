import type { Entry } from '../../src/simulator/journal.ts'

/** One message that was brought to the account, with what may and what must not be said about it. */
export interface Asked {
  readonly msgId: string
  /** The chat by its stable id. */
  readonly chat: string
  /** Number of the newest journal entry when it was delivered: everything about it comes later. */
  readonly seq: number
  readonly at: number
  /** The texts that answer it, in order; every text belongs to one message only. */
  readonly replies: readonly string[]
  /** Texts that a rule would say if the bot wrongly answered (its owner's words, a silent message). */
  readonly forbidden: readonly string[]
}

/** A kill: the old process may have been heard up to `until`, when the next one was started. */
export interface Kill {
  readonly from: number
  readonly until: number
  readonly at: number
}

/** A reply that the store accounts for at the end, by the message it answers and its place among the replies. */
export interface Left {
  readonly msgId: string
  readonly part: number
  readonly state: 'waiting' | 'held' | 'expired' | 'dead' | 'cancelled'
}

/** All that a run leaves behind; plain data, so that it can be kept as JSON and judged again. */
export interface Recording {
  readonly sendMode: 'naive' | 'dedupe'
  readonly policy: 'resend' | 'hold'
  readonly uin: number
  readonly replyTtlMs: number
  /** The send limit in force; null when there is none. */
  readonly ceiling: { readonly max: number; readonly inMs: number } | null
  readonly asked: readonly Asked[]
  readonly kills: readonly Kill[]
  /** When processes were started. */
  readonly starts: readonly number[]
  /** Processes that ended by themselves, in words. */
  readonly deaths: readonly string[]
  readonly left: readonly Left[]
  readonly journal: readonly Entry[]
}

export type ProblemCode =
  | 'journal-gap'
  | 'lost'
  | 'undrained'
  | 'false-report'
  | 'held-without-cause'
  | 'unknown-text'
  | 'answered-silent'
  | 'wrong-chat'
  | 'early'
  | 'late'
  | 'out-of-order'
  | 'double-without-cause'
  | 'double-two-ids'
  | 'double-on-dedupe'
  | 'double-on-hold'
  | 'double-across-logins'
  | 'id-reused'
  | 'two-in-flight'
  | 'other-account'
  | 'dead-login'
  | 'runaway'
  | 'ceiling'
  | 'logout'
  | 'violation'
  | 'died'

/** Something that must not be; `seq` is where in the journal. */
export interface Problem {
  readonly code: ProblemCode
  readonly seq: number
  readonly text: string
}

export type SentEntry = Extract<Entry, { kind: 'sent' }>

/** The sends that the server took, in order. */
export function sentOf({ journal }: Recording): SentEntry[] {
  return journal.filter((entry) => entry.kind === 'sent')
}
