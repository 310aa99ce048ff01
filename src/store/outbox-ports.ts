import type {
  AccountKey,
  ChatKey,
  ClientMsgId,
  EventId,
  Instant,
  LoginGeneration,
  RuleId,
  RunId,
  StepId,
} from '../domain/ids.ts'
import type { Delivery, DeliveryKind, Effect, OnUncertain, StepDelay } from '../domain/run.ts'

/** One durable step with all the runner needs to carry it out. */
export interface StepRow {
  readonly id: StepId
  readonly run: RunId
  /** Order of runs in a chat: the order of the events that caused them. */
  readonly runSeq: number
  readonly index: number
  readonly account: AccountKey
  readonly event: EventId
  readonly rule: RuleId
  readonly ruleName: string
  /** The chat whose order the run keeps. */
  readonly chat: ChatKey
  /** null after its text was purged. */
  readonly effect: Effect | null
  readonly delay: StepDelay
  readonly onUncertain: OnUncertain
  readonly delivery: Delivery
  readonly clientMsgId: ClientMsgId | null
  /** The login that `clientMsgId` belongs to. */
  readonly idGeneration: LoginGeneration | null
  readonly createdAt: Instant
  readonly expiresAt: Instant
  /** When the step before it in the run ended; null for a first step or when none has ended. */
  readonly previousEndedAt: Instant | null
  /** How old the step is, in ms, measured without the wall clock as long as this process saw it being made. */
  readonly ageMs: number
  /** True after a person said "send it now": silences and the time to live do not apply. */
  readonly isForced: boolean
  /** Server id of an echo that proves the send in flight; '' when none came. */
  readonly echoMessageId: string
}

/** A change of one step. `clientMsgId`: absent keeps it, null takes it off so that the next attempt gets a new one. */
export interface StepChange {
  readonly id: StepId
  readonly delivery: Delivery
  readonly clientMsgId?: ClientMsgId | null
  readonly idGeneration?: LoginGeneration | null
  /** The chat that `owner` turned out to be; its echo is looked for there. */
  readonly resolvedChat?: ChatKey
}

/** Why a chat must not be written to at this moment; null when it may. */
export type Silence = 'takeover' | 'muted' | 'paused'

/** What an `owner.spoke` event really is: the echo of one of our sends, or the owner. */
export type EchoMatch = { readonly kind: 'echo'; readonly step: StepId } | { readonly kind: 'owner' }

export interface OutboxRepository {
  /** Chats with unfinished steps. Costs one index step per chat, however many steps wait. */
  activeChats(account: AccountKey): ChatKey[]
  /** The first unfinished step of a chat: its oldest run's lowest step; null when there is none. */
  head(account: AccountKey, chat: ChatKey): StepRow | null
  find(id: StepId): StepRow | null
  /** Stores a change; it joins the open transaction. */
  save(change: StepChange, now: Instant): void
  /** Turns every step left `sending` into `uncertain`, or `sent` where its echo came; returns how many. Run once at start. */
  recoverSending(account: AccountKey, now: Instant): number
  /** Expires steps from the head of a chat while they are over their time, at most `limit`; returns their ids. */
  expire(account: AccountKey, chat: ChatKey, now: Instant, limit: number): StepId[]
  /**
   * Why this step must stay unsaid now. A mute counts only if it was imposed after the step's own decision, so that
   * a hand-over may still say its goodbye.
   */
  silence(id: StepId, now: Instant): Silence | null
  /** The instants of sends that may have reached the server, from `since` on, oldest first. */
  sentSince(account: AccountKey, since: Instant): { readonly chat: ChatKey; readonly at: Instant }[]
  /** The highest id ever given out; '' before the first. Never goes back, whatever is purged. */
  lastClientMsgId(): string
  /** Remembers an id as given out; joins the open transaction. */
  useClientMsgId(id: ClientMsgId): void
  /** Tells an echo of our own send from the owner, and settles the step it proves. */
  matchEcho(account: AccountKey, chat: ChatKey, text: string, messageId: string): EchoMatch
  /** How many steps stand where; withheld ones also by reason as `held:uncertain`, `cancelled:muted`, `dead:refused`. */
  counts(account: AccountKey): ReadonlyMap<DeliveryKind | `${DeliveryKind}:${string}`, number>
  /** Steps of one kind, newest first. */
  list(account: AccountKey, kind: DeliveryKind, limit: number): StepRow[]
  /** A held, uncertain or waiting step is given up; false when it is too late or unknown. Never touches `sending`. */
  drop(id: StepId, now: Instant): boolean
  /** A held, uncertain or waiting step is made ready, under a new id, for another `ttlMs`; false when too late or unknown. */
  sendNow(id: StepId, now: Instant, ttlMs: number): boolean
  /** Stops or resumes answering: everything (`chat` null) or one chat, until `until` or a person resumes. Survives restarts. */
  setPaused(
    account: AccountKey,
    chat: ChatKey | null,
    isPaused: boolean,
    now: Instant,
    until?: Instant | null,
  ): void
  /** What was paused, also pauses that ran out; `chat` null means everything, `until` null has no end. */
  paused(
    account: AccountKey,
  ): { readonly chat: ChatKey | null; readonly since: Instant; readonly until: Instant | null }[]
}
