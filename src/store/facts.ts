import type { AccountKey, ChatKey, Instant } from '../domain/ids.ts'
import { asId } from '../domain/ids.ts'
import type { FactWrite } from '../domain/run.ts'
import type { Database } from './database.ts'
import type { FactsRepository, MuteReason } from './ports.ts'

/** A count stops here, so that a flood of hits costs no more than this; no sensible limit is larger. */
export const MAX_COUNTED_INSTANTS = 5000

/** When the time of a saved flow runs out. */
const DEADLINE = "json_extract(state, '$.expiresAt')"

type FlowRow = { chat: string; contact: string; state: string }
type AtRow = { at: number | null }
type MuteRow = { chat: string; until: number; reason: string }
type ActivityRow = { message_at: number | null; reply_at: number | null; owner_at: number | null }

/** Answers for every account; `forAccount` binds one. Sees all that was written before, also in the open transaction. */
export class FactsTable {
  readonly #s: ReturnType<typeof prepareQueries>
  readonly #apply: (account: AccountKey, write: FactWrite) => void
  readonly #db: Database

  constructor(db: Database, apply: (account: AccountKey, write: FactWrite) => void) {
    this.#db = db
    this.#s = prepareQueries(db)
    this.#apply = apply
  }

  forAccount(account: AccountKey): FactsRepository {
    const s = this.#s
    const activity = (chat: string): ActivityRow | undefined => s.chatActivity.get(account, chat)
    return {
      cooldownUntil: (key) => s.cooldown.get(account, key)?.at ?? null,
      hitsSince: (key, since) => s.hits.get(account, key, since)?.at ?? 0,
      remembered: (scope, owner, name, now) =>
        s.remembered.get(account, scope, owner, name, now)?.value ?? null,
      mute(chat) {
        const row = s.mute.get(account, chat)
        return row === undefined ? null : { until: row.until, reason: row.reason as MuteReason }
      },
      isPaused: (chat, now) => s.paused.get(account, chat, now) !== undefined,
      lastMessageAt: (chat) => activity(chat)?.message_at ?? null,
      lastReplyAt: (chat) => activity(chat)?.reply_at ?? null,
      ownerSpokeAt: (chat) => activity(chat)?.owner_at ?? null,
      lastContactAt: (contact) => s.contactActivity.get(account, contact)?.at ?? null,
      flow: (chat, contact) => s.flow.get(account, chat, contact)?.state ?? null,
      expiredFlows: (now, limit) =>
        s.expiredFlows
          .all(account, now, limit)
          .map(({ chat, contact, state }) => ({ chat: asId(chat), contact: asId(contact), state })),
      flowCounts: () => s.flowCounts.all(account),
      nextFlowDeadline: () => s.flowDeadline.get(account)?.at ?? null,
      isRunActive: (rule, chat) => s.runActive.get(account, rule, chat) !== undefined,
      lastSaidAt: (chat) => s.said.get(account, chat)?.at ?? null,
      recentReplies: (chat, limit) => s.replies.all(account, chat, limit),
      recentMessages: (chat, limit): Instant[] =>
        s.messages.all(account, chat, limit).map((row) => row.at ?? 0),
      apply: (writes) =>
        this.#db.transaction(() => {
          for (const write of writes) this.#apply(account, write)
        }),
      mutes: () => s.mutes.all(account).map(toMute),
    }
  }
}

function toMute(row: MuteRow) {
  return { chat: asId<ChatKey>(row.chat), until: row.until, reason: row.reason as MuteReason }
}

function prepareQueries(db: Database) {
  return {
    cooldown: db.prepare<AtRow>('SELECT until AS at FROM cooldowns WHERE account = ? AND key = ?'),
    hits: db.prepare<AtRow>(
      `SELECT sum(n) AS at FROM (SELECT n FROM hits WHERE account = ? AND key = ? AND at >= ?
        LIMIT ${MAX_COUNTED_INSTANTS})`,
    ),
    remembered: db.prepare<{ value: string }>(
      `SELECT value FROM remembered WHERE account = ? AND scope = ? AND owner = ? AND name = ?
        AND (until IS NULL OR until > ?)`,
    ),
    mute: db.prepare<MuteRow>('SELECT chat, until, reason FROM mutes WHERE account = ? AND chat = ?'),
    mutes: db.prepare<MuteRow>('SELECT chat, until, reason FROM mutes WHERE account = ? ORDER BY until DESC'),
    paused: db.prepare(
      "SELECT 1 FROM pauses WHERE account = ? AND chat IN ('', ?) AND coalesce(until > ?, 1) LIMIT 1",
    ),
    chatActivity: db.prepare<ActivityRow>(
      'SELECT message_at, reply_at, owner_at FROM chat_activity WHERE account = ? AND chat = ?',
    ),
    contactActivity: db.prepare<AtRow>(
      'SELECT message_at AS at FROM contact_activity WHERE account = ? AND contact = ?',
    ),
    flow: db.prepare<{ state: string }>(
      'SELECT state FROM flows WHERE account = ? AND chat = ? AND contact = ?',
    ),
    // Only people who are inside a flow have a row, so looking at all of them costs little.
    expiredFlows: db.prepare<FlowRow>(
      `SELECT chat, contact, state FROM flows WHERE account = ? AND ${DEADLINE} <= ? ORDER BY ${DEADLINE} LIMIT ?`,
    ),
    flowCounts: db.prepare<{ flow: string; people: number }>(
      "SELECT json_extract(state, '$.flow') AS flow, count(*) AS people FROM flows WHERE account = ? GROUP BY 1",
    ),
    flowDeadline: db.prepare<AtRow>(`SELECT min(${DEADLINE}) AS at FROM flows WHERE account = ?`),
    runActive: db.prepare(
      'SELECT 1 FROM steps WHERE account = ? AND rule = ? AND chat = ? AND is_open = 1 LIMIT 1',
    ),
    replies: db.prepare<{ text: string; at: number }>(
      `SELECT text, coalesce(tried_at, born_at) AS at FROM steps WHERE account = ? AND target = ? AND effect = 'reply'
        AND text IS NOT NULL ORDER BY seq DESC LIMIT ?`,
    ),
    said: db.prepare<AtRow>(
      `SELECT tried_at AS at FROM steps WHERE account = ? AND target = ? AND effect = 'reply'
        AND text IS NOT NULL AND tried_at IS NOT NULL ORDER BY seq DESC LIMIT 1`,
    ),
    messages: db.prepare<AtRow>(
      `SELECT at FROM inbox WHERE account = ? AND chat = ? AND is_handled = 1 AND kind = 'message.received'
        ORDER BY seq DESC LIMIT ?`,
    ),
  }
}
