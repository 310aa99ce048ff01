/**
 * Loaded into a daemon before its own code: when the file named by CHAOS_TRAP says so, the process kills itself at one
 * exact point of one exact transaction, as `kill -9` would. The file holds three words: which transaction, where in
 * it, and a text that the transaction must be about (`-` for any). Nothing happens while there is no such file.
 */
import { readFileSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite'

type Transaction = 'accept' | 'decide' | 'begin' | 'settle'
type Where = 'inside' | 'before' | 'after'

const path = process.env.CHAOS_TRAP ?? ''
let current: Transaction | null = null

function armed(): { transaction: string; where: string; about: string } | null {
  try {
    const [transaction = '', where = '', about = '-'] = readFileSync(path, 'utf8').trim().split(' ')
    return { transaction, where, about }
  } catch {
    return null
  }
}

function dieIf(transaction: Transaction, where: Where): void {
  const trap = armed()
  if (trap?.transaction === transaction && trap.where === where) process.kill(process.pid, 'SIGKILL')
}

/** What a changing statement makes of the transaction it is in; null when it is none of those that count. */
function kindOf(sql: string, values: readonly unknown[]): Transaction | null {
  if (sql.includes('INTO inbox')) return isAbout(values) ? 'accept' : null
  if (sql.includes('INTO steps')) return isAbout(values) ? 'decide' : null
  if (!sql.includes('UPDATE steps SET state = ?3')) return null
  if (values[2] === 'sending') return 'begin'
  return values[2] === 'sent' ? 'settle' : null
}

function isAbout(values: readonly unknown[]): boolean {
  const about = armed()?.about ?? '-'
  return about === '-' || values.some((value) => typeof value === 'string' && value.includes(about))
}

type Run = StatementSync['run']

const run: Run = StatementSync.prototype.run
Object.defineProperty(StatementSync.prototype, 'run', {
  value(this: StatementSync, ...values: SQLInputValue[]) {
    const kind = kindOf(this.sourceSQL, values)
    if (kind !== null) {
      current = kind
      dieIf(kind, 'inside')
    }
    return Reflect.apply(run, this, values)
  },
})

const exec = DatabaseSync.prototype.exec
DatabaseSync.prototype.exec = function (sql: string) {
  if (sql === 'BEGIN IMMEDIATE') current = null
  if (sql !== 'COMMIT' || current === null) return exec.call(this, sql)
  const kind = current
  dieIf(kind, 'before')
  exec.call(this, sql)
  dieIf(kind, 'after')
}
