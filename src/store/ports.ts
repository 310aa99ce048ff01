import type { SuppressReason, Trace } from '../domain/decision.ts'
import type { Cursor, Event } from '../domain/event.ts'
import type { AccountKey, ChatKey, ContactKey, EventId, Instant, RuleId } from '../domain/ids.ts'
import type { FactWrite, Run } from '../domain/run.ts'

/** Accepted events, each kept once, in the order of acceptance. */
export interface InboxRepository {
  /** Adds an event; false when its id is known already (then nothing changes). */
  insert(event: Event): boolean
  /** Stores the position that covers the events stored so far; an empty value keeps the old one. */
  saveCursor(cursor: Cursor): void
  /** The last stored position of an account; null before the first one. */
  cursor(account: AccountKey): Cursor | null
  /** Events no decision was committed for yet, oldest first, at most `limit`. */
  unhandled(account: AccountKey, limit: number): Event[]
  /** How many events wait for a decision. */
  countUnhandled(account: AccountKey): number
  /** A kept event; null when unknown or when its content was purged. */
  find(id: EventId): Event | null
  /** Newest handled events of an account with what was decided, for the console. */
  recent(account: AccountKey, limit: number, beforeSeq?: number): HandledEvent[]
}

/** One line of history: an event and what became of it. */
export interface HandledEvent {
  readonly seq: number
  readonly id: EventId
  readonly kind: Event['kind']
  readonly chat: ChatKey | null
  readonly at: Instant
  readonly decision: DecisionKind | null
  readonly reason: SuppressReason | null
  readonly rule: RuleId | null
  /** null after its content was purged. */
  readonly event: Event | null
}

/** `none` marks events that are kept for the record only. */
export type DecisionKind = 'act' | 'suppressed' | 'no-match' | 'none'

/** Everything that one decision changes; stored together or not at all. */
export interface DecisionCommit {
  readonly event: Event
  /** The event as it is kept from now on; as it was accepted when absent or the same object. */
  readonly kept?: Event
  readonly decision: {
    readonly kind: DecisionKind
    readonly reason: SuppressReason | null
    readonly rule: RuleId | null
  }
  readonly trace: Trace | null
  /** True for an `owner.spoke` that `outbox.matchEcho` recognised: the owner did not speak. */
  readonly isEcho?: boolean
  readonly runs: readonly Run[]
  readonly writes: readonly FactWrite[]
}

export interface DecisionsRepository {
  /**
   * Marks the event handled, adds its runs (a run whose id is known is left alone), applies the writes and updates what
   * `facts` tells about the chat. Joins the transaction that is open. False, and no change at all, when the event was
   * handled before.
   */
  commit(decision: DecisionCommit): boolean
}

/** What the engine may ask; satisfies the engine's `Facts` for one account. Sees every commit made before the call. */
export interface FactsRepository {
  cooldownUntil(key: string): Instant | null
  /** Exact up to 5,000 different milliseconds; beyond, at least that many. */
  hitsSince(key: string, since: Instant): number
  remembered(scope: 'contact' | 'chat' | 'global', owner: string, name: string, now: Instant): string | null
  mute(chat: ChatKey): { readonly until: Instant; readonly reason: MuteReason } | null
  isPaused(chat: ChatKey, now: Instant): boolean
  lastMessageAt(chat: ChatKey): Instant | null
  lastContactAt(contact: ContactKey): Instant | null
  lastReplyAt(chat: ChatKey): Instant | null
  lastSaidAt(chat: ChatKey): Instant | null
  ownerSpokeAt(chat: ChatKey): Instant | null
  flow(chat: ChatKey, contact: ContactKey): string | null
  isRunActive(rule: RuleId, chat: ChatKey): boolean
  recentReplies(chat: ChatKey, limit: number): readonly { readonly text: string; readonly at: Instant }[]
  recentMessages(chat: ChatKey, limit: number): readonly Instant[]
  /** Saved flow states (JSON of the engine's own making) whose time ran out, oldest first, at most `limit`. */
  expiredFlows(
    now: Instant,
    limit: number,
  ): readonly { readonly chat: ChatKey; readonly contact: ContactKey; readonly state: string }[]
  /** How many people are inside each flow. */
  flowCounts(): readonly { readonly flow: string; readonly people: number }[]
  /** When the time of the next saved flow runs out; null when nobody is in one. May lie in the past. */
  nextFlowDeadline(): Instant | null
  /** Applies writes outside a decision (console, owner's commands). */
  apply(writes: readonly FactWrite[]): void
  /** Silences in force or past, newest first. */
  mutes(): { readonly chat: ChatKey; readonly until: Instant; readonly reason: MuteReason }[]
}

export type MuteReason = 'takeover' | 'muted' | 'stop-words' | 'loop-breaker'

export interface TracesRepository {
  /** The trace of the decision about an event; null when unknown or purged. Long ones lose their oldest failures. */
  find(event: EventId): Trace | null
}

/** A row the roster keeps across logins; `value` is JSON text of the roster's own making. */
export interface ContactRow {
  readonly key: ContactKey | ChatKey
  readonly value: string
}

export interface ContactsRepository {
  load(account: AccountKey): ContactRow[]
  /** Adds or replaces rows, all or none. */
  save(account: AccountKey, rows: readonly ContactRow[]): void
  remove(account: AccountKey, keys: readonly (ContactKey | ChatKey)[]): void
}

/** Which due times of a schedule were seen; survives restarts so that nothing fires twice. */
export interface SchedulesRepository {
  /** Remembers `dueAt` as fired; false when it already was. */
  mark(account: AccountKey, schedule: string, dueAt: Instant): boolean
  /** The latest due time that fired; null when none ever did. */
  lastMark(account: AccountKey, schedule: string): Instant | null
}

/** Small named values that belong to the whole store (account pin, keys). */
export interface MetaRepository {
  get(key: string): string | null
  set(key: string, value: string): void
  delete(key: string): void
}

/** How long what is kept, and how much of it at most. Times in ms. */
export interface Retention {
  /** Message text, replies and event content. */
  readonly textMs: number
  /** Event ids, for dropping late duplicates. */
  readonly idsMs: number
  /** Runs and steps without their text: who told the bot to say this. */
  readonly auditMs: number
  readonly tracesMs: number
  /** Remembered values and activity that nobody touched. */
  readonly stateMs: number
  /** Remembered values per contact, chat or global; the oldest go first. */
  readonly maxKeysPerOwner: number
  readonly maxTraces: number
  readonly maxEvents: number
}

/** What one slice of cleaning did. */
export interface Purged {
  readonly rows: number
  /** True when another slice would find more. */
  readonly hasMore: boolean
}

/** Something the start found out that a person should hear about. */
export type Recovery =
  | { readonly kind: 'unclean-stop' }
  | { readonly kind: 'migrated'; readonly from: number; readonly to: number; readonly backup: string | null }
  /** The journal was missing after an unclean stop: commits since the last checkpoint may be gone. */
  | { readonly kind: 'journal-missing' }
  | {
      readonly kind: 'set-aside'
      readonly movedTo: string
      /** File name of the backup that took its place; null when a new store was begun. */
      readonly restored: string | null
      /** When that backup was made: what happened since is the gap. */
      readonly backupAt: Instant | null
    }
