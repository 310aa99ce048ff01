import type { ChatKey, ContactKey, Instant } from '../domain/ids.ts'

/** What planning may ask about the world, as of the moment before the event. */
export interface ActionFacts {
  /** The silence imposed on a chat; null when none. May lie in the past. */
  mute(chat: ChatKey): { readonly until: Instant } | null
  /** True while the owner paused the bot, everywhere or in this chat. */
  isPaused(chat: ChatKey, now: Instant): boolean
  remembered(scope: 'contact' | 'chat' | 'global', owner: string, name: string, now: Instant): string | null
  /** Our latest replies in this chat, newest first. */
  recentReplies(chat: ChatKey, limit: number): readonly { readonly text: string; readonly at: Instant }[]
}

/** By which name somebody is meant; `any` is whichever fits. */
export type NamePin = 'any' | 'remark' | 'alias' | 'nick'

/** Finds the chat behind a name an operator wrote; absent when there is no roster (tests, `try`). */
export interface Directory {
  /** Null when nobody, or more than one, goes by that name. */
  findPerson(name: string, pin: NamePin): ContactKey | null
  findRoom(name: string): ChatKey | null
}
