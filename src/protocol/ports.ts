/**
 * What the protocol room asks of the outside and what it offers, as types only.
 * `client.ts` is the door and re-exports what others need.
 */
import type { Relation } from '../domain/chat.ts'
import type { Connection, ConnectionChange } from '../domain/connection.ts'
import type { Cursor, SyncBatch } from '../domain/event.ts'
import type { AccountKey, ChatKey, Instant, LoginGeneration } from '../domain/ids.ts'
import type { Outgoing, SendOutcome } from '../domain/run.ts'
import type { BackoffOptions } from '../support/backoff.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import type { Random } from '../support/random.ts'
import type { Meter } from './meter.ts'
import type { SavedSession } from './wire/saved.ts'

/** Absolute base URLs by role. An unset one is the real host; a set one always wins and may be plain http. */
export interface Bases {
  readonly login?: string | undefined
  readonly api?: string | undefined
  readonly file?: string | undefined
  readonly push?: string | undefined
  readonly qr?: string | undefined
}

/** Total time a request may take, by what it does. */
export interface Deadlines {
  /** synccheck and the login poll, which the server holds for about 25 s. */
  readonly pollMs: number
  readonly otherMs: number
  /** One page of the address book. */
  readonly contactMs: number
}

export interface ProtocolOptions {
  readonly bases: Bases
  readonly mode: 'web' | 'desktop'
  /** The two headers of desktop mode, from the operator; required when `mode` is `desktop`. */
  readonly desktop: { readonly clientVersion: string; readonly extspam: string } | null
  /** False: ignore (but keep) the saved session and begin with a QR code. */
  readonly restore: boolean
  /** After `maxFast` codes that nobody scanned, one code per `slowEveryMs`. */
  readonly qr: { readonly maxFast: number; readonly slowEveryMs: number }
  readonly deadlines: Deadlines
  readonly backoff: BackoffOptions
  /** A webwxsync is made at least this often, also when nothing was announced. */
  readonly idleSyncMs: number
  /** Cap on every decoded answer. */
  readonly maxBodyBytes: number
}

/** What the roster remembers of one contact or room across logins. Plain data. */
export interface StoredContact {
  readonly key: ChatKey
  readonly kind: 'person' | 'room'
  /** `wxid_...`, `...@chatroom`, `gh_...`; '' while unknown. */
  readonly realId: string
  readonly alias: string
  readonly remark: string
  readonly nick: string
  readonly sex: number
  readonly province: string
  readonly city: string
  readonly attr: number
  readonly avatarSeq: string
  readonly relation: Relation
  /** The session-scoped name and the login it belongs to: meaningless in any other login. */
  readonly userName: string
  readonly generation: LoginGeneration
  readonly seenAt: Instant
}

/** When logins were thrown out lately; a restart must not make a restricted account look well. Must not throw. */
export interface KickMemory {
  load(): readonly Instant[]
  save(times: readonly Instant[]): void
}

export interface ProtocolPorts {
  /** Credentials, kept apart from everything else. What `load` returns is checked here; a broken one counts as none. */
  readonly session: {
    load(): unknown | null
    save(session: SavedSession): void
    clear(): void
    /** What `load` returned is none of ours: it is kept under another name and not loaded again. */
    setAside(): void
  }
  readonly roster: {
    load(account: AccountKey): readonly StoredContact[]
    /** Adds or replaces by `key`; entries that are not named stay. */
    save(account: AccountKey, contacts: readonly StoredContact[]): void
  }
  readonly cursor: {
    load(account: AccountKey): Cursor | null
  }
  /** Asked once per login, before anything is shown as online. */
  admit(account: AccountKey, nick: string): 'ok' | 'other-account'
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** Absent: kick-outs are forgotten with the process. */
  readonly kicks?: KickMemory
  /** Absent: nobody counts. */
  readonly meter?: Meter
  /** Told when `isCaughtUp` becomes true because nothing more waits. Must not throw. */
  onCaughtUp?(): void
}

/** One contact or room as a person may look it up. */
export interface RosterEntry {
  readonly key: ChatKey
  readonly kind: 'person' | 'room'
  readonly relation: Relation | 'room'
  readonly name: string
  readonly remark: string
  readonly alias: string
  readonly nick: string
  /** Members of a room as far as they were read; 0 for people. */
  readonly memberCount: number
  /** Other names by which it may be meant: remark, alias, nick. Never contains `name` or ''. */
  readonly otherNames: readonly string[]
  readonly isAmbiguous: boolean
}

export interface RosterCounts {
  readonly friends: number
  readonly rooms: number
  readonly officials: number
  /** Contacts that cannot be told apart from another one. */
  readonly ambiguous: number
}

/** Read-only view of the known contacts and rooms of this login. Empty before the first login. */
export interface RosterView {
  contacts(): readonly RosterEntry[]
  rooms(): readonly RosterEntry[]
  /** Everything whose name, remark, alias or nick is exactly `name`. More than one entry means: ask, do not choose. */
  find(name: string): readonly RosterEntry[]
  byKey(key: ChatKey): RosterEntry | null
  /** The chat in which the owner reads what the daemon has to say (the file helper). */
  readonly owner: ChatKey
  readonly counts: RosterCounts
  /** True once the address book was read to its end, or given up on for now. */
  readonly isSettled: boolean
  /** Resolves when `isSettled` is true; never for a login that ends before. */
  readonly settled: Promise<void>
  /** Every name by which a contact, a room or a member of a room goes, as far as they were read. */
  names(): Iterable<string>
}

export interface ProtocolClient {
  readonly connection: Connection
  /** Calls `listener` after each change of connection; returns the way to stop. A throwing listener is logged and ignored. */
  onConnection(listener: (change: ConnectionChange) => void): () => void
  /**
   * The supplier: logs in when needed and yields one batch per webwxsync answer, also one without events when the
   * cursor moved. The next poll starts only when the next batch is asked for, so store a batch before asking. A batch
   * that was not followed by another request is fetched again by a later call. Ends only when `signal` aborts; one
   * at a time.
   */
  batches(signal: AbortSignal): AsyncIterableIterator<SyncBatch>
  /** Makes one attempt, never a second one. Rejects only when our own code is wrong. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<SendOutcome>
  /** Asks for a new QR code at once; also the only way out of `refused` and of a `signed-out` that the owner asked for. */
  refreshQr(): void
  /** Ends the session on the server (best effort) and forgets it; stays `signed-out` until `refreshQr`. */
  logout(signal: AbortSignal): Promise<void>
  readonly generation: LoginGeneration
  readonly roster: RosterView
  /** When the server last gave a good answer to synccheck or webwxsync; null before the first. */
  readonly lastSyncAt: Instant | null
  /** When this session was logged in, also by an earlier process; null without one and for one saved by an older version. */
  readonly sessionSince: Instant | null
  /** True while online when all that waited at the server, since it could not be heard, was taken in (or never ends). */
  readonly isCaughtUp: boolean
  /** True while the server announces news again and again and has none: it is asked more and more slowly. */
  readonly isStuck: boolean
  /** True while the server's position went back several times in the last minutes, whatever news came between. */
  readonly isLooping: boolean
}

export type { SavedSession }
