import { type AccountKey, asId, type Instant, type LoginGeneration } from '../domain/ids.ts'
import type { Clock } from '../support/clock.ts'
import type { Random } from '../support/random.ts'
import { type HostSet, hostSet, isAllowedHost } from './hosts.ts'
import type { Bases } from './ports.ts'
import type { BaseRequest, SyncKey } from './wire/base.ts'
import {
  SAVED_VERSION,
  type SavedCookie,
  type SavedSession,
  type StreamCursor,
  savedCursor,
  savedSession,
} from './wire/saved.ts'

/** A login while it lasts: tickets, hosts, own name and position in the stream. Holds secrets: never log it. */
export interface Session {
  readonly generation: LoginGeneration
  /** When it was logged in; null when that was not written down. */
  readonly openedAt: Instant | null
  readonly account: AccountKey
  /** The host of redirect_uri. */
  readonly host: string
  readonly hosts: HostSet
  readonly uin: number
  readonly sid: string
  skey: string
  readonly passTicket: string
  readonly userName: string
  nick: string
  readonly firstCursor: StreamCursor
  cursor: StreamCursor
}

const DEVICE_DIGITS = 15

/** The identity for one request; the device id is new each time, as in the official page. */
export function baseRequest(session: Pick<Session, 'uin' | 'sid' | 'skey'>, random: Random): BaseRequest {
  const digits = String(Math.floor(random.next() * 10 ** DEVICE_DIGITS)).padStart(DEVICE_DIGITS, '0')
  return { Uin: session.uin, Sid: session.sid, Skey: session.skey, DeviceID: `e${digits}` }
}

/** The position after an answer. A key with `Count` 0 is never taken; a missing check key means: the same as the other. */
export function advance(
  cursor: StreamCursor,
  sync: SyncKey | null | undefined,
  check: SyncKey | null | undefined,
): StreamCursor {
  const isGood = (key: SyncKey | null | undefined): key is SyncKey =>
    key !== null && key !== undefined && key.Count > 0 && key.List.length > 0
  const next = isGood(sync) ? sync : cursor.sync
  return { sync: next, check: isGood(check) ? check : isGood(sync) ? sync : cursor.check }
}

/** Pairs that only ever count up; the others hold moments, as far as anyone knows (protocol/endpoints.md §4.2). */
const SEQUENCES: readonly number[] = [1, 2, 3]

/** True when a later answer stands behind an earlier one. */
export function goesBack(before: SyncKey, after: SyncKey): boolean {
  const reached = new Map(before.List.map(({ Key, Val }) => [Key, Val]))
  return after.List.some(({ Key, Val }) => SEQUENCES.includes(Key) && Val < (reached.get(Key) ?? Val))
}

/** A key as synccheck wants it. */
export function formatKey(key: SyncKey): string {
  return key.List.map(({ Key, Val }) => `${Key}_${Val}`).join('|')
}

/** The cursor as opaque text, and back; null for text that is not ours. */
export function writeCursor(cursor: StreamCursor): string {
  return JSON.stringify(cursor)
}

export function readCursor(text: string): StreamCursor | null {
  try {
    return savedCursor.parse(JSON.parse(text))
  } catch {
    return null
  }
}

/** Checks what the session port gave; null for anything that is not a whole session of ours for an allowed host. */
export function readSaved(value: unknown, bases: Bases): SavedSession | null {
  const read = savedSession.safeParse(value)
  return read.success && isAllowedHost(read.data.host, bases) ? read.data : null
}

/** Plain data for the session port. */
export function toSaved(
  session: Session,
  cookies: SavedCookie[],
  isAlive: boolean,
  clock: Clock,
): SavedSession {
  return {
    version: SAVED_VERSION,
    savedAt: clock.now(),
    openedAt: session.openedAt,
    generation: session.generation,
    account: session.account,
    isAlive,
    host: session.host,
    uin: session.uin,
    sid: session.sid,
    skey: session.skey,
    passTicket: session.passTicket,
    userName: session.userName,
    nick: session.nick,
    firstCursor: session.firstCursor,
    cookies,
  }
}

/** The session as it was when saved; `cursor` is the stored position, if there is one of this login. */
export function fromSaved(saved: SavedSession, cursor: StreamCursor | null, bases: Bases): Session {
  return {
    generation: saved.generation,
    openedAt: saved.openedAt,
    account: asId(saved.account),
    host: saved.host,
    hosts: hostSet(saved.host, bases),
    uin: saved.uin,
    sid: saved.sid,
    skey: saved.skey,
    passTicket: saved.passTicket,
    userName: saved.userName,
    nick: saved.nick,
    firstCursor: saved.firstCursor,
    cursor: cursor ?? saved.firstCursor,
  }
}
