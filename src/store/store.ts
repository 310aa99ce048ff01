import { statSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../domain/errors.ts'
import type { AccountKey, ChatKey, ContactKey, Instant } from '../domain/ids.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import { Ages } from './age.ts'
import { type Audit, auditOf } from './audit.ts'
import { Backups } from './backups.ts'
import type { Database } from './database.ts'
import { decisionsRepository } from './decisions.ts'
import { translateFile } from './errors.ts'
import { factWriter } from './fact-writes.ts'
import { FactsTable } from './facts.ts'
import { prepareDirectory, whyNotWritable } from './files.ts'
import { forgetIn } from './forget.ts'
import { inboxRepository } from './inbox.ts'
import { acquireLock, type Lock } from './lock.ts'
import { MIGRATIONS } from './migrations/index.ts'
import { markClean, openDatabase } from './opening.ts'
import { outboxRepository } from './outbox.ts'
import type { OutboxRepository } from './outbox-ports.ts'
import type {
  ContactsRepository,
  DecisionsRepository,
  FactsRepository,
  InboxRepository,
  MetaRepository,
  Purged,
  Recovery,
  Retention,
  SchedulesRepository,
  TracesRepository,
} from './ports.ts'
import { Reserve } from './reserve.ts'
import { DEFAULT_RETENTION, purger } from './retention.ts'
import { type SessionFile, sessionFile } from './session-file.ts'
import type { Seal } from './session-seal.ts'
import { contactsRepository, metaRepository, schedulesRepository } from './small-tables.ts'
import { TraceTable } from './traces.ts'

export type { Audit, AuditLine } from './audit.ts'
export type { EchoMatch, OutboxRepository, Silence, StepChange, StepRow } from './outbox-ports.ts'
export type * from './ports.ts'
export type { SessionFile } from './session-file.ts'
export { type SealKey, sealWith } from './session-seal.ts'

/**
 * The door to everything durable: one directory, one process, one writer. Every call is synchronous; when a
 * transaction returns, its changes survive `kill -9` and power loss (`deferred` alone is weaker). Every call may throw `StoreError`; after `io` or
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
  /**
   * Like `transaction`, for what a start works out anew: it survives `kill -9` at once, a power loss only once the next
   * `transaction` is over. Saves a flush to disk on the path of every message.
   */
  deferred<T>(work: () => T): T
  /** Writes a copy beside the store without stopping it, keeps the newest ones; resolves to its file name. */
  backup(): Promise<string>
  /** Cleans a small slice of what is over its time or cap; call again while `hasMore`. Allowed on a full disk. */
  purge(now: Instant): Purged
  /** Removes all that is kept about a person or chat, from backups too (they are replaced); returns the rows removed. */
  forget(account: AccountKey, key: ContactKey | ChatKey): Promise<number>
  /** What was said and why, by the id of an event, a message or a send. */
  audit(id: string): Audit
  /** Bytes on disk and whether the last commit met a full disk. */
  health(): { readonly bytes: number; readonly isDiskFull: boolean }
  /** Marks the stop as clean and releases the lock. Idempotent. */
  close(): void
}

export interface StoreOptions {
  /** The one directory; made when missing, closed to others. */
  readonly dir: string
  readonly clock: Clock
  readonly log: Logger
  readonly retention?: Partial<Retention>
  /** How the session lies in its file; as plain JSON when absent. */
  readonly seal?: Seal
  /** A bound on the database file; reaching it is `disk-full`. No bound by default. */
  readonly maxBytes?: number
}

/**
 * Opens the store for this process alone. Throws `StoreError`: `not-writable` (context: path, uid, ownerUid), `locked`
 * (context: pid, host), `newer-version` (nothing was touched), `disk-full`, `read-only`, `io`, `no-key` and `wrong-key`
 * (of the session). A damaged store is not an
 * error: it is set aside, the newest backup takes its place, and `recoveries` tells.
 */
export function openStore(options: StoreOptions): Store {
  const { dir } = options
  prepareDirectory(dir)
  const lock = translating(dir, () => acquireLock(dir))
  try {
    return translating(dir, () => openLocked(options, lock))
  } catch (error) {
    lock.release()
    throw error
  }
}

