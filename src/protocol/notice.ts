import type { NoticeTopic } from '../domain/event.ts'

/** What a grey line in a chat says. */
export type Notice =
  | { readonly kind: 'joined'; readonly joined: readonly string[]; readonly invitedBy: string }
  | { readonly kind: 'topic'; readonly topic: NoticeTopic }

const INVITED = /^(.{1,130}?)邀请(.{1,2050})加入了群聊/
const SCANNED = /^(.{1,130})通过扫描(.{1,130})分享的二维码加入群聊/
const QUOTED = /^["“”](.+)["“”]$/

/** In this order: some sentences contain others (protocol messages §3.6). */
const TOPICS: readonly (readonly [RegExp, NoticeTopic])[] = [
  [/移出了群聊|removed .{1,128} from the group chat/, 'room-member-removed'],
  [/你被.{1,128}移出群聊|You were removed from the group/, 'self-removed'],
  [/^你已添加了.{1,128}现在可以开始聊天了|刚刚把你添加到通讯录/, 'friend-added'],
  [
    /^You have added .{1,128} as your WeChat contact|just added you to (?:his\/her|their) contacts/,
    'friend-added',
  ],
  [/(?:收到|发出)红包|利是|[Rr]ed packet/, 'red-packet'],
  [/(?:修改|改)群名为|changed the group name to/, 'room-renamed'],
  [/拍了拍|拍拍/, 'pat'],
  [/开启了朋友验证|你还不是他（她）朋友/, 'not-friend'],
  [/被对方拒收/, 'rejected'],
  [/操作(?:过于|太)频繁/, 'rate-limited'],
]

/** Longer lines are no sentence of the server's. */
const MAX_NOTICE = 4096

/** A name without the quotes around it: some sentences have them, some do not. */
function bare(name: string): string {
  return QUOTED.exec(name)?.[1] ?? name
}

/** Several names stand inside one pair of quotes, or each in its own. */
function namesIn(list: string): string[] {
  return bare(list)
    .split('、')
    .map((name) => name.replace(/^["“]|["”]$/g, ''))
    .filter((name) => name !== '')
}

/** Reads the decoded text of a system message. `selfName` stands for 你 in "who invited". */
export function readNotice(text: string, selfName: string): Notice {
  if (text.length > MAX_NOTICE) return { kind: 'topic', topic: 'other' }
  const who = (name: string | undefined) => (name === '你' ? selfName : bare(name ?? ''))
  const scanned = SCANNED.exec(text)
  if (scanned !== null) {
    return { kind: 'joined', joined: [bare(scanned[1] ?? '')], invitedBy: who(scanned[2]) }
  }
  const invited = INVITED.exec(text)
  // We ourselves were invited: nobody to welcome.
  if (invited !== null && invited[2] !== '你') {
    return { kind: 'joined', joined: namesIn(invited[2] ?? ''), invitedBy: who(invited[1]) }
  }
  return { kind: 'topic', topic: TOPICS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other' }
}
