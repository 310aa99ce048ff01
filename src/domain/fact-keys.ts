import type { ChatKey, ContactKey, RuleId } from './ids.ts'
import type { Scope } from './run.ts'

/** Who a scoped fact belongs to, for one event. */
export interface ScopeOwner {
  readonly rule: RuleId
  readonly chat: ChatKey
  readonly contact: ContactKey | null
}

/** `rule` is shared by all chats of that rule, `global` by all rules that use it, the others are per rule. */
function scopeKey(per: Scope, owner: ScopeOwner): string {
  switch (per) {
    case 'chat':
      return `chat/${owner.rule}/${owner.chat}`
    case 'contact':
      return `contact/${owner.rule}/${owner.contact ?? owner.chat}`
    case 'rule':
      return `rule/${owner.rule}`
    case 'global':
      return 'global'
  }
}

/** The key under which a rule's cooldown is kept. */
export function cooldownKey(per: Scope, owner: ScopeOwner): string {
  return `cd/${scopeKey(per, owner)}`
}

/** The key of a rule's limit; windows of different lengths share one counter. */
export function limitKey(per: Scope, owner: ScopeOwner): string {
  return `lim/${scopeKey(per, owner)}`
}

/** The counter of messages that came faster than a person could have answered. */
export function fastTurnKey(chat: ChatKey): string {
  return `fast/${chat}`
}

/** The key of the last turn of a chat that a person may have made. */
export function slowTurnKey(chat: ChatKey): string {
  return `slow/${chat}`
}

/** The counter of messages behind the condition `count`. */
export function messageCountKey(per: 'chat' | 'contact' | 'global', owner: Omit<ScopeOwner, 'rule'>): string {
  switch (per) {
    case 'chat':
      return `msg/chat/${owner.chat}`
    case 'contact':
      return `msg/contact/${owner.contact ?? owner.chat}`
    case 'global':
      return 'msg/global'
  }
}
