import { type AccountKey, asId, type ChatKey, type RunId, stepId } from '../domain/ids.ts'
import type { Ages } from './age.ts'
import type { Database } from './database.ts'
import type { EchoMatch } from './outbox-ports.ts'
import { textKey } from './text-key.ts'

/** An echo that comes later than this after its send is not looked for by text any more, only by its server id. */
export const ECHO_WINDOW_MS = 10 * 60_000

type Said = {
  seq: number
  run_id: string
  position: number
  state: string
  born_at: number
  born_mono: number
  epoch: string
}

const BY_MESSAGE = `SELECT s.seq, r.id AS run_id, s.position FROM steps s JOIN runs r ON r.seq = s.run_seq
  WHERE s.account = ?1 AND s.message_id = ?2 AND s.message_id <> ''
  UNION ALL SELECT s.seq, r.id, s.position FROM echoes e JOIN steps s ON s.seq = e.step_seq
  JOIN runs r ON r.seq = s.run_seq WHERE e.account = ?1 AND e.message_id = ?2 LIMIT 1`

/**
 * Steps with this text that an unknown message of ours may be the echo of. What was sent under a known server id has
 * had its echo, unless it was sent more than once or is not known to have been answered: then each attempt may have one.
 */
const CANDIDATES = `SELECT s.seq, r.id AS run_id, s.position, s.state, s.born_at, s.born_mono, s.epoch
  FROM steps s JOIN runs r ON r.seq = s.run_seq
  WHERE s.account = ?1 AND s.target = ?2 AND s.text_key = ?3 AND (
    s.state IN ('sending', 'uncertain') OR (s.state = 'held' AND s.reason = 'uncertain')
    OR (s.state = 'sent' AND (s.message_id = '' OR s.attempt > 1)))
  AND (SELECT count(*) FROM echoes e WHERE e.step_seq = s.seq) < max(s.attempt, 1)
  ORDER BY s.state IN ('sending', 'uncertain') DESC, s.seq LIMIT 20`

const SETTLE = `UPDATE steps SET state = 'sent', at = ?2, ended_at = ?2, is_open = 0, message_id = ?3, reason = '',
  detail = '' WHERE seq = ?1`

/**
 * Recognises our own words when they come back in the server's stream. An echo proves that its step was sent: a step of
 * unknown outcome becomes `sent`; one whose answer is still awaited remembers the proof, for its answer or a crash.
 */
export function echoMatcher(
  db: Database,
  ages: Ages,
  now: () => number,
): (account: AccountKey, chat: ChatKey, text: string, messageId: string) => EchoMatch {
  const byMessage = db.prepare<{ seq: number; run_id: string; position: number }>(BY_MESSAGE)
  const candidates = db.prepare<Said>(CANDIDATES)
  const settle = db.prepare(SETTLE)
  const prove = db.prepare('UPDATE steps SET echo_message_id = ? WHERE seq = ?')
  const remember = db.prepare('INSERT OR IGNORE INTO echoes (account, message_id, step_seq) VALUES (?, ?, ?)')

  function record(account: AccountKey, said: Said, messageId: string): void {
    if (messageId !== '') remember.run(account, messageId, said.seq)
    if (said.state === 'sending') prove.run(messageId === '' ? 'echo' : messageId, said.seq)
    else if (said.state !== 'sent') settle.run(said.seq, now(), messageId)
  }

  return (account, chat, text, messageId) =>
    db.transaction(() => {
      const known = messageId === '' ? undefined : byMessage.get(account, messageId)
      if (known !== undefined) return echoOf(known)
      const said = candidates
        .all(account, chat, textKey(text))
        .find((row) => ages.ageMs(birthOf(row)) <= ECHO_WINDOW_MS)
      if (said === undefined) return { kind: 'owner' }
      record(account, said, messageId)
      return echoOf(said)
    })
}

function birthOf(row: Said) {
  return { bornAt: row.born_at, bornMono: row.born_mono, epoch: row.epoch }
}

function echoOf(row: { run_id: string; position: number }): EchoMatch {
  return { kind: 'echo', step: stepId(asId<RunId>(row.run_id), row.position) }
}
