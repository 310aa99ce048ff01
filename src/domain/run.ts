import type {
  AccountKey,
  ChatKey,
  ClientMsgId,
  ContactKey,
  EventId,
  Instant,
  LoginGeneration,
  RuleId,
  RunId,
  StepId,
} from './ids.ts'

/** What to do with a send whose outcome is unknown: try once more (may double), or keep for a person (may stay unsaid). */
export type OnUncertain = 'resend' | 'hold'

/** How long to wait before a step may start, counted from the end of the step before it. */
export type StepDelay =
  | { readonly kind: 'none' }
  /** As long as a person would type, from the `send.typing` settings and the text's length. */
  | { readonly kind: 'human' }
  | { readonly kind: 'fixed'; readonly ms: number }

/** One effect, fully rendered: nothing about rules or templates is needed to carry it out. */
export type Effect =
  | { readonly kind: 'reply'; readonly chat: ChatKey; readonly text: string }
  /** Text to somebody else, or the owner. `owner` is resolved when it is sent. */
  | { readonly kind: 'send'; readonly to: ChatKey | 'owner'; readonly text: string }

export interface PlannedStep {
  readonly id: StepId
  readonly effect: Effect
  readonly delay: StepDelay
  readonly onUncertain: OnUncertain
}

/** One acted decision and its ordered steps, as planned; stored in the same transaction that marks the event handled. */
export interface Run {
  readonly id: RunId
  readonly account: AccountKey
  readonly event: EventId
  readonly rule: RuleId
  readonly ruleName: string
  /** The chat whose order these steps keep. */
  readonly chat: ChatKey
  readonly createdAt: Instant
  /** After this a step is not sent any more (`send.reply_ttl`). */
  readonly expiresAt: Instant
  readonly steps: readonly PlannedStep[]
}

export type HeldReason =
  | 'uncertain'
  | 'recipient-missing'
  | 'recipient-ambiguous'
  | 'other-account'
  | 'paused'
  | 'frozen'
export type DeadReason = 'refused' | 'unwritable' | 'failed'

/** Where a step stands; `outbox/delivery.ts` owns the legal moves. */
export type Delivery =
  | { readonly kind: 'ready'; readonly notBefore: Instant; readonly attempt: number }
  | {
      readonly kind: 'sending'
      readonly attempt: number
      readonly generation: LoginGeneration
      readonly since: Instant
    }
  | { readonly kind: 'sent'; readonly messageId: string; readonly at: Instant }
  | { readonly kind: 'retry'; readonly at: Instant; readonly attempt: number; readonly problem: string }
  | {
      readonly kind: 'uncertain'
      readonly since: Instant
      readonly attempt: number
      readonly problem: string
    }
  | { readonly kind: 'held'; readonly reason: HeldReason; readonly since: Instant }
  | { readonly kind: 'expired'; readonly at: Instant }
  /** Withheld at the last moment because of a takeover, mute or stop. */
  | {
      readonly kind: 'cancelled'
      readonly reason: 'takeover' | 'muted' | 'paused' | 'dropped'
      readonly at: Instant
    }
  | { readonly kind: 'dead'; readonly reason: DeadReason; readonly detail: string; readonly at: Instant }

export type DeliveryKind = Delivery['kind']

/** One reply on its way to the server. `clientMsgId` is stored before the first byte and never used for another reply. */
export interface Outgoing {
  readonly chat: ChatKey
  readonly text: string
  readonly clientMsgId: ClientMsgId
}

/** What became of one attempt (the split of spec: definitely not sent, sent, refused, unknown). */
export type SendOutcome =
  | { readonly kind: 'sent'; readonly messageId: string }
  /** No byte of the request can have been acted on; same id may be tried again. */
  | { readonly kind: 'not-sent'; readonly problem: string }
  /** Too often: pause; `afterMs` when the server named a time. */
  | { readonly kind: 'throttled'; readonly ret: number; readonly afterMs: number | null }
  | {
      readonly kind: 'refused'
      readonly ret: number
      readonly message: string
      readonly isUnwritable: boolean
    }
  /** Logged out: keep it ready for the next login. */
  | { readonly kind: 'session-gone'; readonly ret: number }
  /** A byte may have been acted on and we have no trustworthy answer. */
  | { readonly kind: 'uncertain'; readonly problem: string }
  | {
      readonly kind: 'unresolved'
      readonly reason: 'recipient-missing' | 'recipient-ambiguous' | 'other-account'
    }

/** The scope a cooldown or counter belongs to. */
export type Scope = 'chat' | 'contact' | 'rule' | 'global'

/** A change of what the engine will see next time; applied in the same transaction as the run. */
export type FactWrite =
  | { readonly kind: 'cooldown'; readonly key: string; readonly until: Instant }
  /** One more hit in the counter `key`; hits older than `keepMs` may be forgotten. */
  | { readonly kind: 'count'; readonly key: string; readonly at: Instant; readonly keepMs: number }
  | {
      readonly kind: 'remember'
      readonly scope: 'contact' | 'chat' | 'global'
      readonly owner: ContactKey | ChatKey | ''
      readonly name: string
      readonly value: string
      readonly until: Instant | null
    }
  | {
      readonly kind: 'forget'
      readonly scope: 'contact' | 'chat' | 'global'
      readonly owner: ContactKey | ChatKey | ''
      readonly name: string
    }
  | {
      readonly kind: 'mute'
      readonly chat: ChatKey
      readonly until: Instant
      readonly reason: 'takeover' | 'muted' | 'stop-words' | 'loop-breaker'
    }
  | { readonly kind: 'unmute'; readonly chat: ChatKey }
  /** What an earlier run of this rule in this chat has not begun to send is not sent any more. */
  | { readonly kind: 'cancel'; readonly rule: RuleId; readonly chat: ChatKey }
  | {
      readonly kind: 'flow'
      readonly chat: ChatKey
      readonly contact: ContactKey
      readonly state: string | null
    }
