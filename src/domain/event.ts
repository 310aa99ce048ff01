import type { Chat, Person } from './chat.ts'
import type { AccountKey, EventId, Instant, LoginGeneration } from './ids.ts'

/** What kind of thing a person sent; the words are those of the rule key `kind`. */
export type MessageKind =
  | 'text'
  | 'image'
  | 'voice'
  | 'video'
  | 'emoticon'
  | 'file'
  | 'link'
  | 'location'
  | 'card'
  | 'transfer'
  | 'red_packet'
  | 'system'
  | 'app'

/** Who is @-mentioned in a text, seen from our account. */
export interface Mentions {
  readonly self: boolean
  /** `@所有人` / `@All`. */
  readonly all: boolean
  /** Somebody other than us. */
  readonly others: boolean
}

/** Human content, decoded once at the border. */
export interface Content {
  readonly kind: MessageKind
  /** What conditions see: decoded, without the quote, without our own mention and `@所有人`, trimmed. '' when there is no text. */
  readonly text: string
  /** The decoded text as a person would read it, mentions and quote included. */
  readonly fullText: string
  readonly quoted: { readonly name: string; readonly text: string } | null
  readonly mentions: Mentions
  /** Kind-specific details (title, url, fileName, sizeBytes, durationMs, label, latitude ...); names are stable, values decoded. */
  readonly details: Readonly<Record<string, string | number>>
}

interface EventBase {
  readonly id: EventId
  readonly account: AccountKey
  /** When it happened: the server's time, moved by the difference where its clock and ours are minutes apart. */
  readonly at: Instant
  /** When we fetched it, by our clock. */
  readonly receivedAt: Instant
  /** The server's message id, '' if it had none. Kept as text: it exceeds 2^53. */
  readonly messageId: string
}

/** Someone else wrote in a chat. Follows: a decision, perhaps a reply. */
export interface MessageReceived extends EventBase {
  readonly kind: 'message.received'
  readonly chat: Chat
  readonly sender: Person
  readonly content: Content
}

/** Our own account wrote: the owner on the phone, or an echo of one of our sends (the pipeline tells them apart). Never answered. */
export interface OwnerSpoke extends EventBase {
  readonly kind: 'owner.spoke'
  readonly chat: Chat
  readonly content: Content
}

/** A message was taken back. */
export interface MessageRecalled extends EventBase {
  readonly kind: 'message.recalled'
  readonly chat: Chat
  readonly sender: Person | null
  /** Server id of the message that was taken back. */
  readonly recalledMessageId: string
  readonly text: string
}

/** A stranger asks to become a friend. `handle` holds what accepting needs; it is valid for this login only and secret. */
export interface FriendRequested extends EventBase {
  readonly kind: 'friend.requested'
  readonly chat: Chat
  readonly sender: Person
  readonly greeting: string
  readonly handle: {
    readonly userName: string
    readonly ticket: string
    readonly generation: LoginGeneration
  }
}

/** Somebody joined a room (by invitation or QR code). `text` is the server's notice. */
export interface RoomMemberJoined extends EventBase {
  readonly kind: 'room.member-joined'
  readonly chat: Chat
  readonly joined: readonly string[]
  readonly invitedBy: string
  readonly text: string
}

/** What a notice of the server in a chat is about; `other` when it is not one of the known sentences. */
export type NoticeTopic =
  | 'friend-added'
  | 'red-packet'
  | 'room-renamed'
  | 'room-member-removed'
  | 'self-removed'
  | 'pat'
  | 'not-friend'
  | 'rejected'
  | 'rate-limited'
  | 'other'

/** The server wrote a grey line into a chat. Never answered by default; `rate-limited` and `rejected` matter to sending. */
export interface ChatNoticed extends EventBase {
  readonly kind: 'chat.noticed'
  readonly chat: Chat
  readonly topic: NoticeTopic
  readonly text: string
}

/** Something on the phone (a chat opened, closed, read) or of a type we do not know. Kept for the record, nothing follows. */
export interface OtherReceived extends EventBase {
  readonly kind: 'other.received'
  /** `status-notify` or the number of the unknown type. */
  readonly type: string
}

/** A message that could not be decoded. Quarantined: kept with a redacted sample, nothing follows. */
export interface Undecodable extends EventBase {
  readonly kind: 'message.undecodable'
  readonly problem: string
}

/** A schedule's time came. */
export interface ScheduleFired extends EventBase {
  readonly kind: 'schedule.fired'
  readonly schedule: string
  readonly dueAt: Instant
  readonly isLate: boolean
}

/** Somebody who is in a flow said nothing for too long. `at` is when its time ran out. Follows: what the flow says then. */
export interface FlowExpired extends EventBase {
  readonly kind: 'flow.expired'
  readonly flow: string
  readonly chat: Chat
  readonly sender: Person
}

export type Event =
  | MessageReceived
  | OwnerSpoke
  | MessageRecalled
  | FriendRequested
  | RoomMemberJoined
  | ChatNoticed
  | OtherReceived
  | Undecodable
  | ScheduleFired
  | FlowExpired

/** Position in the server's stream: opaque outside the protocol room. */
export interface Cursor {
  readonly account: AccountKey
  readonly generation: LoginGeneration
  /** JSON text of the protocol room's own making. */
  readonly value: string
}

/** Events and the cursor that covers them, inseparable: whoever stores one stores both. */
export interface SyncBatch {
  readonly account: AccountKey
  readonly generation: LoginGeneration
  readonly events: readonly Event[]
  readonly cursor: Cursor
  /** The server's position stands behind the one before: what came since may come again, or is missing. */
  readonly wentBack?: boolean
}
