import type { Chat, Person } from '../domain/chat.ts'
import type { Content, Event } from '../domain/event.ts'

/** The columns of `inbox` that hold a part of the event; the body holds the rest. */
export type EventColumns = {
  readonly id: string
  readonly account: string
  readonly kind: string
  readonly chat: string | null
  readonly contact: string | null
  readonly at: number
  readonly received_at: number
  readonly message_id: string
}

/** A row with its body, as every question about events selects it. */
export type EventRow = EventColumns & { readonly body: string }

/** What `toEvent` needs of a row. */
export const EVENT_COLUMNS = 'id, account, kind, chat, contact, at, received_at, message_id, body'

const CHAT = { kind: 'private', otherNames: [], isAmbiguous: false }
const PERSON = { remark: '', alias: '', nick: '', display: '', relation: 'friend', isAmbiguous: false }
const CONTENT = {
  kind: 'text',
  text: '',
  quoted: null,
  mentions: { self: false, all: false, others: false },
  details: {},
}

type Fields = Readonly<Record<string, unknown>>

/** The event without what its columns say and without what goes without saying: a third of its plain JSON. */
export function bodyOf(event: Event, columns: EventColumns): string {
  const { id: _id, account: _account, kind: _kind, at: _at, receivedAt: _received, ...rest } = event
  const { messageId: _messageId, ...own } = rest
  const body: Record<string, unknown> = { ...own }
  if ('sender' in event && event.sender !== null) {
    body.sender = without(event.sender, personDefaults(event.sender, columns))
  }
  if ('chat' in event) {
    body.chat = without(event.chat, chatDefaults('sender' in event ? event.sender : null, columns))
  }
  if ('content' in event) body.content = without(event.content, contentDefaults(event.content))
  return JSON.stringify(body)
}

/** The event of a row. One whose body the disk has spoilt is kept for the record as undecodable: it must not stop the others. */
export function toEvent(row: EventRow): Event {
  const body = parsed(row.body)
  const base = {
    id: row.id,
    account: row.account,
    at: row.at,
    receivedAt: row.received_at,
    messageId: row.message_id,
    kind: row.kind,
  }
  const event: object = body === null ? { ...base, ...SPOILT } : { ...base, ...body, ...people(body, row) }
  return event as Event
}

const SPOILT = { kind: 'message.undecodable', problem: 'the stored content is unreadable' }

/** What goes without saying is said again. */
function people({ sender, chat, content }: Fields, row: EventColumns): Fields {
  const from = sender ? filled<Person>(sender, (known) => personDefaults(known, row)) : null
  return {
    ...(from === null ? {} : { sender: from }),
    ...(chat ? { chat: filled<Chat>(chat, () => chatDefaults(from, row)) } : {}),
    ...(content ? { content: filled<Content>(content, contentDefaults) } : {}),
  }
}

function parsed(body: string): Fields | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Fields) : null
  } catch {
    return null
  }
}

/** A name that is not told is the first of those that are. */
function personDefaults({ remark, nick, display }: Partial<Person>, { contact }: EventColumns): Fields {
  return { key: contact, name: remark || nick || display || '', ...PERSON }
}

/** A private chat is called as the one who wrote. */
function chatDefaults(sender: Pick<Person, 'name'> | null, { chat }: EventColumns): Fields {
  return { key: chat, name: sender?.name ?? '', ...CHAT }
}

function contentDefaults({ text }: Partial<Content>): Fields {
  return { ...CONTENT, fullText: text ?? '' }
}

function without(value: Chat | Person | Content, defaults: Fields): Fields {
  return Object.fromEntries(
    Object.entries(value).filter(([key, one]) => JSON.stringify(one) !== JSON.stringify(defaults[key])),
  )
}

function filled<T extends object>(stored: unknown, defaults: (stored: Partial<T>) => Fields): T {
  const known = stored as Partial<T>
  const whole: object = { ...defaults(known), ...known }
  return whole as T
}
