import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { backup as copyOnline, DatabaseSync } from 'node:sqlite'
import type { Instant } from '../domain/ids.ts'
import { Database } from './database.ts'
import { translateSqlite } from './errors.ts'
import { createEmpty, flushDirectory, replaceFile, stamp } from './files.ts'

/** Copies of each sort that are kept. */
export const KEPT_BACKUPS = 3
/** Pages per step of the online copy: small, so that a writer never waits long for it. */
const PAGES_PER_STEP = 64
const NAME = /^(daily|migration)-(\d{8})-(\d{6})\.db$/

export type BackupSort = 'daily' | 'migration'

/** A finished copy and when it was made. */
export interface BackupFile {
  readonly name: string
  readonly sort: BackupSort
  readonly at: Instant
}

function parseName(name: string): BackupFile | null {
  const [, sort, date = '', time = ''] = NAME.exec(name) ?? []
  if (sort === undefined) return null
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`
  return { name, sort: sort === 'daily' ? 'daily' : 'migration', at: Date.parse(iso) }
}

/** The copies beside a store. A copy gets its name only when it is whole. */
export class Backups {
  readonly #dir: string

  constructor(dir: string) {
    this.#dir = dir
  }

  /** All whole copies, newest first. */
  list(): BackupFile[] {
    if (!existsSync(this.#dir)) return []
    return readdirSync(this.#dir)
      .flatMap((name) => parseName(name) ?? [])
      .sort((a, b) => b.at - a.at || b.name.localeCompare(a.name))
  }

  /** Copies at once, while nothing else happens (before a migration). */
  copyNow(db: Database, at: Instant): string {
    const part = this.#begin()
    db.prepare('VACUUM INTO ?').run(part)
    return this.#finish(part, 'migration', at)
  }

  /**
   * Copies in small steps while the store is in use, as it stands now: a reading connection of its own holds the
   * state still, so that writing neither waits for the copy nor makes it start over.
   */
  async copyOnline(source: string, at: Instant): Promise<string> {
    const part = this.#begin()
    const reader = new DatabaseSync(source, { readOnly: true })
    try {
      reader.exec('BEGIN; SELECT count(*) FROM sqlite_schema')
      await copyOnline(reader, part, { rate: PAGES_PER_STEP })
    } catch (error) {
      throw translateSqlite(error)
    } finally {
      reader.close()
    }
    return this.#finish(part, 'daily', at)
  }

  /** Puts the newest sound copy in the place of the store; null when there is none. */
  restoreNewest(target: string): BackupFile | null {
    for (const file of this.list()) {
      const path = join(this.#dir, file.name)
      if (!isSound(path)) continue
      replaceFile(target, readFileSync(path))
      return file
    }
    return null
  }

  /** Removes every copy. */
  clear(): void {
    for (const file of this.list()) rmSync(join(this.#dir, file.name), { force: true })
  }

  #begin(): string {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 })
    const part = join(this.#dir, 'unfinished.db')
    rmSync(part, { force: true })
    rmSync(`${part}-journal`, { force: true })
    createEmpty(part)
    return part
  }

  #finish(part: string, sort: BackupSort, at: Instant): string {
    const name = `${sort}-${stamp(at)}.db`
    renameSync(part, join(this.#dir, name))
    flushDirectory(this.#dir)
    for (const old of this.list()
      .filter((file) => file.sort === sort)
      .slice(KEPT_BACKUPS)) {
      rmSync(join(this.#dir, old.name), { force: true })
    }
    return name
  }
}

/** True when the file is a whole database. */
export function isSound(path: string): boolean {
  let db: Database | null = null
  try {
    db = new Database(path)
    return db.pragma('integrity_check(1)') === 'ok' && Number(db.pragma('user_version')) > 0
  } catch {
    return false
  } finally {
    db?.close()
  }
}
