import { type AccountKey, asId, type ChatKey, type StepId } from '../domain/ids.ts'
import type { Clock } from '../support/clock.ts'
import type { Ages } from './age.ts'
import type { Database } from './database.ts'
import { echoMatcher } from './echo.ts'
import { outboxCommands } from './outbox-commands.ts'
import type { OutboxRepository, Silence, StepChange, StepRow } from './outbox-ports.ts'
import { isOpen, SELECT_STEP, type StepRecord, splitStepId, toColumns, toStep } from './step-rows.ts'

const HEAD = `${SELECT_STEP} WHERE s.account = ? AND s.chat = ? AND s.is_open = 1
  ORDER BY s.run_seq, s.position LIMIT 1`
const FIND = `${SELECT_STEP} WHERE r.id = ? AND s.position = ?`
const LIST = `${SELECT_STEP} WHERE s.account = ? AND s.state = ? ORDER BY s.seq DESC LIMIT ?`
/** Walks the index from chat to chat instead of through every waiting step. */
const ACTIVE_CHATS = `WITH RECURSIVE lane (chat) AS (
  SELECT min(chat) FROM steps WHERE account = ?1 AND is_open = 1
  UNION ALL SELECT (SELECT min(chat) FROM steps WHERE account = ?1 AND is_open = 1 AND chat > lane.chat)
  FROM lane WHERE lane.chat IS NOT NULL)
  SELECT chat FROM lane WHERE chat IS NOT NULL`
const SAVE = `UPDATE steps SET state = ?3, at = ?4, attempt = coalesce(?5, attempt), generation = coalesce(?6, generation),
  reason = ?7, detail = ?8, message_id = coalesce(?9, message_id), is_open = ?10,
  client_msg_id = iif(?11, ?12, client_msg_id), id_generation = iif(?11, ?13, id_generation),
  target = coalesce(?14, target), tried_at = iif(?3 = 'sending', ?15, tried_at),
  ended_at = iif(?10, NULL, ?15), echo_message_id = iif(?3 = 'sending', '', echo_message_id)
  WHERE run_seq = (SELECT seq FROM runs WHERE id = ?1) AND position = ?2`
const RECOVER_PROVEN = `UPDATE steps SET state = 'sent', ended_at = ?2, is_open = 0,
  message_id = iif(echo_message_id = 'echo', '', echo_message_id)
  WHERE account = ?1 AND state = 'sending' AND echo_message_id <> ''`
/** at stays: an unknown outcome is as old as its attempt. An attempt that our own end cut off is not counted: it says nothing of the server. */
const RECOVER = `UPDATE steps SET state = 'uncertain', detail = 'stopped while sending', attempt = max(0, attempt - 1)
  WHERE account = ?1 AND state = 'sending'`
const MUTED = `SELECT reason FROM mutes WHERE account = ? AND chat = ? AND until > ? AND after_run >= ?`
const LAST_ID = 'last-client-msg-id'

/** Steps and all that is asked about them. */
export function outboxRepository(db: Database, clock: Clock, ages: Ages): OutboxRepository {
  const read = stepReader(db, ages)
  const write = stepWriter(db)
  const recoverProven = db.prepare(RECOVER_PROVEN)
  const recover = db.prepare(RECOVER)
  const sentSince = db.prepare<{ chat: string; at: number }>(
    'SELECT chat, tried_at AS at FROM steps WHERE account = ? AND tried_at >= ? ORDER BY tried_at',
  )

  function expire(account: AccountKey, chat: ChatKey, now: number, limit: number): StepId[] {
    const expired: StepId[] = []
    for (let head = read.head(account, chat); head !== null; head = read.head(account, chat)) {
      if (expired.length >= limit || !isOver(head)) break
      write({ id: head.id, delivery: { kind: 'expired', at: now } }, now)
      expired.push(head.id)
    }
    return expired
  }

  return {
    ...read,
    save: write,
    recoverSending: (account, now) =>
      db.transaction(() => recoverProven.run(account, now).changes + recover.run(account).changes),
    expire: (account, chat, now, limit) => db.transaction(() => expire(account, chat, now, limit)),
    silence: silencer(db, read.find),
    sentSince: (account, since) =>
      sentSince.all(account, since).map((row) => ({ chat: asId<ChatKey>(row.chat), at: row.at })),
    ...idKeeper(db),
    matchEcho: echoMatcher(db, ages, () => clock.now()),
    ...outboxCommands(db, ages, read.find),
  }
}

