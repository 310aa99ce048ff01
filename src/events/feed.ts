import type { Event } from '../domain/event.ts'
import type { AccountKey } from '../domain/ids.ts'

/** What feeding needs of the store. */
export interface FeedPort {
  /** Events without a committed decision, oldest first. */
  unhandled(account: AccountKey, limit: number): Event[]
}

/** Large enough to share one flush among many events, small enough not to hold up the loop for long. */
export const SLICE_SIZE = 100

/**
 * The next slice of events to decide, in the order of acceptance; empty when all are handled. The same events come
 * again until their decisions are committed, also after a restart.
 */
export function nextSlice(account: AccountKey, port: FeedPort, limit = SLICE_SIZE): Event[] {
  return port.unhandled(account, limit)
}
