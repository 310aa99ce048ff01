import type { AccountKey } from '../domain/ids.ts'
import type { FactWrite } from '../domain/run.ts'
import { assertNever } from '../support/assert-never.ts'
import type { Clock } from '../support/clock.ts'
import type { Database } from './database.ts'

const COOLDOWN = `INSERT INTO cooldowns (account, key, until) VALUES (?, ?, ?)
  ON CONFLICT (account, key) DO UPDATE SET until = excluded.until`
const HIT = `INSERT INTO hits (account, key, at, n, keep_until) VALUES (?, ?, ?, 1, ?)
  ON CONFLICT (account, key, at) DO UPDATE SET n = n + 1, keep_until = max(keep_until, excluded.keep_until)`
const REMEMBER = `INSERT INTO remembered (account, scope, owner, name, value, until, updated_at)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (account, scope, owner, name) DO UPDATE
  SET value = excluded.value, until = excluded.until, updated_at = excluded.updated_at`
/** Keeps the newest names of an owner; the one just written is always among them. */
const EVICT = `DELETE FROM remembered WHERE account = ?1 AND scope = ?2 AND owner = ?3 AND name IN (
  SELECT name FROM remembered WHERE account = ?1 AND scope = ?2 AND owner = ?3
  ORDER BY name = ?5 DESC, updated_at DESC LIMIT -1 OFFSET ?4)`
/** sqlite_sequence remembers the newest run even after it was purged. */
const MUTE = `INSERT INTO mutes (account, chat, until, reason, after_run)
  VALUES (?, ?, ?, ?, coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'runs'), 0))
  ON CONFLICT (account, chat) DO UPDATE
  SET until = excluded.until, reason = excluded.reason, after_run = excluded.after_run`
/** What may be on the wire, or may have been, is left alone. */
const CANCEL = `UPDATE steps SET state = 'cancelled', reason = 'dropped', at = ?4, ended_at = ?4, is_open = 0
  WHERE account = ?1 AND rule = ?2 AND chat = ?3 AND is_open = 1 AND state IN ('ready', 'retry')`
const FLOW = `INSERT INTO flows (account, chat, contact, state, updated_at) VALUES (?, ?, ?, ?, ?)
  ON CONFLICT (account, chat, contact) DO UPDATE SET state = excluded.state, updated_at = excluded.updated_at`

export interface FactWriteOptions {
  readonly clock: Clock
  /** Remembered values per owner. */
  readonly maxKeysPerOwner: number
}

/** Prepares the writing of facts; the returned function joins the open transaction. */
export function factWriter(
  db: Database,
  { clock, maxKeysPerOwner }: FactWriteOptions,
): (account: AccountKey, write: FactWrite) => void {
  const cooldown = db.prepare(COOLDOWN)
  const hit = db.prepare(HIT)
  const forgetHits = db.prepare('DELETE FROM hits WHERE account = ? AND key = ? AND at < ?')
  const remember = db.prepare(REMEMBER)
  const evict = db.prepare(EVICT)
  const forget = db.prepare(
    'DELETE FROM remembered WHERE account = ? AND scope = ? AND owner = ? AND name = ?',
  )
  const mute = db.prepare(MUTE)
  const unmute = db.prepare('DELETE FROM mutes WHERE account = ? AND chat = ?')
  const cancel = db.prepare(CANCEL)
  const flow = db.prepare(FLOW)
  const endFlow = db.prepare('DELETE FROM flows WHERE account = ? AND chat = ? AND contact = ?')

  return (account, write) => {
    switch (write.kind) {
      case 'cooldown':
        cooldown.run(account, write.key, write.until)
        return
      case 'count':
        hit.run(account, write.key, write.at, write.at + write.keepMs)
        forgetHits.run(account, write.key, write.at - write.keepMs)
        return
      case 'remember': {
        const { scope, owner, name } = write
        remember.run(account, scope, owner, name, write.value, write.until, clock.now())
        evict.run(account, scope, owner, maxKeysPerOwner, name)
        return
      }
      case 'forget':
        forget.run(account, write.scope, write.owner, write.name)
        return
      case 'mute':
        mute.run(account, write.chat, write.until, write.reason)
        return
      case 'unmute':
        unmute.run(account, write.chat)
        return
      case 'cancel':
        cancel.run(account, write.rule, write.chat, clock.now())
        return
      case 'flow':
        if (write.state === null) endFlow.run(account, write.chat, write.contact)
        else flow.run(account, write.chat, write.contact, write.state, clock.now())
        return
      default:
        assertNever(write)
    }
  }
}
