import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SuppressReason, Trace } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import { asId, type EventId, type Instant, type RuleId } from '../domain/ids.ts'
import { Database } from './database.ts'
import { EVENT_COLUMNS, type EventRow, toEvent } from './event-body.ts'
import { refuseNewer } from './migrate.ts'
import { MIGRATIONS } from './migrations/index.ts'
import type { DecisionKind } from './ports.ts'
import { TRACE_COLUMNS, type TraceRow, toTrace } from './trace-body.ts'

/** One event whose content is still kept, with what was decided about it. */
export interface KeptEvent {
  readonly event: Event
  /** Null while it waits for a decision. */
  readonly decision: DecisionKind | null
  readonly reason: SuppressReason | null
  readonly rule: RuleId | null
  /** The name of that rule when it acted; '' when unknown. */
  readonly ruleName: string
  readonly rulesVersion: string | null
  readonly handledAt: Instant | null
  /** What was to be said in the chat of the event, in order; null when the words are not kept any more. */
  readonly replies: readonly string[] | null
}

type KeptRow = EventRow & {
  decision: string | null
  reason: string | null
  rule: string | null
  rules_version: string | null
  handled_at: number | null
}
type StepRow = { event: string; rule_name: string; text: string | null }

const COLUMNS = `${EVENT_COLUMNS}, decision, reason, rule, rules_version, handled_at`
const ALL = `SELECT ${COLUMNS} FROM (SELECT seq, ${COLUMNS} FROM inbox WHERE body IS NOT NULL ORDER BY seq DESC LIMIT ?)
  ORDER BY seq`
const ONE = `SELECT ${COLUMNS} FROM inbox WHERE id = ? AND body IS NOT NULL`
const STEPS = `SELECT r.event, r.rule_name, s.text FROM runs r JOIN steps s ON s.run_seq = r.seq
  WHERE s.effect = 'reply' ORDER BY r.seq, s.position`
const STEPS_OF_ONE = STEPS.replace('WHERE', 'WHERE r.event = ? AND')

/**
 * The newest kept events of a data folder, oldest first, read beside a daemon that may be running: nothing is locked,
 * written or created, and the files are closed again before this returns. Null when there is no store. Throws
 * `StoreError` when it cannot be read.
 */
export function readKeptEvents(dir: string, limit: number): readonly KeptEvent[] | null {
  return reading(dir, (db) => {
    const rows = db.prepare<KeptRow>(ALL).all(limit)
    const steps = Map.groupBy(db.prepare<StepRow>(STEPS).all(), (step) => step.event)
    return rows.map((row) => toKept(row, steps.get(row.id) ?? []))
  })
}

/** One kept event with its trace; null when there is none (any more). Like {@link readKeptEvents} otherwise. */
export function readKeptEvent(
  dir: string,
  id: EventId,
): { readonly kept: KeptEvent; readonly trace: Trace | null } | null {
  return reading(dir, (db) => {
    const row = db.prepare<KeptRow>(ONE).get(id)
    if (row === undefined) return null
    const steps = db.prepare<StepRow>(STEPS_OF_ONE).all(id)
    const trace = db
      .prepare<TraceRow>(`SELECT ${TRACE_COLUMNS} FROM traces t JOIN inbox i ON i.seq = t.seq WHERE i.id = ?`)
      .get(id)
    return {
      kept: toKept(row, steps),
      trace: trace === undefined ? null : toTrace(trace),
    }
  })
}

function toKept(row: KeptRow, steps: readonly StepRow[]): KeptEvent {
  const texts = steps.flatMap(({ text }) => (text === null ? [] : [text]))
  return {
    event: toEvent(row),
    decision: row.decision as DecisionKind | null,
    reason: row.reason as SuppressReason | null,
    rule: row.rule === null ? null : asId(row.rule),
    ruleName: steps[0]?.rule_name ?? '',
    rulesVersion: row.rules_version,
    handledAt: row.handled_at,
    replies: texts.length === steps.length ? texts : null,
  }
}

function reading<T>(dir: string, work: (db: Database) => T): T | null {
  const path = join(dir, 'store.db')
  if (!existsSync(path)) return null
  refuseNewer(path, MIGRATIONS)
  const db = new Database(addressOf(path), { isReadOnly: true })
  try {
    return work(db)
  } finally {
    db.close()
  }
}

/**
 * Without a journal nobody has the store open and everything is in the one file; opening it in the ordinary way would
 * create a journal that belongs to whoever runs this command, and the daemon might not be able to use it afterwards.
 */
function addressOf(path: string): string {
  return existsSync(`${path}-wal`) ? path : `${pathToFileURL(path).href}?immutable=1`
}
