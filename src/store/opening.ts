import { existsSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StoreError } from '../domain/errors.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import type { Backups } from './backups.ts'
import { Database } from './database.ts'
import { ensurePrivate, flushDirectory, stamp } from './files.ts'
import { type Migration, migrate, refuseNewer } from './migrate.ts'
import type { Recovery } from './ports.ts'

export interface OpeningOptions {
  readonly dir: string
  readonly clock: Clock
  readonly log: Logger
  readonly backups: Backups
  readonly migrations: readonly Migration[]
}

const PRAGMAS = `
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA temp_store = MEMORY;
PRAGMA journal_size_limit = 4194304;
`
/** Files that make up one store; they move together. */
const PARTS = ['', '-wal', '-shm']
const CLEAN_KEY = 'clean'

/**
 * Opens, checks and migrates the database under a lock that is already held. A damaged one is set aside under a dated
 * name and the newest sound backup takes its place; everything a person should hear about is returned.
 */
export function openDatabase(options: OpeningOptions): { db: Database; recoveries: Recovery[] } {
  const path = join(options.dir, 'store.db')
  refuseNewer(path, options.migrations)
  const recoveries: Recovery[] = []
  let db = isLost(path, options.backups) ? null : openChecked(path, recoveries)
  if (db === null) {
    recoveries.push(setAside(path, options))
    db = openChecked(path, [])
    if (db === null) throw new StoreError('the restored store is damaged too', { code: 'corrupt' })
  }
  try {
    return { db: finishOpening(db, options, recoveries), recoveries }
  } catch (error) {
    db.close()
    throw error
  }
}

/** A store that had backups cannot be new: a crash while setting a damaged one aside leaves this. */
function isLost(path: string, backups: Backups): boolean {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return size === 0 && backups.list().length > 0
}

function finishOpening(db: Database, options: OpeningOptions, recoveries: Recovery[]): Database {
  let backup: string | null = null
  const { from, to } = migrate(db, options.migrations, () => {
    backup = options.backups.copyNow(db, options.clock.now())
  })
  if (from > 0 && from < to) recoveries.push({ kind: 'migrated', from, to, backup })
  if (recoveries.some(({ kind }) => kind === 'set-aside' || kind === 'journal-missing')) withholdRestored(db)
  markClean(db, false)
  return db
}

/** An open, sound database; null when it is damaged. */
function openChecked(path: string, recoveries: Recovery[]): Database | null {
  const isKnown = existsSync(path)
  const hasJournal = existsSync(`${path}-wal`)
  ensurePrivate(path)
  let db: Database | null = null
  try {
    db = new Database(path)
    db.exec(PRAGMAS)
    const wasClean = !isKnown || readClean(db)
    if (!wasClean) {
      recoveries.push({ kind: 'unclean-stop' })
      if (!hasJournal) recoveries.push({ kind: 'journal-missing' })
    }
    if (db.pragma(wasClean ? 'quick_check(1)' : 'integrity_check(1)') === 'ok') return db
    db.close()
    return null
  } catch (error) {
    db?.close()
    if (error instanceof StoreError && error.code === 'corrupt') return null
    throw error
  }
}

function setAside(path: string, { clock, backups, log }: OpeningOptions): Recovery {
  const movedTo = `${path}.damaged-${stamp(clock.now())}`
  for (const part of PARTS) if (existsSync(path + part)) renameSync(path + part, movedTo + part)
  flushDirectory(join(path, '..'))
  const file = backups.restoreNewest(path)
  log.error({ movedTo, restored: file?.name ?? null }, 'store was damaged and is set aside')
  return { kind: 'set-aside', movedTo, restored: file?.name ?? null, backupAt: file?.at ?? null }
}

/**
 * What a backup, or a database without its journal, calls unsent or undecided may have been said since: nothing of it
 * goes out by itself.
 */
function withholdRestored(db: Database): void {
  db.transaction(() => {
    db.exec(`UPDATE steps SET state = 'held', reason = 'uncertain', detail = 'restored', is_open = 0 WHERE is_open = 1;
      UPDATE inbox SET is_handled = 1, decision = 'none' WHERE is_handled = 0`)
  })
}

function readClean(db: Database): boolean {
  if (Number(db.pragma('user_version')) === 0) return true
  return db.prepare('SELECT value FROM meta WHERE key = ?').get(CLEAN_KEY)?.value === '1'
}

/** The mark goes into the database file itself, not only into its journal: that is what makes a lost journal show. */
export function markClean(db: Database, isClean: boolean): void {
  db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(CLEAN_KEY, isClean ? '1' : '0')
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
}
