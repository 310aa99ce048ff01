import type { Instant } from '../domain/ids.ts'
import type { Database } from './database.ts'
import type { Purged, Retention } from './ports.ts'

const DAY_MS = 86_400_000

/** What is kept how long unless the settings say otherwise. */
export const DEFAULT_RETENTION: Retention = {
  textMs: 7 * DAY_MS,
  idsMs: 30 * DAY_MS,
  auditMs: 90 * DAY_MS,
  tracesMs: 7 * DAY_MS,
  stateMs: 180 * DAY_MS,
  maxKeysPerOwner: 50,
  maxTraces: 50_000,
  maxEvents: 1_000_000,
}

/** Rows of one sort that one slice touches: a few milliseconds of work. */
export const SLICE_ROWS = 200
/** Pages given back to the disk per slice. */
const VACUUM_PAGES = 200

/** One sort of row that is over its time: the SQL that removes a slice of it, and the bound it takes. */
interface Broom {
  readonly sql: string
  readonly bound: (now: Instant, retention: Retention) => number
}

/** Old rows stand first in these tables; looking at the first slice only keeps the work small. */
const oldest = (table: string, column: string, where = '1') =>
  `SELECT seq FROM (SELECT seq, ${column} AS at FROM ${table} WHERE ${where} ORDER BY seq LIMIT ${SLICE_ROWS})
   WHERE at < ?`
const slice = (key: string, table: string, where: string) =>
  `(${key}) IN (SELECT ${key} FROM ${table} WHERE ${where} LIMIT ${SLICE_ROWS})`

const BROOMS: readonly Broom[] = [
  {
    sql: `UPDATE inbox SET body = NULL WHERE ${slice('seq', 'inbox', 'body IS NOT NULL AND received_at < ? AND is_handled = 1')}`,
    bound: (now, { textMs }) => now - textMs,
  },
  {
    sql: `DELETE FROM inbox WHERE seq IN (${oldest('inbox', 'received_at', 'is_handled = 1')})`,
    bound: (now, { idsMs }) => now - idsMs,
  },
  {
    sql: `DELETE FROM inbox WHERE is_handled = 1 AND seq IN (SELECT seq FROM inbox ORDER BY seq LIMIT ${SLICE_ROWS})
      AND seq <= (SELECT max(seq) FROM inbox) - ?`,
    bound: (_now, { maxEvents }) => maxEvents,
  },
  {
    sql: `UPDATE steps SET text = NULL, text_key = NULL
      WHERE ${slice('seq', 'steps', 'is_open = 0 AND text IS NOT NULL AND born_at < ?')}`,
    bound: (now, { textMs }) => now - textMs,
  },
  {
    // Steps of an account that nobody runs any more would wait for ever.
    sql: `UPDATE steps SET state = 'expired', is_open = 0
      WHERE ${slice('seq', 'steps', "is_open = 1 AND state <> 'sending' AND born_at < ? AND born_at + ttl_ms < ?1")}`,
    bound: (now) => now - DAY_MS,
  },
  {
    sql: `DELETE FROM runs WHERE seq IN (${oldest('runs', 'created_at')})
      AND NOT EXISTS (SELECT 1 FROM steps s WHERE s.run_seq = runs.seq AND s.is_open = 1)`,
    bound: (now, { auditMs }) => now - auditMs,
  },
  {
    sql: `DELETE FROM traces WHERE seq IN (${oldest('traces', 'at')})`,
    bound: (now, { tracesMs }) => now - tracesMs,
  },
  {
    sql: `DELETE FROM traces WHERE seq IN (SELECT seq FROM traces ORDER BY seq LIMIT ${SLICE_ROWS})
      AND seq <= (SELECT max(seq) FROM traces) - ?`,
    bound: (_now, { maxTraces }) => maxTraces,
  },
  {
    sql: `DELETE FROM hits WHERE ${slice('account, key, at', 'hits', 'keep_until < ?')}`,
    bound: (now) => now,
  },
  {
    sql: `DELETE FROM cooldowns WHERE ${slice('account, key', 'cooldowns', 'until < ?')}`,
    bound: (now) => now - DAY_MS,
  },
  {
    sql: `DELETE FROM remembered WHERE ${slice('account, scope, owner, name', 'remembered', 'until IS NOT NULL AND until < ?')}`,
    bound: (now) => now,
  },
  ...['remembered:account, scope, owner, name', 'flows:account, chat, contact', 'chat_activity:account, chat']
    .concat('contact_activity:account, contact')
    .map((entry): Broom => {
      const [table = '', key = ''] = entry.split(':')
      return {
        sql: `DELETE FROM ${table} WHERE ${slice(key, table, 'updated_at < ?')}`,
        bound: (now, { stateMs }) => now - stateMs,
      }
    }),
  {
    sql: `DELETE FROM mutes WHERE ${slice('account, chat', 'mutes', 'until < ?')}`,
    bound: (now) => now - DAY_MS,
  },
  {
    sql: `DELETE FROM schedule_marks WHERE ${slice(
      'account, schedule, due_at',
      'schedule_marks AS old',
      `due_at < ? AND EXISTS (SELECT 1 FROM schedule_marks n WHERE n.account = old.account
        AND n.schedule = old.schedule AND n.due_at > old.due_at)`,
    )}`,
    bound: (now, { auditMs }) => now - auditMs,
  },
]

/** On a full disk explanations go first: nothing else depends on them. */
const EMERGENCY: Partial<Retention> = { tracesMs: 0 }

/** Removes what is over its time or cap, a slice per call, in one transaction that is allowed on a full disk. */
export function purger(db: Database, retention: Retention): (now: Instant) => Purged {
  const brooms = BROOMS.map(({ sql, bound }) => ({ sweep: db.prepare(sql), bound }))
  return (now) => {
    const limits = db.isDiskFull ? { ...retention, ...EMERGENCY } : retention
    const counts = db.cleaning(() => brooms.map(({ sweep, bound }) => sweep.run(bound(now, limits)).changes))
    db.exec(`PRAGMA incremental_vacuum(${VACUUM_PAGES})`)
    // Only emptying the journal gives its space back; on a full disk that may be what is missing.
    if (db.isDiskFull) db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    return {
      rows: counts.reduce((sum, count) => sum + count, 0),
      hasMore: counts.some((count) => count >= SLICE_ROWS),
    }
  }
}
