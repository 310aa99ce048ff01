import type { ChatKey, ContactKey, Instant, RuleId } from '../domain/ids.ts'

/**
 * What a rule may ask about the world, read-only. All answers are as of the moment before the event being decided:
 * the event itself is not counted yet. `store` satisfies it; tests and `try` use an in-memory one.
 */
export interface Facts {
  /** When the cooldown `key` ends; null when none was ever set. May lie in the past. */
  cooldownUntil(key: string): Instant | null
  /** Hits of counter `key` at or after `since`. */
  hitsSince(key: string, since: Instant): number
  /** A remembered value that has not run out at `now`; null when there is none. */
  remembered(scope: 'contact' | 'chat' | 'global', owner: string, name: string, now: Instant): string | null
  /** The silence imposed on a chat; null when none. May lie in the past. */
  mute(
    chat: ChatKey,
  ): { readonly until: Instant; readonly reason: 'takeover' | 'muted' | 'stop-words' | 'loop-breaker' } | null
  /** True while the owner paused the bot, everywhere or in this chat. */
  isPaused(chat: ChatKey, now: Instant): boolean
  /** The last message of anybody else in this chat. */
  lastMessageAt(chat: ChatKey): Instant | null
  /** The last message of this person, in any chat. */
  lastContactAt(contact: ContactKey): Instant | null
  /** When we last decided to reply in this chat. */
  lastReplyAt(chat: ChatKey): Instant | null
  /** When the owner last wrote in this chat from the phone. */
  ownerSpokeAt(chat: ChatKey): Instant | null
  /** The saved flow state of this person in this chat (JSON text of the engine's own making). */
  flow(chat: ChatKey, contact: ContactKey): string | null
  /** True while a run of this rule for this chat has steps that are not finished. */
  isRunActive(rule: RuleId, chat: ChatKey): boolean
  /** When a reply of ours last really went out to this chat; one that still waits has not been said. */
  lastSaidAt(chat: ChatKey): Instant | null
  /** Our latest replies in this chat, newest first, at most `limit`. */
  recentReplies(chat: ChatKey, limit: number): readonly { readonly text: string; readonly at: Instant }[]
  /** Times of this chat's latest messages from others, newest first, at most `limit`. */
  recentMessages(chat: ChatKey, limit: number): readonly Instant[]
}
