import { createHash } from 'node:crypto'
import type { Chat, Person } from '../domain/chat.ts'
import type { Event } from '../domain/event.ts'
import { type AccountKey, type Instant, type LoginGeneration, messageEventId } from '../domain/ids.ts'
import { FILE_HELPER, isRoomName } from './account.ts'
import { readContent } from './content.ts'
import type { MentionNames } from './mention.ts'
import { readNotice } from './notice.ts'
import { cutSender, decodeName, decodeText, decodeXmlContent, withoutTags } from './text.ts'
import { type WireMessage, wireMessage } from './wire/message.ts'
import { readXml, xmlText } from './wire/xml.ts'

/** What decoding asks about people and places; the roster answers. */
export interface Directory {
  readonly self: { readonly userName: string; readonly nick: string }
  person(userName: string, room?: string): Person
  chat(userName: string): Chat
  namesIn(room: string): MentionNames
}

export interface DecodeContext {
  readonly account: AccountKey
  readonly generation: LoginGeneration
  readonly receivedAt: Instant
  /** How far our clock is ahead of the server's. */
  readonly skewMs: number
  readonly directory: Directory
  /** True for the server id of a message that this session sent itself. */
  isOwnSend(messageId: string): boolean
}

const STATUS_NOTIFY = 51
const FRIEND_REQUEST = 37
const NOTICE = 10_000
const SYSTEM_XML = 10_002

/** One message with what every branch needs. */
interface Parts {
  readonly message: WireMessage
  readonly context: DecodeContext
  readonly base: {
    readonly id: Event['id']
    readonly account: AccountKey
    readonly at: Instant
    readonly receivedAt: Instant
    readonly messageId: string
  }
  /** The other side: a person, a room or a special name. */
  readonly peer: string
  readonly isOwn: boolean
  /** Who wrote in a room, '' when the content names nobody. */
  readonly sender: string
  readonly content: string
}

/** The session names a message mentions, so that unknown ones can be looked up before decoding. */
export function namesIn(entry: unknown): { room: string; people: readonly string[] } | null {
  const read = wireMessage.safeParse(entry)
  if (!read.success || read.data.MsgType === STATUS_NOTIFY) return null
  const from = read.data.FromUserName
  if (!isRoomName(from))
    return { room: isRoomName(read.data.ToUserName) ? read.data.ToUserName : '', people: [from] }
  const { sender } = cutSender(read.data.Content)
  return { room: from, people: sender === '' ? [] : [sender] }
}

/** The chats that a status notify names; empty for any other message. */
export function chatsIn(entry: unknown): readonly string[] {
  const read = wireMessage.safeParse(entry)
  if (!read.success || read.data.MsgType !== STATUS_NOTIFY) return []
  return read.data.StatusNotifyUserName.split(',').filter((name) => name !== '')
}

/** Real ids by session name, from a status notify whose two lists have the same length; empty otherwise. */
export function realIdsIn(entry: unknown): ReadonlyMap<string, string> {
  const read = wireMessage.safeParse(entry)
  if (!read.success || read.data.MsgType !== STATUS_NOTIFY) return new Map()
  const root = readXml(decodeXmlContent(read.data.Content))
  const names = read.data.StatusNotifyUserName.split(',')
  const ids = (root === null ? '' : (xmlText(root, 'msg', 'op', 'username') ?? '')).split(',')
  if (names[0] === '' || ids[0] === '' || names.length !== ids.length) return new Map()
  return new Map(names.map((name, index) => [name, ids[index] ?? '']))
}

function hashOf(entry: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(entry) ?? '')
    .digest('hex')
    .slice(0, 16)
}

function partsOf(message: WireMessage, context: DecodeContext): Parts {
  const self = context.directory.self.userName
  const isFromUs = message.FromUserName === self || message.FromUserName === ''
  const { receivedAt, skewMs } = context
  const created = message.CreateTime > 0 ? message.CreateTime * 1000 : receivedAt - skewMs
  const peer = isFromUs ? message.ToUserName : message.FromUserName
  const cut = isRoomName(message.FromUserName)
    ? cutSender(message.Content)
    : { sender: '', rest: message.Content }
  // An echo in a room may name us as everybody else; answering it would be answering ourselves.
  const isOwn = isFromUs || cut.sender === self
  // The server's own time names the event; by our clock it is dated, so that its age is right whatever that clock says.
  const id = messageEventId(context.account, message.MsgId, created, hashOf(message))
  const at = created + skewMs
  const base = { id, account: context.account, at, receivedAt, messageId: message.MsgId }
  return { message, context, base, peer, isOwn, sender: cut.sender, content: cut.rest }
}

function chatOf({ peer, context }: Parts): Chat {
  return context.directory.chat(peer === '' ? FILE_HELPER : peer)
}

function other({ base }: Parts, type: string): Event {
  return { ...base, kind: 'other.received', type }
}

