import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StoreError } from '../domain/errors.ts'
import { translateSqlite } from './errors.ts'
import { createEmpty, ensurePrivate, replaceFile } from './files.ts'

/** Held for the life of the process; the system drops it when the process dies, however it dies. */
export interface Lock {
  /** Leaves word of who holds it. */
  sign(): void
  release(): void
}

/** A holder that is just dying gets this long; a second daemon learns the truth well within two seconds. */
const PATIENCE_MS = 700

/**
 * Takes the directory for this process alone. The lock is the operating system's, taken by an exclusive transaction on
 * a database of its own: a pid file would go stale, and pids are used again. `lock.db` must never be opened otherwise
 * in this process: POSIX drops a process's locks on a file when any descriptor of it is closed.
 * Throws `StoreError('locked')` with the holder's pid.
 */
export function acquireLock(dir: string): Lock {
  const holderFile = join(dir, 'lock.pid')
  const lockFile = join(dir, 'lock.db')
  ensurePrivate(lockFile)
  ensurePrivate(holderFile)
  const db = openLocked(lockFile, holderFile)
  return {
    sign: () => replaceFile(holderFile, JSON.stringify({ pid: process.pid, host: hostname() })),
    release() {
      if (!db.isOpen) return
      createEmpty(holderFile)
      db.close()
    },
  }
}

function openLocked(lockFile: string, holderFile: string): DatabaseSync {
  const db = new DatabaseSync(lockFile, { timeout: PATIENCE_MS })
  try {
    db.exec('BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db.close()
    throw asLocked(translateSqlite(error), holderFile)
  }
}

function asLocked(error: unknown, holderFile: string): unknown {
  if (!(error instanceof StoreError) || error.code !== 'locked') return error
  const { pid, host } = readHolder(holderFile)
  return new StoreError(`the store is in use by process ${pid} on ${host}`, {
    code: 'locked',
    cause: error,
    context: { pid, host },
  })
}

function readHolder(path: string): { pid: number; host: string } {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    const { pid, host } = value as { pid?: unknown; host?: unknown }
    return { pid: typeof pid === 'number' ? pid : 0, host: typeof host === 'string' ? host : '?' }
  } catch {
    return { pid: 0, host: '?' }
  }
}
