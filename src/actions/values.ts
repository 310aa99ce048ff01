import type { Person } from '../domain/chat.ts'
import type { Event } from '../domain/event.ts'
import type { Instant } from '../domain/ids.ts'
import { localTime } from '../domain/local-time.ts'
import { timeWords } from '../domain/time-words.ts'
import type { Values } from './template.ts'

/** What a template can look at besides remembered values. */
export interface ValueSources {
  readonly event: Event
  readonly now: Instant
  readonly timezone: string
  /** Our own name. */
  readonly ownName: string
  readonly matched: string
  readonly captures: Readonly<Record<string, string>>
  readonly flow: Readonly<Record<string, string>>
  readonly vars: ReadonlyMap<string, string | number | boolean>
  /** A remembered value, with what this run has changed so far. */
  remembered(name: string): string | null
}

/** Names that are always there. */
export const BUILTIN_NAMES: readonly string[] = [
  'sender',
  'room',
  'me',
  'text',
  'matched',
  'match',
  'time',
  'vars',
  'flow',
  'joined',
  'quoted',
  'chat',
]

/** What may stand behind the dot of the names that are always there; the other groups depend on the rules. */
export const MEMBERS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    sender: ['name', 'remark', 'nick', 'alias'],
    room: ['name'],
    chat: ['name'],
    me: ['name'],
    time: ['hour', 'minute', 'date', 'weekday', 'period', 'now'],
    joined: ['name'],
    quoted: ['name', 'text'],
  }).map(([name, members]) => [name, new Set(members)]),
)

type Group = Readonly<Record<string, unknown>>

/** The values of one acted rule. A bare name is a capture, else a value of the flow, else remembered, else a var. */
export function templateValues(from: ValueSources): Values {
  const groups = new Map<string, unknown>()
  const root = (name: string): unknown => {
    if (!groups.has(name)) groups.set(name, builtin(name, from))
    return groups.get(name) ?? bare(name, from)
  }
  return {
    root,
    text(path) {
      const keys = path.split(/[.[\]]+/).filter((key) => key !== '')
      let value = root(keys[0] ?? '')
      for (const key of keys.slice(1)) value = child(value, key)
      return value === undefined || value === null || typeof value === 'object' ? null : String(value)
    },
  }
}

function child(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Group)[key]
    : undefined
}

function bare(name: string, from: ValueSources): unknown {
  const captured = Object.hasOwn(from.captures, name) ? from.captures[name] : undefined
  const inFlow = Object.hasOwn(from.flow, name) ? from.flow[name] : undefined
  return captured ?? inFlow ?? asFlag(from.remembered(name)) ?? from.vars.get(name)
}

/** `remember: {要过: false}` is kept as text and has to count as "no" in a template. */
function asFlag(text: string | null): string | boolean | null {
  return text === 'true' || text === 'false' ? text === 'true' : text
}

function builtin(name: string, from: ValueSources): unknown {
  const { event } = from
  switch (name) {
    case 'sender':
      return personValues(senderOf(event))
    case 'room':
      return { name: 'chat' in event && event.chat.kind === 'group' ? event.chat.name : '' }
    case 'chat':
      return { name: 'chat' in event ? event.chat.name : '' }
    case 'me':
      return { name: from.ownName }
    case 'text':
      return incomingText(event)
    case 'matched':
      return from.matched
    case 'match':
      return numbered(from.captures)
    case 'time':
      return timeWords(localTime(from.timezone, from.now))
    case 'vars':
      return record([...from.vars])
    case 'flow':
      return from.flow
    case 'joined':
      return { name: event.kind === 'room.member-joined' ? event.joined.join('、') : '' }
    case 'quoted':
      return quotedValues(event)
    default:
      return undefined
  }
}

/** A map without a prototype, so that names such as `__proto__` are only names. */
function record(entries: readonly (readonly [string, unknown])[]): Group {
  const made: Record<string, unknown> = Object.create(null)
  for (const [key, value] of entries) made[key] = value
  return made
}

function numbered(captures: Readonly<Record<string, string>>): Group {
  return record(Object.entries(captures).filter(([key]) => /^\d+$/.test(key)))
}

/** Who an event comes from; null when nobody. */
export function senderOf(event: Event): Person | null {
  return 'sender' in event ? event.sender : null
}

function personValues(person: Person | null): Group {
  return {
    name: person?.name ?? '',
    remark: person?.remark ?? '',
    nick: person?.nick ?? '',
    alias: person?.alias ?? '',
  }
}

/** What was written, as `{{text}}` gives it. */
export function incomingText(event: Event): string {
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
    default:
      return ''
  }
}

function quotedValues(event: Event): Group {
  const quoted = event.kind === 'message.received' ? event.content.quoted : null
  return { name: quoted?.name ?? '', text: quoted?.text ?? '' }
}
