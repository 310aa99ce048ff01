import type { Chat, Person } from '../domain/chat.ts'
import type { FlowExpired } from '../domain/event.ts'
import { type FlowState, readFlowState } from '../domain/flow-state.ts'
import { type AccountKey, type ChatKey, type ContactKey, flowEventId, type Instant } from '../domain/ids.ts'
import type { TimerSource } from './timers.ts'

/** Saved flow states with their deadlines. */
export interface FlowDeadlinesPort {
  expiredFlows(
    now: Instant,
    limit: number,
  ): readonly { readonly chat: ChatKey; readonly contact: ContactKey; readonly state: string }[]
  nextFlowDeadline(): Instant | null
}

/** How many ends are told at once; the rest follows in the next turn. */
const AT_ONCE = 100

/**
 * Flows whose time ran out, read from what is stored, so that a stop or a crash loses none. Each saved state makes one
 * event; deciding about it takes the state away.
 */
export class FlowDeadlines implements TimerSource {
  readonly #port: (account: AccountKey) => FlowDeadlinesPort

  constructor(port: (account: AccountKey) => FlowDeadlinesPort) {
    this.#port = port
  }

  due(account: AccountKey, now: Instant): readonly FlowExpired[] {
    return this.#port(account)
      .expiredFlows(now, AT_ONCE)
      .flatMap(({ chat, contact, state }) => {
        const saved = readFlowState(state)
        return saved === null ? [] : [eventOf({ account, chat, contact, now }, saved)]
      })
  }

  nextAt(account: AccountKey): Instant | null {
    return this.#port(account).nextFlowDeadline()
  }
}

interface Where {
  readonly account: AccountKey
  readonly chat: ChatKey
  readonly contact: ContactKey
  readonly now: Instant
}

function eventOf({ account, chat, contact, now }: Where, { flow, expiresAt, place }: FlowState): FlowExpired {
  return {
    kind: 'flow.expired',
    id: flowEventId(account, chat, contact, expiresAt),
    account,
    at: expiresAt,
    receivedAt: now,
    messageId: '',
    flow,
    chat: place?.chat ?? bareChat(chat, contact),
    sender: place?.sender ?? barePerson(contact),
  }
}

/** For states saved before places were kept. */
function bareChat(chat: ChatKey, contact: ContactKey): Chat {
  const kind = (chat as string) === (contact as string) ? 'private' : 'group'
  return { key: chat, kind, name: '', otherNames: [], isAmbiguous: false }
}

function barePerson(key: ContactKey): Person {
  return {
    key,
    name: '',
    remark: '',
    alias: '',
    nick: '',
    display: '',
    relation: 'friend',
    isAmbiguous: false,
  }
}
