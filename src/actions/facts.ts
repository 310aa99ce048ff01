import type { ChatKey, ContactKey, Instant } from '../domain/ids.ts'

/** What planning may ask about the world, as of the moment before the event. */
export interface ActionFacts {
  remembered(scope: 'contact' | 'chat' | 'global', owner: string, name: string, now: Instant): string | null
  /** Our latest replies in this chat, newest first. */
  recentReplies(chat: ChatKey, limit: number): readonly { readonly text: string; readonly at: Instant }[]
}

/** Finds the chat behind a name an operator wrote; absent when there is no roster (tests, `try`). */
export interface Directory {
  /** Null when nobody, or more than one, goes by that name. */
  findPerson(name: string, pin: 'any' | 'remark'): ContactKey | null
  findRoom(name: string): ChatKey | null
}
