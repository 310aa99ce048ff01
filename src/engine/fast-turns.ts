import type { MessageReceived } from '../domain/event.ts'
import { fastTurnKey, slowTurnKey } from '../domain/fact-keys.ts'
import type { ChatKey, Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import type { FactWrite } from '../domain/run.ts'
import type { Facts } from './facts.ts'

/** Nobody types faster than this; our own replies take half the time. */
const TYPING_MS_PER_CHARACTER = 120
/** Turns in a row lie close together; a conversation of machines is over long before. */
const KEPT_MS = 3_600_000
const ROW_MS = 10 * 60_000
/** Lines that are taken together may be decided so long after the first of them came. */
const ONE_TURN_MS = 120_000

interface Look {
  readonly facts: Facts
  readonly policy: Policy
  readonly now: Instant
}

/** The first message behind our words, and whether it came faster than a person can read and type. */
interface Turn {
  readonly isFast: boolean
  readonly at: Instant
}

/**
 * A message is a turn when nothing of the chat came since we last said something there. All that follows up to our next
 * words belongs to the same turn, and so does what we have not said yet: people write several lines in a row, and so do
 * machines. What counts is when it came, not when it was decided. Rooms are left out, since many people write there.
 */
function turnOf(event: MessageReceived, { facts, policy, now }: Look): Turn | null {
  const limit = policy.loopBreaker?.fastTurns
  const { chat, content } = event
  if (limit == null || chat.kind !== 'private') return null
  const said = facts.lastSaidAt(chat.key)
  const at = arrivalOf(event, now)
  if (said === null || said > at || isAnswered(chat.key, said, facts)) return null
  const fastestMs = limit.fasterThanMs + TYPING_MS_PER_CHARACTER * Array.from(content.text).length
  return { isFast: at - said < fastestMs, at: Math.max(at, said + 1) }
}

function arrivalOf({ receivedAt }: MessageReceived, now: Instant): Instant {
  return Math.min(now, receivedAt)
}

function isAnswered(chat: ChatKey, said: Instant, facts: Facts): boolean {
  return slowTurnAt(chat, facts) > said || facts.hitsSince(fastTurnKey(chat), said + 1) > 0
}

function slowTurnAt(chat: ChatKey, facts: Facts): Instant {
  return (facts.cooldownUntil(slowTurnKey(chat)) ?? Number.NEGATIVE_INFINITY) - KEPT_MS
}

/** What is remembered of a message as a turn. */
export function turnWrites(event: MessageReceived, look: Look): readonly FactWrite[] {
  const turn = turnOf(event, look)
  if (turn === null) return []
  const { key } = event.chat
  return turn.isFast
    ? [{ kind: 'count', key: fastTurnKey(key), at: turn.at, keepMs: KEPT_MS }]
    : [{ kind: 'cooldown', key: slowTurnKey(key), until: turn.at + KEPT_MS }]
}

/** True when the latest turns in a row, this one included, were all too fast. */
export function turnsTooFast(event: MessageReceived, look: Look): boolean {
  const { facts, policy, now } = look
  const limit = policy.loopBreaker?.fastTurns
  const { chat } = event
  const said = facts.lastSaidAt(chat.key)
  if (limit == null || said === null || chat.kind !== 'private') return false
  const isFast = turnOf(event, look)?.isFast === true
  const at = arrivalOf(event, now)
  // Of lines that are taken together the first one is the turn, and it was counted before.
  const isCounted = !isFast && at - said < ONE_TURN_MS && facts.hitsSince(fastTurnKey(chat.key), said + 1) > 0
  if (!isFast && !isCounted) return false
  const since = Math.max(slowTurnAt(chat.key, facts) + 1, at - ROW_MS)
  return facts.hitsSince(fastTurnKey(chat.key), since) + (isFast ? 1 : 0) >= limit.max
}
