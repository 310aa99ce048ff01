import type { Cursor, Event, SyncBatch } from '../domain/event.ts'

/** What accepting needs of the store. */
export interface InboxPort {
  transaction<T>(work: () => T): T
  /** False when the event's id is known already. */
  insert(event: Event): boolean
  saveCursor(cursor: Cursor): void
}

export interface Accepted {
  /** The events seen for the first time, in order. */
  readonly accepted: readonly Event[]
  /** How many were known already. */
  readonly duplicates: number
}

/** Stores events that no server stream covers, such as those of the clock. Returns those seen for the first time, in order. */
export function acceptEvents(
  events: readonly Event[],
  port: Omit<InboxPort, 'saveCursor'>,
): readonly Event[] {
  return port.transaction(() => events.filter((event) => port.insert(event)))
}

/**
 * Stores the unseen events of a batch and the cursor that covers them in one transaction. When it returns, the next
 * poll may start: nothing of the batch can be lost any more. Throws what the store throws; then nothing was stored.
 */
export function accept(batch: SyncBatch, port: InboxPort): Accepted {
  return port.transaction(() => {
    const accepted = batch.events.filter((event) => port.insert(event))
    port.saveCursor(batch.cursor)
    return { accepted, duplicates: batch.events.length - accepted.length }
  })
}
