import type { NoticeTopic } from '../domain/event.ts'

/** What a grey line in a chat says. */
export type Notice =
  | { readonly kind: 'joined'; readonly joined: readonly string[]; readonly invitedBy: string }
  | { readonly kind: 'topic'; readonly topic: NoticeTopic }

const QUOTE = '["“”]'
const INVITED = new RegExp(`^(?:${QUOTE}(.{1,128})${QUOTE}|(你))邀请${QUOTE}(.{1,2048})${QUOTE}加入了群聊`)
const SCANNED = new RegExp(
  `^${QUOTE}(.{1,128})${QUOTE}通过扫描(?:${QUOTE}(.{1,128})${QUOTE}|(你))分享的二维码加入群聊`,
)

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

/** Reads the decoded text of a system message. `selfName` stands for 你 in "who invited". */
export function readNotice(text: string, selfName: string): Notice {
  if (text.length > MAX_NOTICE) return { kind: 'topic', topic: 'other' }
  const scanned = SCANNED.exec(text)
  if (scanned !== null) {
    return { kind: 'joined', joined: [scanned[1] ?? ''], invitedBy: scanned[2] ?? selfName }
  }
  const invited = INVITED.exec(text)
  if (invited !== null) {
    return { kind: 'joined', joined: (invited[3] ?? '').split('、'), invitedBy: invited[1] ?? selfName }
  }
  return { kind: 'topic', topic: TOPICS.find(([pattern]) => pattern.test(text))?.[1] ?? 'other' }
}
