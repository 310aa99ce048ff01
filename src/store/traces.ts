import type { Trace, TraceEntry } from '../domain/decision.ts'
import type { EventId, Instant } from '../domain/ids.ts'
import type { Database, Statement } from './database.ts'
import type { TracesRepository } from './ports.ts'
import { TRACE_COLUMNS, type TraceRow, toTrace, traceBody } from './trace-body.ts'

/** Entries of one trace that are kept: with thousands of rules the failures far from the hit explain little. */
export const MAX_TRACE_ENTRIES = 60

/** Keeps what matched or was suppressed, and the failures closest to the end. */
export function shortenTrace(trace: Trace): Trace {
  const surplus = trace.tried.length - MAX_TRACE_ENTRIES
  if (surplus <= 0) return trace
  let dropped = 0
  const isSpare = (entry: TraceEntry) => entry.outcome.kind === 'failed' && dropped++ < surplus
  const tried = trace.tried.filter((entry) => !isSpare(entry))
  return { ...trace, tried: tried.slice(-MAX_TRACE_ENTRIES) }
}

/** Traces by their event's place in the inbox. */
export class TraceTable implements TracesRepository {
  readonly #add: Statement
  readonly #find: Statement<TraceRow>

  constructor(db: Database) {
    this.#add = db.prepare('INSERT OR REPLACE INTO traces (seq, at, body) VALUES (?, ?, ?)')
    this.#find = db.prepare(
      `SELECT ${TRACE_COLUMNS} FROM traces t JOIN inbox i ON i.seq = t.seq WHERE i.id = ?`,
    )
  }

  /** Joins the open transaction. */
  add(seq: number, at: Instant, trace: Trace): void {
    this.#add.run(seq, at, traceBody(shortenTrace(trace), at))
  }

  find(event: EventId): Trace | null {
    const row = this.#find.get(event)
    return row === undefined ? null : toTrace(row)
  }
}
