import type { Chat, Person } from '../../domain/chat.ts'
import type { Content, MessageKind, MessageReceived, RoomMemberJoined } from '../../domain/event.ts'
import { type AccountKey, asId, type ContactKey, type Instant, messageEventId } from '../../domain/ids.ts'
import { localTime } from '../../domain/local-time.ts'
import type { TestSpec } from './spec.ts'

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
export type Happening = MessageReceived | RoomMemberJoined

/**
 * What happens in one turn of a test: a message, or with `kind: join` somebody who joins the room (`say` is then their
 * name). `number` makes its id, so chance is the same on every run.
 */
export function eventOf(test: TestSpec, say: string, at: Instant, number: number): Happening {
  const messageId = `${test.place.file}:${test.place.line}:${number}`
  const sender = personOf(test.from ?? CUSTOMER, test.room !== null)
  const id = messageEventId(ACCOUNT, messageId, at)
  const base = { id, account: ACCOUNT, at, receivedAt: at, messageId, chat: chatOf(test, sender) }
  if (test.kind === 'join') {
    return { ...base, kind: 'room.member-joined', joined: [say], invitedBy: '', text: `"${say}"加入了群聊` }
  }
  return { ...base, kind: 'message.received', sender, content: contentOf(test, say) }
}

function personOf(name: string, isInRoom: boolean): Person {
  return {
    key: asId<ContactKey>(`contact/${name}`),
    name,
    remark: name,
    alias: '',
    nick: name,
    display: isInRoom ? name : '',
    relation: 'friend',
    isAmbiguous: false,
  }
}

function chatOf(test: TestSpec, sender: Person): Chat {
  return {
    key: asId(test.room === null ? sender.key : `room/${test.room}`),
    kind: test.room === null ? 'private' : 'group',
    name: test.room ?? sender.name,
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
  'system',
  'app',
])

/** True when a test can play this kind of message. */
function isPlayable(kind: string): kind is MessageKind {
  return KINDS.has(kind)
}

function contentOf(test: TestSpec, say: string): Content {
  const kind = isPlayable(test.kind) ? test.kind : 'text'
  return {
    kind,
    text: kind === 'text' ? say : '',
    fullText: say,
    quoted: null,
    mentions: { self: test.mention === 'me', all: test.mention === 'all', others: false },
    details: {},
  }
}
