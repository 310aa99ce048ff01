import { BUILTIN_RULES } from '../domain/builtin.ts'
import type { SuppressReason } from '../domain/decision.ts'
import type { Event, FlowExpired, ScheduleFired } from '../domain/event.ts'
import type { ChatKey, Instant, RuleId } from '../domain/ids.ts'
import { localTime } from '../domain/local-time.ts'
import type { Policy } from '../domain/policy.ts'
import type { Facts } from './facts.ts'
import { turnsTooFast } from './fast-turns.ts'
import { coreOf, foldKeyword } from './index/fold.ts'
import type { AskableEvent, Subject } from './subject.ts'

/** Why nothing is asked at all. */
export interface Silence {
  readonly reason: SuppressReason
  readonly detail: string
}

/** Notices of the server that concern our sending; answering them would feed a loop. */
const SENDING_NOTICES = new Set(['not-friend', 'rejected', 'rate-limited', 'self-removed'])

/** Who or what wrote: own messages, official accounts, notices, strangers. Null when it may be answered. */
export function silenceByOrigin(event: Event, policy: Policy): Silence | null {
  if (event.kind === 'owner.spoke') {
    return policy.replyToSelf ? null : { reason: 'own-message', detail: '' }
  }
  if (!isAskable(event)) return { reason: 'system-message', detail: event.kind }
  if (event.kind === 'chat.noticed' && SENDING_NOTICES.has(event.topic)) {
    return { reason: 'system-message', detail: event.topic }
  }
  const sender = 'sender' in event ? event.sender : null
  if (event.chat.kind === 'system' || sender?.relation === 'special')
    return { reason: 'system-message', detail: '' }
  if (sender?.relation === 'self' && !policy.replyToSelf) return { reason: 'own-message', detail: '' }
  const isOfficial = event.chat.kind === 'official' || sender?.relation === 'official'
  if (isOfficial && !policy.replyToOfficial) return { reason: 'official-account', detail: '' }
  const isStranger = event.chat.kind === 'private' && sender?.relation === 'stranger'
  const isRequest = event.kind === 'friend.requested'
  return isStranger && !isRequest && !policy.replyToStrangers ? { reason: 'not-a-friend', detail: '' } : null
}

/** True for events that rules can be asked about. */
export function isAskable(event: Event): event is Exclude<AskableEvent, ScheduleFired | FlowExpired> {
  switch (event.kind) {
    case 'message.received':
    case 'owner.spoke':
    case 'message.recalled':
    case 'friend.requested':
    case 'room.member-joined':
    case 'chat.noticed':
      return true
    default:
      return false
  }
}

/** What was imposed on a chat: a pause, a mute, a takeover. */
export function silenceByState(chat: ChatKey, facts: Facts, now: Instant): Silence | null {
  if (facts.isPaused(chat, now)) return { reason: 'paused', detail: '' }
  const mute = facts.mute(chat)
  if (mute === null || mute.until <= now) return null
  return { reason: mute.reason, detail: new Date(Math.min(mute.until, MAX_DATE)).toISOString() }
}

const MAX_DATE = 8.64e15

/** A reaction that the settings ask for before any rule: stop words, hand-over words, a bot on the other side. */
export function builtinReaction(
  subject: Subject,
  policy: Policy,
): { readonly rule: RuleId; readonly matched: string } | null {
  if (subject.event.kind !== 'message.received') return null
  const isAddressed = subject.chat.kind === 'private' || subject.mentions.self
  if (isAddressed && subject.kind === 'text') {
    if (isOneOf(subject, policy.stopWords)) return { rule: BUILTIN_RULES.stop, matched: subject.text }
    if (isOneOf(subject, policy.takeover?.handoverWords ?? [])) {
      return { rule: BUILTIN_RULES.handover, matched: subject.text }
    }
  }
  const { facts, now } = subject
  return turnsTooFast(subject.event, { facts, policy, now })
    ? { rule: BUILTIN_RULES.loop, matched: '' }
    : null
}

function isOneOf(subject: Subject, words: readonly string[]): boolean {
  if (words.length === 0) return false
  const hay = subject.haystack(false)
  const { start, end } = hay.core
  const wanted = foldedWords(words)
  return end - start <= wanted.longest && wanted.words.has(hay.folded.slice(start, end))
}

interface FoldedWords {
  readonly words: ReadonlySet<string>
  readonly longest: number
}

/** Settings live as long as the process, so each list is folded once. */
const foldedLists = new WeakMap<readonly string[], FoldedWords>()

function foldedWords(list: readonly string[]): FoldedWords {
  let folded = foldedLists.get(list)
  if (folded === undefined) {
    const words = list.map((word) => coreOf(foldKeyword(word))).filter((word) => word !== '')
    folded = { words: new Set(words), longest: Math.max(0, ...words.map((word) => word.length)) }
    foldedLists.set(list, folded)
  }
  return folded
}

/** True inside the quiet hours of the settings. */
export function isQuiet(policy: Policy, now: Instant): boolean {
  const { quietHours } = policy
  if (quietHours === null) return false
  const minute = localTime(policy.timezone, now).minuteOfDay
  const { fromMinute, toMinute } = quietHours
  return fromMinute <= toMinute
    ? minute >= fromMinute && minute < toMinute
    : minute >= fromMinute || minute < toMinute
}