function noticeEvent(parts: Parts): Event {
  const text = withoutTags(decodeText(parts.content)).trim()
  const notice = readNotice(text, parts.context.directory.self.nick)
  const chat = chatOf(parts)
  if (notice.kind === 'topic') return { ...parts.base, kind: 'chat.noticed', chat, topic: notice.topic, text }
  const { joined, invitedBy } = notice
  return { ...parts.base, kind: 'room.member-joined', chat, joined, invitedBy, text }
}

function recallEvent(parts: Parts): Event {
  const root = readXml(decodeXmlContent(parts.content))
  const type = root === null ? null : xmlText(root, 'sysmsg', '@type')
  if (root === null || type !== 'revokemsg') return other(parts, `${SYSTEM_XML}`)
  const at = (name: string) => xmlText(root, 'sysmsg', 'revokemsg', name) ?? ''
  const text = decodeText(at('replacemsg'))
  const { directory } = parts.context
  // An own revoke may look like an incoming one; its words tell.
  const isOwn = parts.isOwn || text.startsWith('你撤回了')
  const author = parts.sender === '' ? parts.peer : parts.sender
  const isNamed = !isOwn && !(isRoomName(parts.peer) && parts.sender === '')
  const room = isRoomName(parts.peer) ? parts.peer : ''
  return {
    ...parts.base,
    kind: 'message.recalled',
    chat: chatOf(parts),
    sender: isNamed ? directory.person(author, room) : null,
    recalledMessageId: at('msgid'),
    text,
  }
}

function friendEvent(parts: Parts): Event {
  const info = parts.message.RecommendInfo
  const { directory, generation } = parts.context
  const ticket = info.Ticket || parts.message.Ticket
  if (info.UserName === '' || ticket === '' || info.UserName === directory.self.userName) {
    return other(parts, `${FRIEND_REQUEST}`)
  }
  const known = directory.person(info.UserName)
  const nick = known.nick || decodeName(info.NickName)
  return {
    ...parts.base,
    kind: 'friend.requested',
    chat: directory.chat(info.UserName),
    sender: { ...known, nick, name: known.name || nick, alias: known.alias || info.Alias },
    greeting: decodeText(info.Content),
    handle: { userName: info.UserName, ticket, generation },
  }
}

function spokenEvent(parts: Parts): Event {
  const { message, context, base, peer } = parts
  const { directory } = context
  const isRoom = isRoomName(peer)
  const content = readContent(message, parts.content, isRoom ? directory.namesIn(peer) : null)
  if (content === null) return other(parts, `${message.MsgType}`)
  const chat = chatOf(parts)
  if (parts.isOwn) {
    const details = context.isOwnSend(message.MsgId) ? { ...content.details, isEcho: 1 } : content.details
    return { ...base, kind: 'owner.spoke', chat, content: { ...content, details } }
  }
  // A room's message without a sender is the server's own line.
  if (isRoom && parts.sender === '') {
    return { ...base, kind: 'chat.noticed', chat, topic: 'other', text: content.fullText }
  }
  const sender = directory.person(isRoom ? parts.sender : peer, isRoom ? peer : '')
  return { ...base, kind: 'message.received', chat, sender, content }
}

function eventOf(parts: Parts): Event {
  switch (parts.message.MsgType) {
    case STATUS_NOTIFY:
      return other(parts, 'status-notify')
    case FRIEND_REQUEST:
      return friendEvent(parts)
    case NOTICE:
      return noticeEvent(parts)
    case SYSTEM_XML:
      return recallEvent(parts)
    default:
      return spokenEvent(parts)
  }
}

function undecodable(entry: unknown, problem: string, context: DecodeContext): Event {
  const { account, receivedAt, skewMs } = context
  const readable = typeof entry === 'object' && entry !== null ? entry : {}
  const messageId = 'MsgId' in readable && typeof readable.MsgId === 'string' ? readable.MsgId : ''
  const seconds =
    'CreateTime' in readable && typeof readable.CreateTime === 'number' ? readable.CreateTime : 0
  const created = Number.isSafeInteger(seconds) && seconds > 0 ? seconds * 1000 : receivedAt - skewMs
  const id = messageEventId(account, messageId, messageId === '' ? 0 : created, hashOf(entry))
  const at = created + skewMs
  return { kind: 'message.undecodable', id, account, at, receivedAt, messageId, problem }
}

/**
 * One entry of AddMsgList as an event. Never throws for anything the server may send: what cannot be read becomes
 * `message.undecodable`, and the rest of the batch lives.
 */
export function decodeMessage(entry: unknown, context: DecodeContext): Event {
  const read = wireMessage.safeParse(entry)
  if (!read.success) {
    const path = read.error.issues[0]?.path.slice(0, 3).map(String).join('.') ?? ''
    return undecodable(entry, `unexpected shape at ${path || 'the top'}`.slice(0, 80), context)
  }
  try {
    return eventOf(partsOf(read.data, context))
  } catch (error) {
    const name = error instanceof Error ? error.name : 'error'
    return undecodable(entry, `${name} in type ${read.data.MsgType}`, context)
  }
}
