import type { Core } from './core.ts'
import type { Draft, NameOf } from './feed.ts'
import { contentOfText } from './text.ts'
import { SELF } from './world.ts'

/** What a draft says beside its head. */
export interface Body {
  readonly msgType: number
  readonly content: (nameOf: NameOf) => string
  readonly more?: (nameOf: NameOf) => Readonly<Record<string, unknown>>
}

/** Where a message stands: who spoke, and in which room if in any. */
export interface Place {
  readonly from: string
  readonly room?: string
  readonly msgId?: string
  /** Milliseconds; the clock's now when absent. */
  readonly at?: number
}

/** A message that reaches the owner: in a room under the room's name and with the sender before the content. */
export function incoming(core: Core, place: Place, body: Body): Draft {
  const { from, room } = place
  return {
    msgId: place.msgId ?? core.nextMsgId(),
    msgType: body.msgType,
    from: room ?? from,
    to: SELF,
    createTime: place.at === undefined ? core.nowSeconds : Math.floor(place.at / 1000),
    fields: (nameOf) => ({
      Content: room === undefined ? body.content(nameOf) : `${nameOf(from)}:<br/>${body.content(nameOf)}`,
      ...body.more?.(nameOf),
    }),
  }
}

/** A notice of the system in a chat: no sender, even in rooms. */
export function notice(core: Core, chat: string, content: string): Draft {
  return incoming(core, { from: chat }, { msgType: 10_000, content: () => content })
}

/** A text the owner wrote on the phone, or that a web session sent and gets back as an echo. */
export function ownText(core: Core, to: string, text: string, msgId = core.nextMsgId()): Draft {
  return {
    msgId,
    msgType: 1,
    from: SELF,
    to,
    createTime: core.nowSeconds,
    fields: () => ({ Content: contentOfText(text) }),
  }
}

/** How many chats the phone reports as recent. */
const RECENT_CHATS = 100

/** The ids of the recent chats, as the phone lists them. */
export function recentChats(core: Core): string[] {
  const rooms = [...core.world.rooms.values()].filter((room) => room.joined).map((room) => room.id)
  const persons = [...core.world.persons.values()].filter(
    (person) => person.kind === 'friend' && person.recent,
  )
  return ['filehelper', ...rooms, ...persons.map((person) => person.id)].slice(0, RECENT_CHATS)
}

/** MsgType 51: the phone's chats (code 4) or one chat opened (2), with real ids beside the pseudonyms. */
export function statusNotify(core: Core, code: 2 | 4 | 5, chats: readonly string[]): Draft {
  const realIds = chats.join(',')
  const lines = ['<msg>', `<op id='${code}'>`, `<username>${realIds}</username>`]
  if (code === 4) lines.push(...unreadLists(core, chats))
  lines.push('</op>', '</msg>')
  const content = lines
    .join('<br/>')
    .replaceAll(/<(?!br\/>)/g, '&lt;')
    .replaceAll(/(?<!<br\/)>/g, '&gt;')
  const target = code === 4 ? SELF : (chats[0] ?? SELF)
  return {
    msgId: core.nextMsgId(),
    msgType: 51,
    from: SELF,
    to: target,
    createTime: core.nowSeconds,
    fields: (nameOf) => ({
      Content: content,
      StatusNotifyCode: code,
      StatusNotifyUserName: chats.map(nameOf).join(','),
    }),
  }
}

function unreadLists(core: Core, chats: readonly string[]): string[] {
  const chat = (name: string) => [
    '<chat>',
    `<username>${name}</username>`,
    `<lastreadtime>${core.nowSeconds - 60}</lastreadtime>`,
    '</chat>',
  ]
  const first = chats[1] ?? chats[0]
  return [
    '<unreadchatlist>',
    ...(first === undefined ? [] : chat(first)),
    ...chat('MomentsUnreadMsgStatus'),
    '</unreadchatlist>',
    '<unreadfunctionlist>',
    '</unreadfunctionlist>',
  ]
}
