import { asId, type EventId, type Instant } from '../domain/ids.ts'
import type { Database } from './database.ts'

/** One thing the bot said, or meant to say, and why. Kept longer than the words themselves. */
export interface AuditLine {
  readonly event: EventId
  readonly ruleName: string
  /** Of the rules that decided; null when a person or the daemon itself spoke. */
  readonly rulesVersion: string | null
  readonly position: number
  readonly effect: string
  readonly state: string
  readonly reason: string
  readonly at: Instant
  /** '' before the first attempt. */
  readonly clientMsgId: string
  /** The server's id; '' until it is known. */
  readonly messageId: string
}

type Row = Omit<AuditLine, 'event' | 'clientMsgId'> & { event: string; clientMsgId: string | null }

const LINES = `SELECT r.event, r.rule_name AS ruleName, r.rules_version AS rulesVersion, s.position, s.effect, s.state,
  s.reason, s.at, s.client_msg_id AS clientMsgId, s.message_id AS messageId
  FROM steps s JOIN runs r ON r.seq = s.run_seq
  WHERE r.event = ?1 OR r.message_id = ?1 OR s.message_id = ?1 OR s.client_msg_id = ?1 ORDER BY s.seq LIMIT 100`
const EVENT = 'SELECT id FROM inbox WHERE id = ?1 OR message_id = ?1 ORDER BY seq DESC LIMIT 1'

/** What is known under an id: of an event, of a message as the server names it, or of one of our sends. */
export interface Audit {
  readonly event: EventId | null
  readonly lines: readonly AuditLine[]
}

/** Reads whole tables: a person's question, never a message's. */
export function auditOf(db: Database, id: string): Audit {
  if (id === '') return { event: null, lines: [] }
  const lines = db
    .prepare<Row>(LINES)
    .all(id)
    .map((row) => ({ ...row, event: asId<EventId>(row.event), clientMsgId: row.clientMsgId ?? '' }))
  const found = lines[0]?.event ?? db.prepare<{ id: string }>(EVENT).get(id)?.id
  return { event: found === undefined ? null : asId(found), lines }
}
