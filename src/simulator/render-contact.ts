import type { Core } from './core.ts'
import type { Session } from './session.ts'
import { contentOfName } from './text.ts'
import { type Member, type Person, type Room, SELF } from './world.ts'

type Json = Record<string, unknown>

const ICON = '/cgi-bin/mmwebwx-bin/webwxgeticon'
const HEAD = '/cgi-bin/mmwebwx-bin/webwxgetheadimg'
const NO_PINYIN = { PYInitial: '', PYQuanPin: '', RemarkPYInitial: '', RemarkPYQuanPin: '' }

/** ContactFlag bits. */
const CONTACT = 1
const CHAT = 2
const PINNED = 2048

/** The `User` object of webwxinit. */
export function selfUser(session: Session): Json {
  const userName = session.names.nameOf(SELF)
  return {
    Uin: session.owner.uin,
    UserName: userName,
    NickName: contentOfName(session.owner.nickName),
    HeadImgUrl: `${ICON}?seq=1900000001&username=${userName}&skey=${session.skey}`,
    RemarkName: '',
    ...NO_PINYIN,
    HideInputBarFlag: 0,
    StarFriend: 0,
    Sex: 1,
    Signature: contentOfName(session.owner.signature),
    AppAccountFlag: 0,
    VerifyFlag: 0,
    ContactFlag: 0,
    WebWxPluginSwitch: 0,
    HeadImgFlag: 1,
    SnsFlag: 17,
  }
}

/** The owner's own entry in the address book. */
export function selfContact(session: Session): Json {
  return { ...blankContact(), ...selfUser(session), ContactFlag: CONTACT | CHAT, KeyWord: 'wxi' }
}

/** A person or account in the address book. */
export function personContact(person: Person, session: Session): Json {
  const userName = session.names.nameOf(person.id)
  return {
    ...blankContact(),
    UserName: userName,
    NickName: contentOfName(person.nickName),
    HeadImgUrl: `${ICON}?seq=${person.avatarSeq}&username=${userName}&skey=${session.skey}`,
    ContactFlag: personFlags(person),
    RemarkName: contentOfName(person.remark),
    Sex: person.sex,
    Signature: contentOfName(person.signature),
    VerifyFlag: person.verifyFlag,
    StarFriend: person.starred ? 1 : 0,
    AttrStatus: person.attrStatus,
    Province: person.province,
    City: person.city,
    Alias: person.alias,
    SnsFlag: person.kind === 'friend' ? 17 : 0,
    KeyWord: keyWord(person),
  }
}

/** A room as the address book and webwxinit show it: without members. `count` is what they claim. */
export function bareRoom(room: Room, session: Session, count: number): Json {
  const userName = session.names.nameOf(room.id)
  return {
    ...blankContact(),
    UserName: userName,
    NickName: contentOfName(room.topic),
    HeadImgUrl: `${HEAD}?seq=600000001&username=${userName}&skey=`,
    ContactFlag: roomFlags(room),
    MemberCount: count,
    Statues: room.muted ? 0 : 1,
    IsOwner: room.owner === SELF ? 1 : 0,
  }
}

/** A room with its members and its token, as webwxbatchgetcontact shows it. */
export function fullRoom(core: Core, room: Room, session: Session): Json {
  return {
    ...bareRoom(room, session, room.members.length),
    MemberList: members(core, room, session),
    EncryChatRoomId: session.names.roomToken(room.id),
  }
}

/** Any id for webwxbatchgetcontact; null when it names nobody. */
export function batchContact(core: Core, id: string, session: Session): Json | null {
  if (id === SELF) return selfContact(session)
  const room = core.world.rooms.get(id)
  if (room !== undefined) return fullRoom(core, room, session)
  const person = core.world.persons.get(id)
  return person === undefined ? null : personContact(person, session)
}

/** The shape of a ModContactList entry. */
export function changedContact(core: Core, id: string, session: Session): Json {
  const whole = batchContact(core, id, session) ?? {}
  const room = core.world.rooms.get(id)
  return {
    UserName: whole.UserName,
    NickName: whole.NickName,
    Sex: whole.Sex,
    HeadImgUpdateFlag: 1,
    ContactType: 0,
    Alias: whole.Alias,
    ChatRoomOwner: room === undefined ? '' : session.names.nameOf(room.owner),
    HeadImgUrl: whole.HeadImgUrl,
    ContactFlag: whole.ContactFlag,
    MemberCount: whole.MemberCount,
    MemberList: whole.MemberList,
    HideInputBarFlag: 0,
    Signature: whole.Signature,
    VerifyFlag: whole.VerifyFlag,
    RemarkName: whole.RemarkName,
    Statues: whole.Statues,
    AttrStatus: whole.AttrStatus,
    Province: whole.Province,
    City: whole.City,
    SnsFlag: whole.SnsFlag,
    KeyWord: whole.KeyWord,
  }
}

function members(core: Core, room: Room, session: Session): Json[] {
  return room.members.map((member) => memberEntry(core, member, session))
}

function memberEntry(core: Core, member: Member, session: Session): Json {
  const person = core.world.persons.get(member.id)
  const nickName = member.id === SELF ? session.owner.nickName : (person?.nickName ?? '')
  return {
    Uin: 0,
    UserName: session.names.nameOf(member.id),
    NickName: contentOfName(nickName),
    AttrStatus: person?.attrStatus ?? 102_503,
    ...NO_PINYIN,
    MemberStatus: 0,
    DisplayName: contentOfName(member.displayName),
    KeyWord: person === undefined ? 'wxi' : keyWord(person),
  }
}

function personFlags(person: Person): number {
  if (person.kind === 'stranger') return 0
  return CONTACT | (person.recent ? CHAT : 0) | (person.pinned ? PINNED : 0)
}

function roomFlags(room: Room): number {
  // Recorded rooms carry no bit 4, though the page's constants have one for "still in the room".
  return CHAT | (room.saved ? CONTACT : 0) | (room.pinned ? PINNED : 0)
}

function keyWord(person: Person): string {
  return (person.alias === '' ? person.id : person.alias).slice(0, 3)
}

function blankContact(): Json {
  return {
    Uin: 0,
    UserName: '',
    NickName: '',
    HeadImgUrl: '',
    ContactFlag: 0,
    MemberCount: 0,
    MemberList: [],
    RemarkName: '',
    HideInputBarFlag: 0,
    Sex: 0,
    Signature: '',
    VerifyFlag: 0,
    OwnerUin: 0,
    ...NO_PINYIN,
    StarFriend: 0,
    AppAccountFlag: 0,
    Statues: 0,
    AttrStatus: 0,
    Province: '',
    City: '',
    Alias: '',
    SnsFlag: 0,
    UniFriend: 0,
    DisplayName: '',
    ChatRoomId: 0,
    KeyWord: '',
    EncryChatRoomId: '',
  }
}
