import type { Chat, Person } from '../domain/chat.ts'
import type {
  ChatNoticed,
  FlowExpired,
  FriendRequested,
  Mentions,
  MessageRecalled,
  MessageReceived,
  OwnerSpoke,
  RoomMemberJoined,
  ScheduleFired,
} from '../domain/event.ts'
import { type FlowState, readFlowState } from '../domain/flow-state.ts'
import { asId, type ChatKey, type Instant } from '../domain/ids.ts'
import { type LocalTime, localTime } from '../domain/local-time.ts'
import { assertNever } from '../support/assert-never.ts'
import type { Facts } from './facts.ts'
import { Haystack } from './haystack.ts'
import { RegexBudget } from './index/regex-budget.ts'
import type { EventKind } from './matchers/kind.ts'
import type { Names } from './matchers/selector.ts'

/** The events that rules can be asked about. */
export type AskableEvent =
  | MessageReceived
  | OwnerSpoke
  | MessageRecalled
  | FriendRequested
  | RoomMemberJoined
  | ChatNoticed
  | ScheduleFired
  | FlowExpired

/** A schedule belongs to no chat; its conditions are about the day, the time and what is remembered. */
const NO_CHAT: Chat = {
  key: asId<ChatKey>('@schedule'),
  kind: 'system',
  name: '',
  otherNames: [],
  isAmbiguous: false,
}
const NO_MENTIONS: Mentions = { self: false, all: false, others: false }
const SHOWN_UNITS = 60

/** One event as conditions see it. Everything that costs something is worked out at first use. */
export class Subject {
  readonly event: AskableEvent
  readonly facts: Facts
  readonly now: Instant
  readonly kind: EventKind
  readonly chat: Chat
  readonly sender: Person | null
  /** What text conditions see and `{{text}}` gives. */
  readonly text: string
  readonly mentions: Mentions
  readonly regexBudget = new RegexBudget()
  /** Whether the name of somebody who cannot be told apart from another counts: true only while a guard is asked. */
  trustsNames = false
  #folded: Haystack | null = null
  #raw: Haystack | null = null
  #facets: readonly string[] | null = null
  #senderNames: Names | null = null
  #roomNames: Names | null = null
  #savedFlow: FlowState | null | undefined

  constructor(event: AskableEvent, facts: Facts, now: Instant) {
    this.event = event
    this.facts = facts
    this.now = now
    this.chat = 'chat' in event ? event.chat : NO_CHAT
    this.kind = kindOf(event)
    this.sender = 'sender' in event ? event.sender : null
    this.text = textOf(event)
    this.mentions = 'content' in event ? event.content.mentions : NO_MENTIONS
  }

  haystack(isRaw: boolean): Haystack {
    if (isRaw) {
      this.#raw ??= new Haystack(this.text, true)
      return this.#raw
    }
    this.#folded ??= new Haystack(this.text)
    return this.#folded
  }

  /** The text, shortened for a trace. */
  get shownText(): string {
    return this.text.length <= SHOWN_UNITS ? this.text : `${this.text.slice(0, SHOWN_UNITS)}…`
  }

  local(timezone: string): LocalTime {
    return localTime(timezone, this.now)
  }

