import type { ChatKey, ContactKey } from './ids.ts'

/** What the other side is to us (protocol/messages.md §6). Only friends are answered without being named. */
export type Relation = 'friend' | 'stranger' | 'official' | 'special' | 'self'

/** A person or account, as known at the moment of an event. All names are decoded; missing ones are ''. */
export interface Person {
  readonly key: ContactKey
  /** What the owner would call them: remark, else nick, else display. */
  readonly name: string
  readonly remark: string
  readonly alias: string
  readonly nick: string
  /** The name used inside the room of this event; '' in private chats. */
  readonly display: string
  readonly relation: Relation
  /** True when another contact cannot be told apart from this one across logins. */
  readonly isAmbiguous: boolean
  /** Names that this person chose and a friend of ours bears too: they say nothing about who it is. None when absent. */
  readonly sharedNames?: readonly string[]
}

export type ChatKind = 'private' | 'group' | 'filehelper' | 'official' | 'system'

/** The place of a conversation. */
export interface Chat {
  readonly key: ChatKey
  readonly kind: ChatKind
  /** A room's topic, or the person's name. */
  readonly name: string
  /** Further names of the same chat that a rule may use (remark, alias, nick); may be empty. */
  readonly otherNames: readonly string[]
  readonly isAmbiguous: boolean
}
