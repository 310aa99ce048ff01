import { DecodeError, ServerRefusal, SessionExpired, TransportError } from '../domain/errors.ts'

/** What one question about news came to; a poll that was cut short on purpose is none. */
export type SyncResult =
  /** The poll ended, there is nothing. */
  | 'quiet'
  /** A fetch that brought something, and one that brought nothing. */
  | 'news'
  | 'empty'
  /** No trustworthy answer. */
  | 'failed'
  /** An answer of an unexpected shape. */
  | 'unreadable'
  /** An answer that says no. */
  | 'refused'
  /** The server says that the session is over; it may be mistaken. */
  | 'ended'

/** How one attempt to log in ended. A network that fails on the way is no end: the attempt goes on. */
export type LoginResult =
  | 'ok'
  /** The saved session lives. */
  | 'resumed'
  | 'refused'
  /** A code that ran out, one that was cancelled or failed, one that gave way because another was asked for. */
  | 'expired'
  | 'failed'
  | 'replaced'

/** Who counts. Called in the course of the work: must be quick and must not throw. */
export interface Meter {
  onSync(result: SyncResult): void
  onLogin(result: LoginResult): void
  /** An answer of this endpoint could not be read. */
  onUnreadable(endpoint: string): void
}

/** Counts nothing. */
export const NO_METER: Meter = { onSync() {}, onLogin() {}, onUnreadable() {} }

/** What a failure of a sync counts as; null for one that is no answer to it. */
export function syncFailure(error: unknown): SyncResult | null {
  if (error instanceof SessionExpired) return 'ended'
  if (error instanceof ServerRefusal) return 'refused'
  if (error instanceof DecodeError) return 'unreadable'
  return error instanceof TransportError ? 'failed' : null
}

/** Does `work`; an answer that could not be read on the way is counted. */
export async function countingUnreadable<T>(meter: Meter, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DecodeError) meter.onUnreadable(error.endpoint)
    throw error
  }
}
