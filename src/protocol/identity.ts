import type { Chat, Relation } from '../domain/chat.ts'
import { FILE_HELPER, isRoomName, isSpecialName } from './account.ts'
import type { RosterCounts, RosterEntry, StoredContact } from './ports.ts'
import { decodeName } from './text.ts'
import type { WireContact, WireMember } from './wire/contact.ts'

/** What we know of one contact or room in this login. Names are decoded. */
export interface Profile {
  readonly userName: string
  readonly kind: 'person' | 'room'
  readonly realId: string
  readonly alias: string
  readonly remark: string
  readonly nick: string
  readonly sex: number
  readonly province: string
  readonly city: string
  readonly attr: number
  readonly avatarSeq: string
  readonly contactFlag: number
  readonly verifyFlag: number
  /** Room members by session name; empty for persons and for rooms whose members are not known yet. */
  readonly members: ReadonlyMap<string, Member>
}

export interface Member {
  readonly userName: string
  readonly nick: string
  /** The name inside the room, '' when the member has not set one. */
  readonly display: string
  readonly attr: number
}

const FLAG_CONTACT = 1
const VERIFY_BRAND = 8

/** A profile of which only the session name is known. */
export function emptyProfile(userName: string): Profile {
  return {
    userName,
    kind: isRoomName(userName) ? 'room' : 'person',
    realId: isSpecialName(userName) ? userName : '',
    alias: '',
    remark: '',
    nick: '',
    sex: 0,
    province: '',
    city: '',
    attr: 0,
    avatarSeq: '',
    contactFlag: 0,
    verifyFlag: 0,
    members: new Map(),
  }
}

/** What was stored of a contact of this very login, until the server tells more. */
export function profileOf(stored: StoredContact): Profile {
  const { key: _k, relation, generation: _g, seenAt: _s, ...known } = stored
  return {
    ...emptyProfile(stored.userName),
    ...known,
    contactFlag: relation === 'friend' ? FLAG_CONTACT : 0,
    verifyFlag: relation === 'official' ? VERIFY_BRAND : 0,
  }
}

/** What is remembered of a contact across logins. */
export function storedOf(
  profile: Profile,
  identity: Pick<StoredContact, 'key' | 'relation' | 'generation' | 'seenAt'>,
): StoredContact {
  const { contactFlag: _f, verifyFlag: _v, members: _m, ...evidence } = profile
  return { ...evidence, ...identity }
}

function avatarSeq(headImgUrl: string): string {
  const seq = /[?&]seq=(\d{1,20})(?:&|$)/.exec(headImgUrl)?.[1] ?? ''
  return seq === '0' ? '' : seq
}

function readMember(member: WireMember): Member {
  return {
    userName: member.UserName,
    nick: decodeName(member.NickName),
    display: decodeName(member.DisplayName),
    attr: member.AttrStatus,
  }
}

/**
 * Adds what a contact object says. A known value is never overwritten by an empty one; members are replaced as a
 * whole; flags are believed when `isAuthoritative` (a change pushed by the server), else only when set.
 */
export function mergeContact(known: Profile, contact: WireContact, isAuthoritative: boolean): Profile {
  const hasMembers = known.kind === 'room' && contact.MemberList.length > 0
  const isTold = contact.ContactFlag !== null && (isAuthoritative || contact.ContactFlag !== 0)
  return {
    ...known,
    alias: contact.Alias || known.alias,
    remark: decodeName(contact.RemarkName) || known.remark,
    nick: decodeName(contact.NickName) || known.nick,
    sex: contact.Sex || known.sex,
    province: contact.Province || known.province,
    city: contact.City || known.city,
    attr: contact.AttrStatus || known.attr,
    avatarSeq: avatarSeq(contact.HeadImgUrl) || known.avatarSeq,
    contactFlag: isTold ? (contact.ContactFlag ?? 0) : known.contactFlag,
    verifyFlag: contact.VerifyFlag || known.verifyFlag,
    members: hasMembers ? new Map(contact.MemberList.map((m) => [m.UserName, readMember(m)])) : known.members,
  }
}

/** What the contact is to us, tested in the order of protocol messages §6. */
export function relationOf(profile: Profile, self: string): Relation {
  if (isSpecialName(profile.userName)) return 'special'
  if ((profile.verifyFlag & VERIFY_BRAND) !== 0) return 'official'
  if (profile.userName === self) return 'self'
  return (profile.contactFlag & FLAG_CONTACT) !== 0 ? 'friend' : 'stranger'
}

/** The name to call somebody: remark, else nick, else display. */
export function nameOf(profile: Profile, display = ''): string {
  return profile.remark || profile.nick || display
}

/** What kind of place talking to this contact or room is. */
export function chatKind(profile: Profile, relation: Relation): Chat['kind'] {
  if (profile.userName === FILE_HELPER) return 'filehelper'
  if (profile.kind === 'room') return 'group'
  if (relation === 'special') return 'system'
  return relation === 'official' ? 'official' : 'private'
}

/** Further names a rule may use. */
export function otherNames(profile: Profile, name: string): string[] {
  const all = new Set([profile.remark, profile.alias, profile.nick])
  return [...all].filter((other) => other !== '' && other !== name)
}

/** A profile as a person looks it up. */
export function entryOf(
  profile: Profile,
  known: Pick<RosterEntry, 'key' | 'relation' | 'isAmbiguous'>,
): RosterEntry {
  const { kind, remark, alias, nick, members } = profile
  const name = nameOf(profile)
  const names = { name, remark, alias, nick, otherNames: otherNames(profile, name) }
  return { ...known, ...names, kind, memberCount: members.size }
}

/** How many of what there are. */
export function countEntries(entries: readonly RosterEntry[]): RosterCounts {
  const count = (relation: RosterEntry['relation']) =>
    entries.filter((entry) => entry.relation === relation).length
  return {
    friends: count('friend'),
    rooms: count('room'),
    officials: count('official'),
    ambiguous: entries.filter((entry) => entry.isAmbiguous).length,
  }
}

/** Every name by which one of these goes, and every name of a room's members. */
export function* allNames(profiles: Iterable<Profile>): Generator<string> {
  for (const { nick, remark, alias, members } of profiles) {
    yield nick
    yield remark
    yield alias
    for (const member of members.values()) {
      yield member.display
      yield member.nick
    }
  }
}
