import type { Core } from './core.ts'
import { notice } from './drafts.ts'
import { type Room, SELF } from './world.ts'
import type { PersonSpec, Reception, RoomSpec } from './world-spec.ts'

/** What may be changed about a contact from the phone (or by the contact). */
export interface ContactEdit {
  readonly nickName?: string
  readonly remark?: string
  readonly alias?: string
  readonly signature?: string
}

/** Changes of the address book and of rooms that sessions learn of through webwxsync. */
export interface Acts {
  /** A new friend, or a stranger of the world becoming one; with the notice that opens the chat. Returns the id. */
  befriend(who: string | PersonSpec): string
  editContact(who: string, edit: ContactEdit): void
  /** The owner deletes a friend (who stays known as a stranger). */
  deleteContact(who: string): void
  /** From now on texts to this person end like this. Nobody is told. */
  setReception(who: string, reception: Reception): void
  /** The owner is taken into a new room by its first member. Returns the id. */
  createRoom(room: RoomSpec): string
  /** Somebody joins, invited by a member (`by`, else the room's owner). */
  joinRoom(room: string, who: string, by?: string): void
  /** Somebody leaves silently: only the member list changes. */
  leaveRoom(room: string, who: string): void
  /** The room's owner removes somebody; with `self` the account loses the room. */
  removeFromRoom(room: string, who: string): void
  renameRoom(room: string, topic: string, by?: string): void
  /** Changes somebody's name inside a room. */
  nameInRoom(room: string, who: string, displayName: string): void
}

/** The acts of this simulator's world. */
export function actsOf(core: Core): Acts {
  return { ...contactActs(core), ...roomActs(core) }
}

type ContactActs = Pick<Acts, 'befriend' | 'editContact' | 'deleteContact' | 'setReception'>

function contactActs(core: Core): ContactActs {
  const { world } = core
  return {
    befriend(who) {
      const person = typeof who === 'string' ? world.person(who) : world.addPerson(who, 'friend')
      makeFriend(core, person.id)
      return person.id
    },
    editContact(who, edit) {
      const person = Object.assign(world.person(who), edit)
      changed(core, person.id)
    },
    deleteContact(who) {
      const person = world.person(who)
      person.kind = 'stranger'
      core.feed.append({ kind: 'gone', id: person.id })
    },
    setReception(who, reception) {
      world.person(who).reception = reception
    },
  }
}

/** Makes somebody a friend and tells the sessions, in the words of an accepted request. */
export function makeFriend(core: Core, id: string): void {
  const person = core.world.person(id)
  person.kind = 'friend'
  changed(core, id)
  say(core, id, `你已添加了${person.nickName}，现在可以开始聊天了。`)
}

function roomActs(core: Core): Omit<Acts, keyof ContactActs> {
  const { world } = core
  const shown = (room: Room, id: string) => `"${world.shownName(id, room)}"`
  return {
    createRoom(spec) {
      const room = world.addRoom(spec)
      const others = room.members.filter((member) => member.id !== SELF).map((member) => member.id)
      const names = others.slice(1).map((id) => world.shownName(id, room))
      changed(core, room.id)
      say(
        core,
        room.id,
        `${shown(room, others[0] ?? SELF)}邀请你加入了群聊，群聊参与人还有：${names.join('、')}`,
      )
      return room.id
    },
    joinRoom(reference, who, by) {
      const room = world.room(reference)
      const id = world.resolve(who)
      if (room.members.every((member) => member.id !== id)) room.members.push({ id, displayName: '' })
      const host = by === undefined ? room.owner : world.resolve(by)
      const inviter = host === SELF ? '你' : shown(room, host)
      say(core, room.id, `${inviter}邀请${shown(room, id)}加入了群聊`)
      changed(core, room.id)
    },
    leaveRoom(reference, who) {
      const room = world.room(reference)
      drop(room, world.resolve(who))
      changed(core, room.id)
    },
    removeFromRoom: (reference, who) => remove(core, world.room(reference), world.resolve(who)),
    renameRoom(reference, topic, by) {
      const room = world.room(reference)
      room.topic = topic
      const host = by === undefined ? room.owner : world.resolve(by)
      say(core, room.id, `${host === SELF ? '你' : shown(room, host)}修改群名为“${topic}”`)
      changed(core, room.id)
    },
    nameInRoom(reference, who, displayName) {
      const room = world.room(reference)
      const id = world.resolve(who)
      const member = room.members.find((one) => one.id === id)
      if (member === undefined) throw new Error(`"${who}" is not in the room "${room.topic}"`)
      member.displayName = displayName
      changed(core, room.id)
    },
  }
}

function remove(core: Core, room: Room, id: string): void {
  const owner = `"${core.world.shownName(room.owner, room)}"`
  const name = `"${core.world.shownName(id, room)}"`
  if (id !== SELF) {
    say(core, room.id, room.owner === SELF ? `你将${name}移出了群聊` : `${owner}将${name}移出了群聊`)
    drop(room, id)
    changed(core, room.id)
    return
  }
  say(core, room.id, `你被${owner}移出群聊`)
  drop(room, SELF)
  room.joined = false
  core.feed.append({ kind: 'gone', id: room.id })
}

function drop(room: Room, id: string): void {
  room.members = room.members.filter((member) => member.id !== id)
}

function changed(core: Core, id: string): void {
  core.feed.append({ kind: 'contact', id })
}

function say(core: Core, chat: string, text: string): void {
  core.feed.append({ kind: 'message', draft: notice(core, chat, text) })
}
