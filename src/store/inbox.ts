import type { SuppressReason } from '../domain/decision.ts'
import type { Cursor, Event } from '../domain/event.ts'
import { asId } from '../domain/ids.ts'
import type { Database } from './database.ts'
import { bodyOf, EVENT_COLUMNS, type EventColumns, type EventRow, toEvent } from './event-body.ts'
import type { DecisionKind, HandledEvent, InboxRepository } from './ports.ts'

type HistoryRow = EventColumns & {
  seq: number
  decision: string | null
  reason: string | null
  rule: string | null
  body: string | null
}

const INSERT = `INSERT INTO inbox (account, id, kind, chat, contact, at, received_at, message_id, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`
const SAVE_CURSOR = `INSERT INTO cursors (account, generation, value) VALUES (?, ?, ?)
  ON CONFLICT (account) DO UPDATE SET generation = excluded.generation, value = excluded.value`
const UNHANDLED = `SELECT ${EVENT_COLUMNS} FROM inbox WHERE account = ? AND is_handled = 0 ORDER BY seq LIMIT ?`
const RECENT = `SELECT seq, decision, reason, rule, ${EVENT_COLUMNS} FROM inbox
  WHERE account = ? AND is_handled = 1 AND seq < ? ORDER BY seq DESC LIMIT ?`

/** The chat and the person an event is about; null where it has none. */
export function placeOf(event: Event): { readonly chat: string | null; readonly contact: string | null } {
  return {
    chat: 'chat' in event ? event.chat.key : null,
    contact: 'sender' in event ? (event.sender?.key ?? null) : null,
  }
}

/** The columns of an event. */
export function columnsOf(event: Event): EventColumns {
  const { account, id, kind, at, receivedAt, messageId } = event
  return { account, id, kind, at, ...placeOf(event), received_at: receivedAt, message_id: messageId }
}

function toHistory(row: HistoryRow): HandledEvent {
  return {
    seq: row.seq,
    id: asId(row.id),
    kind: row.kind as Event['kind'],
    chat: row.chat === null ? null : asId(row.chat),
    at: row.at,
    decision: row.decision as DecisionKind | null,
    reason: row.reason as SuppressReason | null,
    rule: row.rule === null ? null : asId(row.rule),
    event: row.body === null ? null : toEvent({ ...row, body: row.body }),
  }
}

/** Events and cursors. */
export function inboxRepository(db: Database): InboxRepository {
  const insert = db.prepare(INSERT)
  const saveCursor = db.prepare(SAVE_CURSOR)
  const cursor = db.prepare<{ generation: number; value: string }>(
    'SELECT generation, value FROM cursors WHERE account = ?',
  )
  const unhandled = db.prepare<EventRow>(UNHANDLED)
  const count = db.prepare<{ n: number }>(
    'SELECT count(*) AS n FROM inbox WHERE account = ? AND is_handled = 0',
  )
  const find = db.prepare<EventRow>(`SELECT ${EVENT_COLUMNS} FROM inbox WHERE id = ? AND body IS NOT NULL`)
  const recent = db.prepare<HistoryRow>(RECENT)

  return {
    insert(event) {
      const columns = columnsOf(event)
      const { account, id, kind, chat, contact, at, received_at, message_id } = columns
      const body = bodyOf(event, columns)
      return insert.run(account, id, kind, chat, contact, at, received_at, message_id, body).changes > 0
    },
    saveCursor({ account, generation, value }: Cursor) {
      if (value !== '') saveCursor.run(account, generation, value)
    },
    cursor(account) {
      const row = cursor.get(account)
      return row === undefined ? null : { account, generation: row.generation, value: row.value }
    },
    unhandled: (account, limit) => unhandled.all(account, limit).map(toEvent),
    countUnhandled: (account) => count.get(account)?.n ?? 0,
    find(id) {
      const row = find.get(id)
      return row === undefined ? null : toEvent(row)
    },
    recent: (account, limit, beforeSeq = Number.MAX_SAFE_INTEGER) =>
      recent.all(account, beforeSeq, limit).map(toHistory),
  }
}
