import type { MemberSpec, PersonSpec, Reception, RoomSpec, WorldSpec } from './world-spec.ts'

/** The id by which scripts and messages mean the owner of the account, whoever scanned the code. */
export const SELF = 'self'

export type PersonKind = 'friend' | 'official' | 'special' | 'stranger'

/** One person or account of the world, by real id. */
export interface Person {
  readonly id: string
  kind: PersonKind
  nickName: string
  remark: string
  alias: string
  sex: number
  province: string
  city: string
  signature: string
  starred: boolean
  pinned: boolean
  recent: boolean
  reception: Reception
  readonly verifyFlag: number
  readonly attrStatus: number
  readonly avatarSeq: number
}

/** One member of a room. */
export interface Member {
  readonly id: string
  displayName: string
}

/** A group chat, by real id. `joined` is false once the owner of the account was removed or left. */
export interface Room {
  readonly id: string
  topic: string
  owner: string
  members: Member[]
  saved: boolean
  muted: boolean
  pinned: boolean
  joined: boolean
}

/** Names that are the same in every login. */
const SPECIAL: Readonly<Record<string, readonly [nickName: string, verifyFlag: number]>> = {
  filehelper: ['文件传输助手', 0],
  weixin: ['微信团队', 56],
  fmessage: ['朋友推荐消息', 0],
}

/** The account's address book, rooms and strangers under their real ids. Pure state: telling sessions is not its job. */
export class World {
  readonly self: {
    readonly id: string
    readonly uin: number
    readonly nickName: string
    readonly signature: string
  }
  readonly persons = new Map<string, Person>()
  readonly rooms = new Map<string, Room>()
  #made = 0

  constructor(spec: WorldSpec) {
    this.self = {
      id: spec.self.id ?? 'wxid_self00000001',
      uin: spec.self.uin,
      nickName: spec.self.nickName,
      signature: spec.self.signature ?? '',
    }
    for (const [id, [nickName, verifyFlag]] of Object.entries(SPECIAL)) {
      this.#put({ id, nickName }, 'special', verifyFlag)
    }
    for (const person of spec.friends) this.addPerson(person, 'friend')
    for (const person of spec.officials ?? []) this.addPerson(person, 'official')
    for (const person of spec.strangers ?? []) this.addPerson(person, 'stranger')
    for (const room of spec.rooms ?? []) this.addRoom(room)
  }

  addPerson(spec: PersonSpec, kind: PersonKind): Person {
    return this.#put(spec, kind, kind === 'official' ? 24 : 0)
  }

  addRoom(spec: RoomSpec): Room {
    const members = spec.members.map((member) => this.#member(member))
    const id = spec.id ?? `3${String(++this.#made).padStart(10, '0')}@chatroom`
    const room: Room = {
      id,
      topic: spec.topic,
      owner: spec.owner === undefined ? (members[0]?.id ?? SELF) : this.resolve(spec.owner),
      members: [{ id: SELF, displayName: spec.selfDisplayName ?? '' }, ...members],
      saved: spec.saved ?? true,
      muted: spec.muted ?? false,
      pinned: false,
      joined: true,
    }
    this.rooms.set(id, room)
    return room
  }

  /**
   * The id meant by a reference: an id, `self`, else a unique remark, topic or nickname.
   * Throws when nobody or more than one is meant, so that a script never reaches the wrong chat.
   */
  resolve(reference: string): string {
    if (reference === SELF || this.persons.has(reference) || this.rooms.has(reference)) return reference
    for (const ids of this.#matches(reference)) {
      if (ids.length === 1 && ids[0] !== undefined) return ids[0]
      if (ids.length > 1) throw new Error(`"${reference}" is ambiguous in this world: ${ids.join(', ')}`)
    }
    throw new Error(`nobody is called "${reference}" in this world`)
  }

  /** The person behind a reference; throws when it is a room or the owner. */
  person(reference: string): Person {
    const person = this.persons.get(this.resolve(reference))
    if (person === undefined) throw new Error(`"${reference}" is not a person of this world`)
    return person
  }

  /** The room behind a reference; throws when it is something else. */
  room(reference: string): Room {
    const room = this.rooms.get(this.resolve(reference))
    if (room === undefined) throw new Error(`"${reference}" is not a room of this world`)
    return room
  }

  /** What people see in that room, or in general when no room is meant: display name, else nickname. */
  shownName(id: string, room?: Room): string {
    const displayName = room?.members.find((member) => member.id === id)?.displayName ?? ''
    if (displayName !== '') return displayName
    return id === SELF ? this.self.nickName : (this.persons.get(id)?.nickName ?? id)
  }

  *#matches(reference: string): Generator<string[]> {
    const persons = [...this.persons.values()]
    yield persons.filter((person) => person.remark === reference).map((person) => person.id)
    yield [...this.rooms.values()].filter((room) => room.topic === reference).map((room) => room.id)
    yield persons.filter((person) => person.alias === reference).map((person) => person.id)
    yield persons.filter((person) => person.nickName === reference).map((person) => person.id)
  }

  #member(member: string | MemberSpec): Member {
    if (typeof member === 'string') return { id: this.resolve(member), displayName: '' }
    return { id: this.resolve(member.who), displayName: member.displayName ?? '' }
  }

  #put(spec: PersonSpec, kind: PersonKind, verifyFlag: number): Person {
    const number = ++this.#made
    const prefix = kind === 'official' ? 'gh_sim' : 'wxid_sim'
    const person: Person = {
      id: spec.id ?? `${prefix}${String(number).padStart(8, '0')}`,
      kind,
      nickName: spec.nickName,
      remark: spec.remark ?? '',
      alias: spec.alias ?? '',
      sex: spec.sex ?? 0,
      province: spec.province ?? '',
      city: spec.city ?? '',
      signature: spec.signature ?? '',
      starred: spec.starred ?? false,
      pinned: false,
      recent: spec.recent ?? true,
      reception: spec.reception ?? 'accepts',
      verifyFlag,
      attrStatus: kind === 'special' ? 4 : 4096 + number * 17,
      avatarSeq: 600_000_000 + number,
    }
    this.persons.set(person.id, person)
    return person
  }
}