  shownTime(timezone: string): string {
    const { date, hour, minute } = this.local(timezone)
    return `${date} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
  }

  get senderNames(): Names {
    this.#senderNames ??= namesOfPerson(this.sender)
    return this.#senderNames
  }

  get roomNames(): Names {
    const { name, otherNames, isAmbiguous } = this.chat
    this.#roomNames ??= {
      all: [name, ...otherNames].filter((one) => one !== ''),
      pinned: { topic: name, remark: otherNames[0] ?? '' },
      isAmbiguous,
    }
    return this.#roomNames
  }

  /** What the index divides rules by: `kind:…`, `chat:…`, `room:…` and `from:…` for every name. */
  get facets(): readonly string[] {
    this.#facets ??= [
      `kind:${this.kind}`,
      `chat:${this.chat.kind}`,
      ...(this.chat.kind === 'group' ? this.roomNames.all.map((name) => `room:${name}`) : []),
      ...this.senderNames.all.map((name) => `from:${name}`),
    ]
    return this.#facets
  }

  /** A remembered value: the person's, else the chat's, else the one for everywhere. */
  remembered(name: string): string | null {
    const { facts, now } = this
    const ofContact = this.sender && facts.remembered('contact', this.sender.key, name, now)
    return (
      ofContact ??
      facts.remembered('chat', this.chat.key, name, now) ??
      facts.remembered('global', '', name, now)
    )
  }

  /** A value by its template path, without captures: what `if` may compare. */
  value(path: string): string | null {
    switch (path) {
      case 'text':
        return this.text
      case 'sender.name':
        return this.sender?.name ?? ''
      case 'sender.remark':
        return this.sender?.remark ?? ''
      case 'sender.nick':
        return this.sender?.nick ?? ''
      case 'sender.alias':
        return this.sender?.alias ?? ''
      case 'chat.name':
        return this.chat.name
      case 'quoted.name':
      case 'quoted.text':
        return this.#quoted(path === 'quoted.name' ? 'name' : 'text')
      case 'joined.name':
        return this.event.kind === 'room.member-joined' ? this.event.joined.join('、') : ''
      case 'room.name':
        return this.chat.kind === 'group' ? this.chat.name : ''
      default:
        return path.startsWith('flow.')
          ? this.#flowValue(path.slice(5))
          : (this.#flowValue(path) ?? this.remembered(path))
    }
  }

  #quoted(part: 'name' | 'text'): string {
    return this.event.kind === 'message.received' ? (this.event.content.quoted?.[part] ?? '') : ''
  }

  #flowValue(name: string): string | null {
    return this.flow()?.values[name] ?? null
  }

  /** The flow this person is in here; null when none, or when it has run out. */
  flow(): FlowState | null {
    const saved = this.#saved()
    return saved !== null && saved.expiresAt > this.now ? saved : null
  }

  /** The flow this person was in here until its time ran out, when nothing was said about that yet. */
  expiredFlow(): FlowState | null {
    const saved = this.#saved()
    return saved !== null && saved.expiresAt <= this.now ? saved : null
  }

  #saved(): FlowState | null {
    if (this.#savedFlow === undefined) {
      const saved = this.sender === null ? null : this.facts.flow(this.chat.key, this.sender.key)
      this.#savedFlow = saved === null ? null : readFlowState(saved)
    }
    return this.#savedFlow
  }

  lastContactAt(): Instant | null {
    return this.sender === null ? null : this.facts.lastContactAt(this.sender.key)
  }
}

function namesOfPerson(person: Person | null): Names {
  if (person === null) return { all: [], pinned: {}, isAmbiguous: false }
  const { remark, alias, nick, display, name, isAmbiguous } = person
  const all = [...new Set([remark, alias, nick, display, name])].filter((one) => one !== '')
  return { all, pinned: { remark, alias, nick }, isAmbiguous, shared: person.sharedNames ?? [] }
}

function kindOf(event: AskableEvent): EventKind {
  switch (event.kind) {
    case 'message.received':
    case 'owner.spoke':
      return event.content.kind
    case 'message.recalled':
      return 'recall'
    case 'friend.requested':
      return 'friend_request'
    case 'room.member-joined':
      return 'join'
    case 'chat.noticed':
    case 'schedule.fired':
    case 'flow.expired':
      return 'system'
    default:
      return assertNever(event)
  }
}

function textOf(event: AskableEvent): string {
  switch (event.kind) {
    case 'message.received':
    case 'owner.spoke':
      return event.content.text
    case 'friend.requested':
      return event.greeting
    case 'message.recalled':
    case 'room.member-joined':
    case 'chat.noticed':
      return event.text
    case 'schedule.fired':
    case 'flow.expired':
      return ''
    default:
      return assertNever(event)
  }
}
