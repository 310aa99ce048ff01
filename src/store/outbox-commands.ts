import { type AccountKey, asId, type ChatKey, type Instant, type StepId } from '../domain/ids.ts'
import type { Delivery, DeliveryKind } from '../domain/run.ts'
import type { Ages } from './age.ts'
import type { Database } from './database.ts'
import type { OutboxRepository, StepRow } from './outbox-ports.ts'
import { splitStepId } from './step-rows.ts'

type Count = { state: string; reason: string; n: number }

/** States whose steps are few or need a person, so that their reasons are counted too. */
const REASONED = "('held', 'cancelled', 'dead')"
const COUNTS = `SELECT state, '' AS reason, count(*) AS n FROM steps WHERE account = ?1 GROUP BY state
  UNION ALL SELECT state, reason, count(*) FROM steps WHERE account = ?1 AND state IN ${REASONED}
  GROUP BY state, reason`
const DROP = `UPDATE steps SET state = 'cancelled', reason = 'dropped', at = ?3, ended_at = ?3, is_open = 0
  WHERE run_seq = (SELECT seq FROM runs WHERE id = ?1) AND position = ?2`
const RELEASE = `UPDATE steps SET state = 'ready', reason = '', detail = '', at = ?3, attempt = 0, is_open = 1,
  is_forced = 1, client_msg_id = NULL, id_generation = NULL, ended_at = NULL, delay_kind = 'none', delay_ms = 0,
  born_at = ?3, born_mono = ?4, epoch = ?5, ttl_ms = ?6
  WHERE run_seq = (SELECT seq FROM runs WHERE id = ?1) AND position = ?2`

type Commands = Pick<OutboxRepository, 'counts' | 'drop' | 'sendNow' | 'setPaused' | 'paused'>

/** True while a person may still decide about a step: nothing of it is on the wire and it is not settled. */
function isUndecided(delivery: Delivery): boolean {
  const { kind } = delivery
  return kind === 'held' || kind === 'uncertain' || kind === 'ready' || kind === 'retry'
}

/** What a person at the console may ask for. */
export function outboxCommands(db: Database, ages: Ages, find: (id: StepId) => StepRow | null): Commands {
  const counts = db.prepare<Count>(COUNTS)
  const drop = db.prepare(DROP)
  const release = db.prepare(RELEASE)

  function ifUndecided(id: StepId, act: (run: string, position: number) => void): boolean {
    return db.transaction(() => {
      const step = find(id)
      if (step === null || step.effect === null || !isUndecided(step.delivery)) return false
      const { run, position } = splitStepId(id)
      act(run, position)
      return true
    })
  }

  return {
    counts(account) {
      const result = new Map<DeliveryKind | `${DeliveryKind}:${string}`, number>()
      for (const { state, reason, n } of counts.all(account)) {
        const kind = state as DeliveryKind
        result.set(reason === '' ? kind : `${kind}:${reason}`, n)
      }
      return result
    },
    drop: (id, now) => ifUndecided(id, (run, position) => drop.run(run, position, now)),
    sendNow: (id, now, ttlMs) =>
      ifUndecided(id, (run, position) => {
        const { bornMono, epoch } = ages.birth(now)
        release.run(run, position, now, bornMono, epoch, ttlMs)
      }),
    ...pauses(db),
  }
}

function pauses(db: Database): Pick<Commands, 'setPaused' | 'paused'> {
  const pause = db.prepare(`INSERT INTO pauses (account, chat, since, until) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET until = excluded.until`)
  const resume = db.prepare('DELETE FROM pauses WHERE account = ? AND chat = ?')
  const paused = db.prepare<{ chat: string; since: number; until: number | null }>(
    'SELECT chat, since, until FROM pauses WHERE account = ? ORDER BY chat',
  )
  return {
    setPaused(
      account: AccountKey,
      chat: ChatKey | null,
      isPaused: boolean,
      now: Instant,
      until: Instant | null = null,
    ) {
      if (isPaused) pause.run(account, chat ?? '', now, until)
      else resume.run(account, chat ?? '')
    },
    paused: (account) =>
      paused.all(account).map(({ chat, since, until }) => ({
        chat: chat === '' ? null : asId<ChatKey>(chat),
        since,
        until,
      })),
  }
}
