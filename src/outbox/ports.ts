import type { AccountKey, ChatKey, LoginGeneration, StepId } from '../domain/ids.ts'
import type { Delivery, OnUncertain, Outgoing, SendOutcome } from '../domain/run.ts'

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
