import type { ConnectionKind } from '../domain/connection.ts'
import type { Instant } from '../domain/ids.ts'

/** A sentence in both languages, Chinese first wherever it is shown. */
export interface Bilingual {
  readonly zh: string
  readonly en: string
}

/** A yes or no with its reasons; answered from memory, never by asking the network. */
export interface HealthView {
  readonly isOk: boolean
  /** Why not, in a few words without names or secrets; empty when ok. */
  readonly reasons: readonly string[]
}

/** What the daemon says about itself. Holds no secret and no message text. */
export interface StatusView {
  readonly version: string
  readonly state: ConnectionKind
  readonly since: Instant
  /** '' while nobody is logged in. */
  readonly nick: string
  readonly isPaused: boolean
  readonly pausedUntil: Instant | null
  readonly startedAt: Instant
  /** The last good sync; null before the first. */
  readonly lastSyncAt: Instant | null
  readonly queue: {
    readonly ready: number
    readonly held: number
    readonly uncertain: number
    readonly dead: number
  }
  readonly rules: {
    readonly version: string
    readonly count: number
    readonly loadedAt: Instant | null
    /** The first line of what is wrong with the files on disk; null when they are the running ones. */
    readonly reloadError: string | null
  }
  /** What keeps every reply back at this moment. */
  readonly sending: {
    /** The server said "too often": nothing is sent before. */
    readonly frozenUntil: Instant | null
    /** It said so twice in a day: nothing is sent until a person resumes. */
    readonly isSuspended: boolean
    /** `frozen`, `trouble`, `limit-all`, `limit-day`; null when something may go out. */
    readonly brake: string | null
  }
  /** What a person should look at, oldest first. */
  readonly alarms: readonly { readonly kind: string; readonly since: Instant; readonly text: Bilingual }[]
  readonly counters: { readonly received: number; readonly replied: number; readonly suppressed: number }
  /** One sentence on what to do now; null when nothing is needed. */
  readonly nextStep: Bilingual | null
}

/** Why nobody is answered in a chat, and until when; null for until somebody says otherwise. */
export interface SilenceView {
  readonly chat: string
  readonly reason: 'paused' | 'takeover' | 'muted' | 'stop-words' | 'loop-breaker'
  readonly until: Instant | null
}

/** The code to scan. A login credential: shown only to whoever proved to be the operator. */
export interface QrView {
  readonly text: string
  readonly imageUrl: string
  readonly nth: number
}

export interface PersonView {
  readonly name: string
  readonly remark: string
  readonly nick: string
  readonly alias: string
  readonly relation: string
  /** True when the name fits somebody else too, so a rule cannot use it safely. */
  readonly isAmbiguous: boolean
}

export interface RoomView {
  readonly name: string
  readonly members: number
  readonly isAmbiguous: boolean
}

/** A reply that waits for a person's word. */
export interface HeldView {
  readonly step: string
  readonly chat: string
  readonly rule: string
  readonly reason: string
  readonly since: Instant
}

/** Read-only views; all answer from memory or the store, at once. */
export interface DaemonViews {
  /** Alive: the loops ticked within their limits, or we wait for a scan. */
  health(): HealthView
  /** Logged in, last sync fresh, rules loaded. */
  readiness(): HealthView
  status(): StatusView
  /** null unless a scan is awaited. */
  qr(): QrView | null
  contacts(find: string): readonly PersonView[]
  rooms(): readonly RoomView[]
  held(): readonly HeldView[]
  /** Chats in which the bot is silent though it runs; as many as a person reads. */
  silences(): readonly SilenceView[]
  /** The kept explanation of one event as plain text; null when it is not kept (any more). */
  explain(event: string): string | null
}

/** What came of a command: done, or refused for a reason the operator can act on. */
export type CommandOutcome =
  | { readonly kind: 'done'; readonly message: Bilingual }
  | { readonly kind: 'refused'; readonly code: string; readonly message: Bilingual }

/** The only ways to change a running daemon from outside. They resolve when the change has taken effect; expected failures are `refused`. */
export interface DaemonCommands {
  reload(): Promise<CommandOutcome>
  /** `chat` null: everywhere. `forMs` null: until resumed. */
  pause(options: { readonly chat: string | null; readonly forMs: number | null }): Promise<CommandOutcome>
  resume(options: { readonly chat: string | null }): Promise<CommandOutcome>
  /** Asks for a fresh code now, also in state `refused`. */
  refreshQr(): Promise<CommandOutcome>
  /** Removes what is kept about one person or room, named as rules name them. */
  forget(options: { readonly who: string }): Promise<CommandOutcome>
  /** Ends the session at the server; the next start needs a scan. */
  logout(): Promise<CommandOutcome>
}
