import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { StoreError, type StoreErrorCode } from '../domain/errors.ts'
import { IOERR_WRITE, translateSqlite } from './errors.ts'

export type Row = Record<string, SQLOutputValue>

/** A statement prepared once; failures come out translated. */
export interface Statement<T extends Row = Row> {
  get(...values: SQLInputValue[]): T | undefined
  all(...values: SQLInputValue[]): T[]
  /** How many rows changed, and the row id of the last insert. */
  run(...values: SQLInputValue[]): { readonly changes: number; readonly rowId: number }
}

/** How the owner of the connection reacts to the disk. */
export interface DiskHooks {
  /** Called before an outermost transaction begins; throws to refuse it. */
  beforeTransaction(): void
  /** Called when a statement met a full disk, after the transaction was undone. */
  onDiskFull(): void
  /** Why a file beside the database cannot be written either; null when it can. */
  whyRefused(): StoreErrorCode | null
}

/** Codes after which nothing that this connection says can be trusted. */
const FATAL: readonly string[] = ['io', 'corrupt']
const BUSY_TIMEOUT_MS = 5000

/** One connection: translated errors, joined transactions, and a memory of having failed. */
export class Database {
  readonly #db: DatabaseSync
  #isInTransaction = false
  #failure: StoreError | null = null
  #isDiskFull = false
  #hooks: DiskHooks | null = null

  /** Opens an existing or new file; read-only only an existing one. Throws `StoreError`. */
  constructor(path: string, { isReadOnly }: { readonly isReadOnly: boolean } = { isReadOnly: false }) {
    try {
      this.#db = new DatabaseSync(path, {
        timeout: BUSY_TIMEOUT_MS,
        enableForeignKeyConstraints: true,
        readOnly: isReadOnly,
      })
    } catch (error) {
      throw translateSqlite(error)
    }
  }

  /** True from a full disk on until a transaction succeeds; cleaning does not count. */
  get isDiskFull(): boolean {
    return this.#isDiskFull
  }

  watchDisk(hooks: DiskHooks): void {
    this.#hooks = hooks
  }

  exec(sql: string): void {
    this.#guard(() => this.#db.exec(sql))
  }

  /** The first column of the only row of a pragma. */
  pragma(name: string): SQLOutputValue | undefined {
    return this.#guard(() => Object.values(this.#db.prepare(`PRAGMA ${name}`).get() ?? {})[0])
  }

  prepare<T extends Row = Row>(sql: string): Statement<T> {
    const statement: StatementSync = this.#guard(() => this.#db.prepare(sql))
    return {
      get: (...values) => this.#guard(() => statement.get(...values) as T | undefined),
      all: (...values) => this.#guard(() => statement.all(...values) as T[]),
      run: (...values) =>
        this.#guard(() => {
          const { changes, lastInsertRowid } = statement.run(...values)
          return { changes: Number(changes), rowId: Number(lastInsertRowid) }
        }),
    }
  }

  /** Runs `work` in one transaction, joining the open one; one flush to disk at its end. */
  transaction<T>(work: () => T): T {
    if (this.#isInTransaction) return work()
    this.#hooks?.beforeTransaction()
    const result = this.#outermost(work)
    this.#isDiskFull = false
    return result
  }

  /**
   * Like `transaction`, but its flush is left to the next `transaction`, which flushes all that was written before it.
   * What is in here survives `kill -9` at once and a power loss from that flush on; the order of commits always holds.
   */
  deferred<T>(work: () => T): T {
    if (this.#isInTransaction) return work()
    this.exec('PRAGMA synchronous = NORMAL')
    try {
      return this.transaction(work)
    } finally {
      this.#flushAgain()
    }
  }

  /** Like `transaction`, but allowed on a full disk: for cleaning up. */
  cleaning<T>(work: () => T): T {
    return this.#isInTransaction ? work() : this.#outermost(work)
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  #outermost<T>(work: () => T): T {
    this.#guard(() => this.#db.exec('BEGIN IMMEDIATE'))
    this.#isInTransaction = true
    try {
      const result = work()
      this.#guard(() => this.#db.exec('COMMIT'))
      return result
    } catch (error) {
      this.#undo()
      if (error instanceof StoreError && error.code === 'disk-full') {
        this.#isDiskFull = true
        this.#hooks?.onDiskFull()
      }
      throw error
    } finally {
      this.#isInTransaction = false
    }
  }

  /** A connection that failed for good has nothing left to flush; its failure is thrown by whoever met it. */
  #flushAgain(): void {
    if (this.#failure === null) this.exec('PRAGMA synchronous = FULL')
  }

  /** SQLite has rolled back by itself after some failures; a failing rollback changes nothing for the caller. */
  #undo(): void {
    if (!this.#db.isTransaction) return
    try {
      this.#db.exec('ROLLBACK')
    } catch (error) {
      this.#remember(translateSqlite(error))
    }
  }

  #guard<T>(work: () => T): T {
    if (this.#failure !== null) throw this.#failure
    try {
      return work()
    } catch (error) {
      throw this.#remember(this.#explain(translateSqlite(error)))
    }
  }

  /** SQLite calls every refused write but one an I/O error; a volume that became read-only or a quota may heal. */
  #explain(error: unknown): unknown {
    if (!(error instanceof StoreError) || error.context.sqliteCode !== IOERR_WRITE) return error
    const code = this.#hooks?.whyRefused() ?? 'io'
    if (code === 'io') return error
    return new StoreError(`store failed: ${code}`, { code, cause: error, context: error.context })
  }

  #remember(error: unknown): unknown {
    if (error instanceof StoreError && FATAL.includes(error.code)) this.#failure ??= error
    return error
  }
}
