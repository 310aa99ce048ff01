import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { StoreError } from '../domain/errors.ts'
import type { Database } from './database.ts'
import { readHead } from './files.ts'

/** One numbered change of the layout. */
export interface Migration {
  /** The `user_version` of a store that has it. */
  readonly version: number
  readonly reason: string
  readonly sql: string
}

/** Where SQLite keeps `user_version` in the file's header (https://sqlite.org/fileformat.html). */
const VERSION_OFFSET = 60
const HEADER_BYTES = 100

/** The layout this program writes. */
export function latestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0
}

/** Refuses a file of a newer program by reading its header only, so that nothing in the directory is touched. */
export function refuseNewer(path: string, migrations: readonly Migration[]): void {
  const head = readHead(path, HEADER_BYTES)
  if (head === null || head.length < HEADER_BYTES) return
  if (!head.toString('latin1', 0, 15).startsWith('SQLite format 3')) return
  assertNotNewer(head.readUInt32BE(VERSION_OFFSET), migrations, () => writerOf(path))
}

/** The program that wrote a store of an unknown layout, if it can be told without touching the file; else ''. */
function writerOf(path: string): string {
  let db: DatabaseSync | null = null
  try {
    db = new DatabaseSync(new URL(`${pathToFileURL(path).href}?mode=ro&immutable=1`))
    const value = db.prepare("SELECT value FROM meta WHERE key = 'version'").get()?.value
    return typeof value === 'string' && /^[\w.+-]{1,40}$/.test(value) ? value : ''
  } catch {
    return ''
  } finally {
    db?.close()
  }
}

function assertNotNewer(
  found: number,
  migrations: readonly Migration[],
  writer: () => string = () => '',
): void {
  const known = latestVersion(migrations)
  if (found <= known) return
  throw new StoreError(
    `the store was written by a newer version (layout ${found}, this program knows ${known})`,
    {
      code: 'newer-version',
      context: { found, known, writer: writer() },
    },
  )
}

/** The layout of an open store; 0 for a new one. */
export function versionOf(db: Database): number {
  return Number(db.pragma('user_version'))
}

/**
 * Brings the store to the latest layout: each migration and its number in one transaction, so that a crash leaves
 * the state before or after it. `beforeFirst` runs once if an existing store is about to change.
 */
export function migrate(
  db: Database,
  migrations: readonly Migration[],
  beforeFirst: (from: number) => void,
): { readonly from: number; readonly to: number } {
  const from = versionOf(db)
  assertNotNewer(from, migrations)
  const due = migrations.filter((migration) => migration.version > from)
  if (from > 0 && due.length > 0) beforeFirst(from)
  for (const migration of due) {
    db.transaction(() => {
      db.exec(migration.sql)
      db.exec(`PRAGMA user_version = ${migration.version}`)
    })
  }
  return { from, to: latestVersion(migrations) }
}
