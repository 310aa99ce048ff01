/** A person, official account or stranger as written down for a simulated world. */
export interface PersonSpec {
  /** Real id such as `wxid_...` or `gh_...`; made from the position when absent. Also the handle used in scripts. */
  readonly id?: string
  /** May hold emoji: they travel as spans, as on the real wire. */
  readonly nickName: string
  readonly remark?: string
  readonly alias?: string
  readonly sex?: 0 | 1 | 2
  readonly province?: string
  readonly city?: string
  readonly signature?: string
  readonly starred?: boolean
  /** Appears in the phone's recent chats, so that its real id becomes known. Default true. */
  readonly recent?: boolean
  /** How a text to this person ends: see {@link Reception}. Default `accepts`. */
  readonly reception?: Reception
}

/**
 * What becomes of a text sent to a contact: taken; taken and then answered by "you are not a friend any more";
 * taken and then answered by "refused"; or refused at the gateway with 1204.
 */
export type Reception = 'accepts' | 'asks-verification' | 'rejects' | 'unwritable'

/** One member of a room; `who` is an id, remark or nickname of somebody in the same world, or `self`. */
export interface MemberSpec {
  readonly who: string
  readonly displayName?: string
}

/** A group chat. The owner of the account is always a member. */
export interface RoomSpec {
  /** Real id such as `10000000001@chatroom`. */
  readonly id?: string
  readonly topic: string
  readonly members: readonly (string | MemberSpec)[]
  /** Name of the owner of the account inside this room. */
  readonly selfDisplayName?: string
  /** Who owns the room; the first member when absent, `self` allowed. */
  readonly owner?: string
  /** In the address book; other rooms are only met as recent chats. Default true. */
  readonly saved?: boolean
  readonly muted?: boolean
}

/** The account that logs in. */
export interface SelfSpec {
  readonly id?: string
  readonly uin: number
  readonly nickName: string
  readonly signature?: string
}

/** Everything a simulated account knows; plain data, so it may come from a YAML or JSON file. */
export interface WorldSpec {
  readonly self: SelfSpec
  readonly friends: readonly PersonSpec[]
  readonly officials?: readonly PersonSpec[]
  /** People who are not friends: members of rooms, senders of friend requests. */
  readonly strangers?: readonly PersonSpec[]
  readonly rooms?: readonly RoomSpec[]
}

/** A fruit shop in a residential quarter: friends who order, two of one nickname, rooms of regulars. */
export const DEFAULT_WORLD: WorldSpec = {
  self: {
    id: 'wxid_shopkeeper01',
    uin: 1_000_000_001,
    nickName: '果果小店🤖',
    signature: '新鲜水果，当天送达',
  },
  friends: [
    { id: 'wxid_xiaowang001', nickName: '小王', sex: 1, province: '广东', city: '深圳' },
    { id: 'wxid_lijie000001', nickName: '李姐', remark: '客户-李姐', sex: 2, province: '广东', city: '深圳' },
    { id: 'wxid_zhangwei001', nickName: '张伟', remark: '张伟（3栋）', sex: 1, city: '深圳' },
    { id: 'wxid_zhangwei002', nickName: '张伟', sex: 1, city: '广州' },
    { id: 'wxid_alin0000001', nickName: '阿林😄', sex: 1, signature: '在路上' },
    { id: 'wxid_bobsupplier', nickName: 'Bob', alias: 'bob_fruit', remark: '供应商-Bob', sex: 1 },
    { id: 'wxid_chenayi0001', nickName: '陈阿姨 & 小宝', sex: 2, starred: true },
    { id: 'wxid_laozhou0001', nickName: '老周', sex: 1, recent: false },
  ],
  officials: [
    { id: 'gh_fruitmarket01', nickName: '水果批发行情', alias: 'fruit_price', province: '广东' },
    { id: 'gh_expresssvc001', nickName: '同城快递服务' },
  ],
  strangers: [
    { id: 'wxid_dingding001', nickName: '丁丁', sex: 2 },
    { id: 'wxid_kaluoer0001', nickName: '卡罗尔', sex: 2 },
    { id: 'wxid_afei0000001', nickName: '阿飞', sex: 1 },
  ],
  rooms: [
    {
      id: '10000000001@chatroom',
      topic: '老客户群',
      selfDisplayName: '小助手',
      members: [
        { who: 'wxid_lijie000001', displayName: '李姐（2栋）' },
        'wxid_xiaowang001',
        { who: 'wxid_kaluoer0001', displayName: '卡卡' },
        'wxid_zhangwei001',
      ],
    },
    {
      id: '10000000002@chatroom',
      topic: '水果团购群🍎',
      owner: 'self',
      members: ['wxid_alin0000001', 'wxid_chenayi0001', { who: 'wxid_afei0000001', displayName: '飞哥' }],
      muted: true,
    },
    {
      id: '10000000003@chatroom',
      topic: '楼下邻居',
      saved: false,
      members: ['wxid_zhangwei002', 'wxid_dingding001'],
    },
  ],
}

/** Size of a generated world. */
export interface BigWorldSize {
  readonly friends: number
  readonly rooms: number
  /** Members of every room besides the owner of the account, taken from the friends and then from strangers. */
  readonly roomMembers: number
  /** Pads every member's display name to this many characters. */
  readonly displayNameLength?: number
}

/** A world of the wanted size, the same for the same numbers: for start-up times and page limits. */
export function generateWorld(size: BigWorldSize): WorldSpec {
  const number = (index: number) => String(index).padStart(6, '0')
  const friends = Array.from({ length: size.friends }, (_, index) => ({
    id: `wxid_big${number(index)}`,
    nickName: `顾客${number(index)}`,
    ...(index % 3 === 0 ? { remark: `客户-${number(index)}` } : {}),
    recent: index < 60,
  }))
  const strangers = Array.from({ length: Math.max(0, size.roomMembers - size.friends) }, (_, index) => ({
    id: `wxid_far${number(index)}`,
    nickName: `群友${number(index)}`,
  }))
  const people = [...friends, ...strangers].slice(0, size.roomMembers)
  const length = size.displayNameLength ?? 0
  const rooms = Array.from({ length: size.rooms }, (_, index) => ({
    id: `2${String(index).padStart(10, '0')}@chatroom`,
    topic: `大群${number(index)}`,
    members: people.map((person) => ({
      who: person.id,
      ...(length === 0 ? {} : { displayName: person.nickName.padEnd(length, '名') }),
    })),
  }))
  return { self: { ...DEFAULT_WORLD.self }, friends, strangers, rooms }
}
