import { InvariantError } from '../domain/errors.ts'
import type { Event } from '../domain/event.ts'
import type { AccountKey } from '../domain/ids.ts'
import type { FactWrite, PlannedStep, Run } from '../domain/run.ts'
import type { Clock } from '../support/clock.ts'
import type { Ages } from './age.ts'
import type { Database } from './database.ts'
import { bodyOf } from './event-body.ts'
import { columnsOf } from './inbox.ts'
import type { DecisionCommit, DecisionsRepository } from './ports.ts'
import { effectColumns } from './step-rows.ts'
import { textKey } from './text-key.ts'
import type { TraceTable } from './traces.ts'

const HANDLE = `UPDATE inbox SET is_handled = 1, decision = ?, reason = ?, rule = ?, rules_version = ?, handled_at = ?
  WHERE id = ? AND is_handled = 0 RETURNING seq`
const KEEP = 'UPDATE inbox SET body = ? WHERE seq = ?'
const ADD_RUN = `INSERT INTO runs (id, account, event, message_id, rule, rule_name, rules_version, chat, created_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`
const ADD_STEP = `INSERT INTO steps (run_seq, position, account, chat, rule, effect, target, text, text_key,
  delay_kind, delay_ms, on_uncertain, state, at, born_at, born_mono, epoch, ttl_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?)`
const TOUCH_CHAT = `INSERT INTO chat_activity (account, chat, message_at, reply_at, owner_at, updated_at)
  VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, chat) DO UPDATE SET
  message_at = coalesce(max(message_at, excluded.message_at), message_at, excluded.message_at),
  reply_at = coalesce(excluded.reply_at, reply_at),
  owner_at = coalesce(excluded.owner_at, owner_at),
  updated_at = excluded.updated_at`
const TOUCH_CONTACT = `INSERT INTO contact_activity (account, contact, message_at, updated_at) VALUES (?, ?, ?, ?)
  ON CONFLICT (account, contact) DO UPDATE SET
  message_at = max(message_at, excluded.message_at), updated_at = excluded.updated_at`

export interface DecisionsOptions {
  readonly clock: Clock
  readonly ages: Ages
  readonly traces: TraceTable
  readonly writeFact: (account: AccountKey, write: FactWrite) => void
}

/** Commits decisions: everything that follows from one event, or nothing. */
export function decisionsRepository(db: Database, options: DecisionsOptions): DecisionsRepository {
  const { clock, traces, writeFact } = options
  const handle = db.prepare<{ seq: number }>(HANDLE)
  const keep = db.prepare(KEEP)
  const isKnown = db.prepare('SELECT 1 FROM inbox WHERE id = ?')
  const addRun = runAdder(db, options.ages)
  const touch = activityWriter(db)

  function commit({
    event,
    kept = event,
    decision,
    trace,
    runs,
    writes,
    isEcho = false,
  }: DecisionCommit): boolean {
    const now = clock.now()
    const version = trace?.rulesVersion ?? null
    const { kind, reason, rule } = decision
    const row = handle.get(kind, reason, rule, version, now, event.id)
    if (row === undefined) {
      if (isKnown.get(event.id) !== undefined) return false
      throw new InvariantError('a decision about an event that was never accepted', { event: event.id })
    }
    if (kept !== event) keep.run(bodyOf(kept, columnsOf(kept)), row.seq)
    if (trace !== null) traces.add(row.seq, now, trace)
    // Silences first: they concern earlier runs only (see the table of mutes).
    for (const write of writes) writeFact(event.account, write)
    for (const run of runs) addRun(run, event, version)
    touch(event, { runs, isEcho, now })
    return true
  }

  return { commit: (decision) => db.transaction(() => commit(decision)) }
}

function runAdder(db: Database, ages: Ages): (run: Run, event: Event, version: string | null) => void {
  const add = db.prepare(ADD_RUN)
  const addStep = db.prepare(ADD_STEP)

  function insertStep(runSeq: number, run: Run, step: PlannedStep, position: number, waitsMs: number) {
    const { kind, target } = effectColumns(step.effect)
    const { text } = step.effect
    const delayMs = step.delay.kind === 'fixed' ? step.delay.ms : 0
    const { bornAt, bornMono, epoch } = ages.birth(run.createdAt)
    const ttlMs = run.expiresAt - run.createdAt + waitsMs
    const { account, chat, rule, createdAt } = run
    addStep.run(
      ...[runSeq, position, account, chat, rule, kind, target, text, textKey(text)],
      ...[step.delay.kind, delayMs, step.onUncertain, createdAt, bornAt, bornMono, epoch, ttlMs],
    )
  }

  return (run, event, version) => {
    const { id, account, rule, ruleName, chat, createdAt } = run
    const { messageId } = event
    const { changes, rowId } = add.run(
      id,
      account,
      run.event,
      messageId,
      rule,
      ruleName,
      version,
      chat,
      createdAt,
    )
    if (changes === 0) return
    let waitsMs = 0
    for (const [position, step] of run.steps.entries()) {
      // A planned wait is not staleness: it does not eat into the time to live of what follows.
      if (step.delay.kind === 'fixed') waitsMs += step.delay.ms
      insertStep(rowId, run, step, position, waitsMs)
    }
  }
}

interface Touch {
  readonly runs: readonly Run[]
  readonly isEcho: boolean
  readonly now: number
}

function activityWriter(db: Database): (event: Event, touch: Touch) => void {
  const touchChat = db.prepare(TOUCH_CHAT)
  const touchContact = db.prepare(TOUCH_CONTACT)
  return (event, { runs, isEcho, now }) => {
    const { account } = event
    if (event.kind === 'message.received') {
      touchChat.run(account, event.chat.key, event.at, null, null, now)
      touchContact.run(account, event.sender.key, event.at, now)
    }
    if (event.kind === 'owner.spoke' && !isEcho) {
      touchChat.run(account, event.chat.key, null, null, event.at, now)
    }
    for (const [chat, at] of repliedChats(runs)) touchChat.run(account, chat, null, at, null, now)
  }
}

/** The chats that are replied to, with the moment of that decision. */
function repliedChats(runs: readonly Run[]): ReadonlyMap<string, number> {
  return new Map(
    runs.flatMap((run) =>
      run.steps.flatMap(({ effect }) =>
        effect.kind === 'reply' ? [[effect.chat, run.createdAt] as const] : [],
      ),
    ),
  )
}
