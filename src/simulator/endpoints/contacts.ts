import { blame, bodyOf, isRecord } from '../checks.ts'
import type { Core } from '../core.ts'
import type { Exchange, Refusal, SessionHandler } from '../exchange.ts'
import { baseResponse, json } from '../exchange.ts'
import { bareRoom, batchContact, personContact, selfContact } from '../render-contact.ts'
import type { Session } from '../session.ts'
import { SELF } from '../world.ts'

type Json = Record<string, unknown>

/** Added to a page's offset to make its Seq. */
const SEQ_BASE = 600_000_000

/** Follow-up pages the official page asks for at most. */
const FOLLOW_UPS = 16

/** One call of webwxbatchgetcontact may name this many. */
const BATCH_LIMIT = 50

/** The address book by pages: self, friends, saved rooms without members, official and special accounts. */
export const getContact: SessionHandler = (core, exchange, session) => {
  if (exchange.query.get('skey') === null) blame(core, exchange, 'skey is missing from the query')
  const seq = Number(exchange.query.get('seq') ?? '0')
  const offset = seq === 0 ? 0 : seq - SEQ_BASE
  const ids = addressBook(core)
  if (!Number.isSafeInteger(offset) || offset < 0 || offset > ids.length) return refuseGetContact(1)
  const size = core.settings.contactPageSize ?? Math.max(10, Math.ceil(ids.length / FOLLOW_UPS))
  const page = ids.slice(offset, offset + size)
  const next = offset + page.length
  return json({
    ...baseResponse(0),
    MemberCount: page.length,
    MemberList: page.map((id) => bookEntry(core, id, session)),
    Seq: next < ids.length ? SEQ_BASE + next : 0,
  })
}

export const refuseGetContact: Refusal = (ret) =>
  json({ ...baseResponse(ret), MemberCount: 0, MemberList: [], Seq: 0 })

function addressBook(core: Core): string[] {
  const rooms = [...core.world.rooms.values()].filter((room) => room.saved && room.joined)
  const persons = [...core.world.persons.values()].filter((person) => person.kind !== 'stranger')
  return [SELF, ...persons.map((person) => person.id), ...rooms.map((room) => room.id)]
}

function bookEntry(core: Core, id: string, session: Session): Json {
  if (id === SELF) return selfContact(session)
  const room = core.world.rooms.get(id)
  return room === undefined ? personContact(core.world.person(id), session) : bareRoom(room, session, 0)
}

/** Details for up to 50 names: rooms with members, persons, members of a room. One unknown name spoils the batch. */
export const batchGetContact: SessionHandler = (core, exchange, session) => {
  const body = bodyOf(exchange) ?? {}
  const list = Array.isArray(body.List) ? (body.List as unknown[]) : []
  if (list.length === 0 || list.length > BATCH_LIMIT) {
    blame(core, exchange, `asks for ${list.length} names at once; 1 to ${BATCH_LIMIT} are allowed`)
    return refuseBatch(1)
  }
  if (Number(body.Count) !== list.length) blame(core, exchange, 'Count is not the length of List')
  const contacts: Json[] = []
  for (const item of list) {
    const found = lookUp(core, exchange, session, item)
    if (found === 'unknown') return refuseBatch(1)
    if (found !== null) contacts.push(found)
  }
  return json({ ...baseResponse(0), Count: contacts.length, ContactList: contacts })
}

export const refuseBatch: Refusal = (ret) => json({ ...baseResponse(ret), Count: 0, ContactList: [] })

function lookUp(core: Core, exchange: Exchange, session: Session, item: unknown): Json | null | 'unknown' {
  const name = isRecord(item) ? String(item.UserName ?? '') : ''
  // Clients that split an empty list ask for an empty name; the server passes over it.
  if (name === '') return null
  const id = session.names.idOf(name)
  const contact = id === null ? null : batchContact(core, id, session)
  if (id === null || contact === null) {
    blame(core, exchange, 'asks for a UserName that this login never had')
    return 'unknown'
  }
  const token = isRecord(item) ? String(item.EncryChatRoomId ?? '') : ''
  return token === '' || id.endsWith('@chatroom') ? contact : asMember(core, session, id, token, contact)
}

function asMember(core: Core, session: Session, id: string, token: string, contact: Json): Json {
  const room = core.world.rooms.get(session.names.roomOfToken(token) ?? '')
  const member = room?.members.find((one) => one.id === id)
  if (room === undefined || member === undefined) return contact
  return { ...contact, DisplayName: member.displayName, EncryChatRoomId: session.names.roomToken(room.id) }
}