/** True when a waiting step is older than its time to live. What may be out already is never judged by age here. */
function isOver({ delivery, ageMs, createdAt, expiresAt }: StepRow): boolean {
  const isWaiting = delivery.kind === 'ready' || delivery.kind === 'retry'
  return isWaiting && ageMs >= expiresAt - createdAt
}

function stepReader(db: Database, ages: Ages) {
  const activeChats = db.prepare<{ chat: string }>(ACTIVE_CHATS)
  const head = db.prepare<StepRecord>(HEAD)
  const find = db.prepare<StepRecord>(FIND)
  const list = db.prepare<StepRecord>(LIST)
  const read = (row: StepRecord | undefined): StepRow | null =>
    row === undefined
      ? null
      : toStep(row, ages.ageMs({ bornAt: row.born_at, bornMono: row.born_mono, epoch: row.epoch }))

  return {
    activeChats: (account: AccountKey) => activeChats.all(account).map((row) => asId<ChatKey>(row.chat)),
    head: (account: AccountKey, chat: ChatKey) => read(head.get(account, chat)),
    find(id: StepId) {
      const { run, position } = splitStepId(id)
      return read(find.get(run, position))
    },
    list: (account: AccountKey, kind: string, limit: number) =>
      list.all(account, kind, limit).flatMap((row) => read(row) ?? []),
  }
}

function stepWriter(db: Database): (change: StepChange, now: number) => void {
  const save = db.prepare(SAVE)
  return ({ id, delivery, clientMsgId, idGeneration, resolvedChat }, now) => {
    const { run, position } = splitStepId(id)
    const { state, at, attempt, generation, reason, detail, messageId } = toColumns(delivery)
    const setsId = clientMsgId === undefined ? 0 : 1
    save.run(
      ...[run, position, state, at, attempt, generation, reason, detail, messageId],
      ...[isOpen(state) ? 1 : 0, setsId, clientMsgId ?? null, idGeneration ?? null],
      ...[resolvedChat ?? null, now],
    )
  }
}

function silencer(
  db: Database,
  find: (id: StepId) => StepRow | null,
): (id: StepId, now: number) => Silence | null {
  const paused = db.prepare(
    "SELECT 1 FROM pauses WHERE account = ? AND chat IN ('', ?) AND coalesce(until > ?, 1) LIMIT 1",
  )
  const muted = db.prepare<{ reason: string }>(MUTED)
  return (id, now) => {
    const step = find(id)
    if (step === null || step.isForced) return null
    const { account, chat, effect, runSeq } = step
    const target = effect?.kind === 'send' ? effect.to : chat
    // What the daemon has to say to its owner is no automatic reply; a pause must not swallow its own reason.
    if (target === 'owner') return null
    if (paused.get(account, target, now) !== undefined) return 'paused'
    const row = muted.get(account, target, now, runSeq)
    if (row === undefined) return null
    return row.reason === 'takeover' ? 'takeover' : 'muted'
  }
}

function idKeeper(db: Database) {
  const last = db.prepare<{ value: string }>('SELECT value FROM meta WHERE key = ?')
  const keep = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
  return {
    lastClientMsgId: () => last.get(LAST_ID)?.value ?? '',
    useClientMsgId: (id: string) => {
      keep.run(LAST_ID, id)
    },
  }
}
