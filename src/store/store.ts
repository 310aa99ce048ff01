import type { AccountKey, ChatKey, ContactKey, Instant } from '../domain/ids.ts'
import type { OutboxRepository } from './outbox-ports.ts'
import type {
  ContactsRepository,
  DecisionsRepository,
  FactsRepository,
  InboxRepository,
  MetaRepository,
  Purged,
  Recovery,
  SchedulesRepository,
  TracesRepository,
} from './ports.ts'
import type { SessionFile } from './session-file.ts'

export type { EchoMatch, OutboxRepository, Silence, StepChange, StepRow } from './outbox-ports.ts'
export type * from './ports.ts'
export type { SessionFile } from './session-file.ts'

/**
 * The door to everything durable: one directory, one process, one writer. Every call is synchronous; when a
 * transaction returns, its changes survive `kill -9` and power loss. Every call may throw `StoreError`; after `io` or
 * `corrupt` the store stays failed and every later call throws the same again.
 */
export interface Store {
  readonly inbox: InboxRepository
  readonly decisions: DecisionsRepository
  readonly outbox: OutboxRepository
  readonly traces: TracesRepository
  readonly contacts: ContactsRepository
  readonly schedules: SchedulesRepository
  readonly meta: MetaRepository
  readonly session: SessionFile
  /** What opening found out, in order; empty after an ordinary start. */
  readonly recoveries: readonly Recovery[]
  facts(account: AccountKey): FactsRepository
  /** Runs `work` in one transaction; inside another it joins that one. Throwing undoes everything. `work` must not wait. */
  transaction<T>(work: () => T): T
  /** Writes a copy beside the store without stopping it, keeps the newest ones; resolves to its file name. */
  backup(): Promise<string>
  /** Cleans a small slice of what is over its time or cap; call again while `hasMore`. Also restores the reserve file. */
  purge(now: Instant): Purged
  /** Removes all that is kept about a person or chat, from backups too (they are replaced); returns the rows removed. */
  forget(account: AccountKey, key: ContactKey | ChatKey): Promise<number>
  /** Bytes on disk and whether the last commit met a full disk. */
  health(): { readonly bytes: number; readonly isDiskFull: boolean }
  /** Marks the stop as clean and releases the lock. Idempotent. */
  close(): void
}
