import type { AccountKey, ChatKey, ClientMsgId, Instant, LoginGeneration, StepId } from '../domain/ids.ts'
import type { Delivery, Effect, OnUncertain, Outgoing, SendOutcome, StepDelay } from '../domain/run.ts'

/** The line to the server, as the outbox sees it. */
export interface Sender {
  /** One attempt; never throws for an expected failure. An abort while bytes may be out is `uncertain`. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<SendOutcome>
  /** The account that is logged in; null before the first login. */
  readonly account: AccountKey | null
  /** Counts fresh logins. */
  readonly generation: LoginGeneration
  readonly isOnline: boolean
  /** The owner's chat; null when it is not uniquely known. */
  resolveOwner(): ChatKey | null
}

/** One change of a step, for logs and metrics. Carries no text. */
export interface DeliveryChange {
  readonly step: StepId
  readonly chat: ChatKey
  readonly from: Delivery
  readonly to: Delivery
  /** Age of the step by a clock that nobody sets; only told of an outcome that was booked. */
  readonly ageMs?: number
}

/** At most `max` sends in any `inMs`. */
export interface Window {
  readonly max: number
  readonly inMs: number
}

/** The typing time of a person: `baseMs + perCharMs * characters`, at most `maxMs`, give or take `jitter` (0..1) of it. */
export interface Typing {
  readonly baseMs: number
  readonly perCharMs: number
  readonly maxMs: number
  readonly jitter: number
}

/** How fast the outbox may speak. 0 and null switch a brake off. */
export interface SendingOptions {
  readonly minGapMs: number
  readonly typing: Typing | null
  readonly limits: { readonly all: Window | null; readonly chat: Window | null; readonly day: Window | null }
  /** How long a withheld step lives again after a person released it. */
  readonly replyTtlMs: number
  /** `hold` holds every uncertain send; `resend` leaves the choice to each step. */
  readonly onUncertain: OnUncertain
}

/** One durable step, as the outbox needs it. */
export interface Step {
  readonly id: StepId
  readonly account: AccountKey
  readonly chat: ChatKey
  /** Order of runs in a chat. */
  readonly runSeq: number
  readonly index: number
  /** null after its text was purged. */
  readonly effect: Effect | null
  readonly delay: StepDelay
  readonly onUncertain: OnUncertain
  readonly delivery: Delivery
  readonly clientMsgId: ClientMsgId | null
  readonly idGeneration: LoginGeneration | null
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly previousEndedAt: Instant | null
  /** Its age by a clock that nobody sets. */
  readonly ageMs: number
  readonly isForced: boolean
  /** Server id of an echo that proves the send in flight; '' when none came. */
  readonly echoMessageId: string
}

export interface StepSave {
  readonly id: StepId
  readonly delivery: Delivery
  /** Absent keeps it; null makes the next attempt take a new one. */
  readonly clientMsgId?: ClientMsgId | null
  readonly idGeneration?: LoginGeneration | null
  readonly resolvedChat?: ChatKey
}

/** What the outbox needs of the store. */
export interface OutboxPort {
  /** Every change is on disk when the outermost one returns. */
  transaction<T>(work: () => T): T
  /** The same, but a power loss may undo it until the next `transaction` is over; the order of changes holds. */
  deferred<T>(work: () => T): T
  activeChats(account: AccountKey): ChatKey[]
  head(account: AccountKey, chat: ChatKey): Step | null
  find(id: StepId): Step | null
  save(change: StepSave, now: Instant): void
  recoverSending(account: AccountKey, now: Instant): number
  expire(account: AccountKey, chat: ChatKey, now: Instant, limit: number): StepId[]
  silence(id: StepId, now: Instant): 'takeover' | 'muted' | 'paused' | null
  sentSince(account: AccountKey, since: Instant): readonly { readonly chat: ChatKey; readonly at: Instant }[]
  lastClientMsgId(): string
  useClientMsgId(id: ClientMsgId): void
}