function openLocked(options: StoreOptions, lock: Lock): Store {
  const { dir, clock, log } = options
  const reserve = new Reserve(join(dir, 'reserve'))
  const backups = new Backups(join(dir, 'backups'))
  const openingOptions = { dir, clock, log, backups, migrations: MIGRATIONS }
  withRoom(reserve, () => translating(dir, () => lock.sign()))
  const { db, recoveries } = withRoom(reserve, () => openDatabase(openingOptions))
  try {
    guardDisk(db, reserve, options)
    const repos = repositories(db, options)
    // A key that does not fit is told now, not after somebody scanned a code.
    repos.session.load()
    return { ...repos, recoveries, ...upkeep({ db, lock, reserve, backups, options }) }
  } catch (error) {
    db.close()
    throw error
  }
}

/** What the file system says comes out as a `StoreError`; all else as it is. */
function translating<T>(dir: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof Error && 'syscall' in error ? translateFile(error, dir) : error
  }
}

/** Does what must be possible on a full disk too: with the reserve given back when there is no room otherwise. */
function withRoom<T>(reserve: Reserve, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'disk-full') throw error
    reserve.release()
    return work()
  }
}

/** A start on a full disk is a start: transactions are refused until there is room, cleaning is not. */
function takeIfRoom(reserve: Reserve, log: Logger): void {
  try {
    reserve.take()
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== 'disk-full') throw error
    log.error({}, 'disk is full, there is no room for the reserve')
  }
}

/** Writing is refused until the reserve is whole again, so that what cleaning freed is not eaten by the next message. */
function guardDisk(db: Database, reserve: Reserve, { dir, maxBytes, log }: StoreOptions): void {
  if (maxBytes !== undefined) {
    db.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / Number(db.pragma('page_size')))}`)
  }
  takeIfRoom(reserve, log)
  db.watchDisk({
    beforeTransaction() {
      if (!reserve.isReleased) return
      reserve.take()
      log.debug({}, 'reserve restored')
    },
    whyRefused: () => whyNotWritable(dir),
    onDiskFull() {
      if (reserve.isReleased) return
      reserve.release()
      log.error({}, 'disk is full, reserve released for cleaning')
    },
  })
}

function repositories(db: Database, options: StoreOptions) {
  const { clock } = options
  const ages = new Ages(clock)
  const traces = new TraceTable(db)
  const { maxKeysPerOwner } = { ...DEFAULT_RETENTION, ...options.retention }
  const writeFact = factWriter(db, { clock, maxKeysPerOwner })
  const facts = new FactsTable(db, writeFact)
  return {
    inbox: inboxRepository(db),
    decisions: decisionsRepository(db, { clock, ages, traces, writeFact }),
    outbox: outboxRepository(db, clock, ages),
    traces,
    contacts: contactsRepository(db),
    schedules: schedulesRepository(db),
    meta: metaRepository(db),
    session: sessionFile(options.dir, clock, options.log, options.seal),
    audit: (id: string) => auditOf(db, id),
    facts: (account: AccountKey) => facts.forAccount(account),
    transaction: <T>(work: () => T): T => db.transaction(work),
    deferred: <T>(work: () => T): T => db.deferred(work),
  }
}

/**
 * Connections that could not note a clean stop. Closing one would still remove its journal, and the next start would take
 * that for a lost one; the end of the process leaves it where it is. Held here, since collecting one closes it, too.
 */
const LEFT_OPEN: Database[] = []

interface UpkeepParts {
  readonly db: Database
  readonly lock: Lock
  readonly reserve: Reserve
  readonly backups: Backups
  readonly options: StoreOptions
}

function upkeep({ db, lock, reserve, backups, options }: UpkeepParts) {
  const { dir, clock, log } = options
  const purge = purger(db, { ...DEFAULT_RETENTION, ...options.retention })
  let isClosed = false
  let copying: Promise<unknown> = Promise.resolve()
  function backup(): Promise<string> {
    const copy = () => backups.copyOnline(join(dir, 'store.db'), clock.now())
    const copied = copying.then(copy, copy)
    copying = copied
    return copied
  }
  return {
    backup,
    purge,
    async forget(account: AccountKey, key: ContactKey | ChatKey): Promise<number> {
      const rows = forgetIn(db, account, key)
      backups.clear()
      await backup()
      return rows
    },
    health: () => ({
      bytes: statSync(join(dir, 'store.db')).size,
      isDiskFull: db.isDiskFull || reserve.isReleased,
    }),
    close(): void {
      if (isClosed) return
      isClosed = true
      try {
        withRoom(reserve, () => markClean(db, true))
        db.close()
      } catch (error) {
        log.error({ err: error }, 'store could not be closed cleanly')
        LEFT_OPEN.push(db)
      }
      lock.release()
    },
  }
}
