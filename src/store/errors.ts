import { InvariantError, StoreError, type StoreErrorCode } from '../domain/errors.ts'

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that mean something to a caller. */
const BY_PRIMARY_CODE: ReadonlyMap<number, StoreErrorCode> = new Map([
  [5, 'locked'],
  [6, 'locked'],
  [8, 'read-only'],
  [10, 'io'],
  [11, 'corrupt'],
  [13, 'disk-full'],
  [14, 'not-writable'],
  [26, 'corrupt'],
])

/** SQLITE_IOERR_SHMSIZE: the shared-memory file could not grow, which is how a full disk shows before the journal does. */
const IOERR_SHMSIZE = 10 | (19 << 8)
/** SQLITE_IOERR_WRITE: a write was refused, for any reason but a full disk. The transaction is undone, nothing else is in doubt. */
export const IOERR_WRITE = 10 | (3 << 8)
/** SQLITE_CANTOPEN while running: the directory vanished or no file handle was left. */
const PRIMARY_MASK = 0xff

const BY_ERRNO: ReadonlyMap<string, StoreErrorCode> = new Map([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EROFS', 'read-only'],
  ['EACCES', 'not-writable'],
  ['EPERM', 'not-writable'],
  // No file handle is left: a file that cannot be opened now may be opened later.
  ['EMFILE', 'not-writable'],
  ['ENFILE', 'not-writable'],
])

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
}

/**
 * What a failure of the database means for its caller. Codes that only a mistake of ours can cause (a constraint, bad
 * SQL) become an `InvariantError`. The original text is kept as `cause` only: it never holds values.
 */
export function translateSqlite(error: unknown): unknown {
  const errcode = fieldOf(error, 'errcode')
  if (fieldOf(error, 'code') !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return error
  const code = errcode === IOERR_SHMSIZE ? 'disk-full' : BY_PRIMARY_CODE.get(errcode & PRIMARY_MASK)
  if (code === undefined) {
    return new InvariantError(`database refused a statement: ${String(fieldOf(error, 'errstr'))}`, {
      sqliteCode: errcode,
      detail: error instanceof Error ? error.message : '',
    })
  }
  return new StoreError(`store failed: ${code}`, { code, cause: error, context: { sqliteCode: errcode } })
}

/** What a failure of a file operation in the store's directory means for its caller. */
export function translateFile(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error
  const errno = fieldOf(error, 'code')
  const code = (typeof errno === 'string' ? BY_ERRNO.get(errno) : undefined) ?? 'io'
  return new StoreError(`store failed: ${code}`, {
    code,
    cause: error,
    context: { path, errno: String(errno) },
  })
}
