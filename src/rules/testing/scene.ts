import type { Chat, Person } from '../../domain/chat.ts'
import type { Place } from '../../domain/diagnostic.ts'
import type {
  ChatNoticed,
  Content,
  FriendRequested,
  MessageKind,
  MessageRecalled,
  MessageReceived,
  RoomMemberJoined,
} from '../../domain/event.ts'
import {
  type AccountKey,
  asId,
  type ContactKey,
  type Instant,
  type LoginGeneration,
  messageEventId,
} from '../../domain/ids.ts'
import { localTime } from '../../domain/local-time.ts'
import type { Scene } from './spec.ts'

const ACCOUNT = asId<AccountKey>('test')
/** Who speaks when a test names nobody. */
const CUSTOMER = '顾客'
/** A Tuesday that is no holiday, at noon. */
const DEFAULT_AT = '2027-01-05 12:00'

/** The instant at which a clock in `timezone` shows `moment` (`YYYY-MM-DD HH:MM`). */
export function instantOf(moment: string | null, timezone: string): Instant {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = (moment ?? DEFAULT_AT)
    .split(/[- :]/)
    .map(Number)
  const wanted = Date.UTC(year, month - 1, day, hour, minute)
  let guess = wanted
  // Twice, because the first correction may cross a change of the offset.
  for (let round = 0; round < 2; round++) {
    const shown = localTime(timezone, guess)
    guess += wanted - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute)
  }
  return guess
}

/** What a test can make happen. */
export type Happening = MessageReceived | MessageRecalled | FriendRequested | RoomMemberJoined | ChatNoticed

/** The scene of one turn; `place` tells turns of different tests apart. */
export type PlacedScene = Scene & { readonly place: Place }

/**
 * What happens in one turn of a test. `say` is the message; with `kind: join` the name of who joins, with
 * `friend_request` the greeting, with `recall` what was taken back, with `system` the notice. `number` makes its id, so
 * chance is the same on every run.
 */
export function eventOf(scene: PlacedScene, say: string, at: Instant, number: number): Happening {
  const messageId = `${scene.place.file}:${scene.place.line}:${number}`
  const sender = personOf(scene)
  const id = messageEventId(ACCOUNT, messageId, at)
  const base = { id, account: ACCOUNT, at, receivedAt: at, messageId, chat: chatOf(scene, sender) }
  switch (scene.kind) {
    case 'join': {
      const joined = say === '' ? sender.name : say
      return {
        ...base,
        kind: 'room.member-joined',
        joined: [joined],
        invitedBy: '',
        text: `"${joined}"加入了群聊`,
      }
    }
    case 'friend_request': {
      const stranger = { ...sender, remark: '', relation: 'stranger' as const }
      return { ...base, kind: 'friend.requested', sender: stranger, greeting: say, handle: NO_HANDLE }
    }
    case 'recall':
      return { ...base, kind: 'message.recalled', sender, recalledMessageId: messageId, text: say }
    case 'system':
      return { ...base, kind: 'chat.noticed', topic: 'other', text: say }
    default:
      return { ...base, kind: 'message.received', sender, content: contentOf(scene, say) }
  }
}

/** Nothing is accepted in a test. */
const NO_HANDLE = { userName: '', ticket: '', generation: 0 as LoginGeneration }

function personOf({ from, room }: Scene): Person {
  const name = from ?? CUSTOMER
  return {
    key: asId<ContactKey>(`contact/${name}`),
    name,
    remark: name,
    alias: '',
    nick: name,
    display: room === null ? '' : name,
    relation: 'friend',
    isAmbiguous: false,
  }
}

function chatOf({ room }: Scene, sender: Person): Chat {
  return {
    key: asId(room === null ? sender.key : `room/${room}`),
    kind: room === null ? 'private' : 'group',
    name: room ?? sender.name,
    otherNames: [],
    isAmbiguous: false,
  }
}

const KINDS: ReadonlySet<string> = new Set<MessageKind>([
  'text',
  'image',
  'voice',
  'video',
  'emoticon',
  'file',
  'link',
  'location',
  'card',
  'transfer',
  'red_packet',
  'app',
])

/** True when a test can play this kind of message. */
function isPlayable(kind: string): kind is MessageKind {
  return KINDS.has(kind)
}

function contentOf({ kind: written, mention }: Scene, say: string): Content {
  const kind = isPlayable(written) ? written : 'text'
  return {
    kind,
    text: kind === 'text' ? say : '',
    fullText: say,
    quoted: null,
    mentions: { self: mention === 'me', all: mention === 'all', others: false },
    details: {},
  }
}

export { EVENT_KINDS } from '../../engine/matchers/kind.ts'
