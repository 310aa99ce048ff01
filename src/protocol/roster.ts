import type { Chat, Person } from '../domain/chat.ts'
import { type AccountKey, asId, type ChatKey, type LoginGeneration } from '../domain/ids.ts'
import type { Clock } from '../support/clock.ts'
import { FILE_HELPER, isSpecialName, newContactKey } from './account.ts'
import {
  allNames,
  chatKind,
  countEntries,
  emptyProfile,
  entryOf,
  mergeContact,
  nameOf,
  otherNames,
  type Profile,
  profileOf,
  relationOf,
  storedOf,
} from './identity.ts'
import { indexStored, matchContacts, type StoredIndex } from './match.ts'
import type { ProtocolPorts, RosterCounts, RosterEntry, RosterView, StoredContact } from './ports.ts'
import { TwinCounter } from './twins.ts'
import type { WireContact } from './wire/contact.ts'

export interface RosterOptions {
  readonly account: AccountKey
  readonly generation: LoginGeneration
  readonly self: { readonly userName: string; readonly nick: string }
  readonly port: ProtocolPorts['roster']
  readonly clock: Clock
}

export type Recipient =
  | { readonly kind: 'found'; readonly userName: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'ambiguous' }

/** Everything known about the contacts and rooms of one login, and their keys across logins. */
export class Roster implements RosterView {
  readonly #options: RosterOptions
  readonly #profiles = new Map<string, Profile>()
  readonly #keys = new Map<string, ChatKey>()
  readonly #names = new Map<ChatKey, string>()
  readonly #tiedKeys = new Set<ChatKey>()
  readonly #tiedNames = new Set<string>()
  readonly #dirty = new Set<string>()
  readonly #twins = new TwinCounter()
  readonly #index: StoredIndex
  readonly #settling = Promise.withResolvers<void>()
  #selfNick: string

  readonly owner: ChatKey = asId(FILE_HELPER)

  constructor(options: RosterOptions) {
    this.#options = options
    this.#selfNick = options.self.nick
    const stored = options.port.load(options.account)
    this.#index = indexStored(stored)
    this.hasOlderContacts = stored.some((contact) => contact.generation !== options.generation)
    for (const contact of stored.filter(({ generation }) => generation === options.generation)) {
      this.#put(profileOf(contact))
      this.#bind(contact.userName, contact.key)
    }
    this.#put({ ...emptyProfile(options.self.userName), nick: options.self.nick })
  }

  /** True when contacts of an earlier login wait to be found again: binding before the address book is read may err. */
  readonly hasOlderContacts: boolean

  isSettled = false

  /** Resolves when the address book is as complete as it gets. */
  get settled(): Promise<void> {
    return this.#settling.promise
  }

  get self(): RosterOptions['self'] {
    return { userName: this.#options.self.userName, nick: this.#selfNick }
  }

  /** Own profile changed on the phone. */
  renameSelf(nick: string): void {
    if (nick !== '') this.#selfNick = nick
  }

  /** Adds contacts by the merge rule; `isAuthoritative` for changes pushed through sync. */
  learn(contacts: readonly WireContact[], isAuthoritative = false): void {
    for (const contact of contacts) {
      const known = this.#profiles.get(contact.UserName) ?? emptyProfile(contact.UserName)
      this.#put(mergeContact(known, contact, isAuthoritative))
    }
  }

  /** A friend was removed or a room left: it stays known, but is a stranger. */
  forget(userName: string): void {
    const known = this.#profiles.get(userName)
    if (known !== undefined) this.#put({ ...known, contactFlag: 0 })
  }

  /** The permanent id behind a session name, as revealed by a status notify. */
  learnRealId(userName: string, realId: string): void {
    const known = this.#profiles.get(userName) ?? emptyProfile(userName)
    if (known.realId === realId || realId === '' || isSpecialName(userName)) return
    this.#put({ ...known, realId })
  }

  /** The address book is complete (or given up on for now): finds the contacts of earlier logins again. */
  settle(): void {
    this.isSettled = true
    this.#settling.resolve()
    this.#bindAll([...this.#profiles.values()].filter((profile) => !this.#keys.has(profile.userName)))
    for (const [userName, profile] of this.#profiles) {
      if (profile.kind === 'room' || relationOf(profile, this.self.userName) !== 'stranger')
        this.#keyOf(userName)
    }
    this.flush()
  }

  /** Hands changed records to the store. */
  flush(): void {
    const changed = [...this.#dirty].flatMap((userName) => this.#toStored(userName) ?? [])
    if (changed.length > 0) this.#options.port.save(this.#options.account, changed)
    // What could not be saved is saved the next time.
    this.#dirty.clear()
  }

  isKnown(userName: string): boolean {
    const profile = this.#profiles.get(userName)
    return isSpecialName(userName) || (profile !== undefined && profile.nick !== '')
  }

  /** True when the room's members are known and `member` is one of them. */
  hasMember(room: string, member: string): boolean {
    return this.#profiles.get(room)?.members.has(member) ?? false
  }

  hasMembers(room: string): boolean {
    return (this.#profiles.get(room)?.members.size ?? 0) > 0
  }

  /** Rooms whose members were never fetched. */
  roomsWithoutMembers(): string[] {
    return this.#ofKind('room').flatMap((room) => (room.members.size === 0 ? [room.userName] : []))
  }

  /** The person behind a session name, as seen in `room` ('' in private chats). */
  person(userName: string, room = ''): Person {
    const member = this.#profiles.get(room)?.members.get(userName)
    const known = this.#profiles.get(userName)
    const profile = known ?? emptyProfile(userName)
    const seen = {
      ...profile,
      nick: profile.nick || (member?.nick ?? ''),
      attr: profile.attr || (member?.attr ?? 0),
    }
    if (member !== undefined && (seen.nick !== profile.nick || seen.attr !== profile.attr)) this.#put(seen)
    const display = member?.display ?? ''
    const chosen = [seen.nick, display].filter((name) => name !== seen.remark)
    const sharedNames = this.#twins.sharedNames(userName, chosen)
    return {
      key: asId(this.#keyOf(userName)),
      name: nameOf(seen, display),
      remark: seen.remark,
      alias: seen.alias,
      nick: seen.nick,
      display,
      relation: relationOf(seen, this.self.userName),
      isAmbiguous: this.#isAmbiguous(seen),
      ...(sharedNames.length === 0 ? {} : { sharedNames }),
    }
  }

  /** The chat behind a session name. */
  chat(userName: string): Chat {
    const profile = this.#profiles.get(userName) ?? emptyProfile(userName)
    const name = nameOf(profile)
    return {
      key: this.#keyOf(userName),
      kind: chatKind(profile, relationOf(profile, this.self.userName)),
      name,
      otherNames: otherNames(profile, name),
      isAmbiguous: this.#isAmbiguous(profile),
    }
  }

  /** Whom `@name` can mean in a room: ourselves by display name, else nick; everybody else likewise. */
  namesIn(room: string): { own: readonly string[]; others: readonly string[] } {
    const members = this.#profiles.get(room)?.members ?? new Map()
    const own = members.get(this.self.userName)?.display || this.#selfNick
    const others: string[] = []
    for (const member of members.values()) {
      if (member.userName !== this.self.userName) others.push(member.display || member.nick)
    }
    return { own: [own], others }
  }

  /** The session name of a stable key in this login; never a guess. */
  resolve(key: ChatKey): Recipient {
    if (isSpecialName(key)) return { kind: 'found', userName: key }
    const userName = this.#names.get(key)
    if (userName === undefined) return { kind: this.#tiedKeys.has(key) ? 'ambiguous' : 'missing' }
    return { kind: 'found', userName }
  }

  contacts(): readonly RosterEntry[] {
    return this.#entries('person').filter(
      (entry) => entry.relation !== 'stranger' && entry.relation !== 'self',
    )
  }

  rooms(): readonly RosterEntry[] {
    return this.#entries('room')
  }

  find(name: string): readonly RosterEntry[] {
    return [...this.contacts(), ...this.rooms()].filter(
      (entry) => name !== '' && (entry.name === name || entry.otherNames.includes(name)),
    )
  }

  names(): Iterable<string> {
    return allNames(this.#profiles.values())
  }

  byKey(key: ChatKey): RosterEntry | null {
    const userName = isSpecialName(key) ? key : this.#names.get(key)
    const profile = userName === undefined ? undefined : this.#profiles.get(userName)
    return profile === undefined ? null : this.#entry(profile)
  }

  get counts(): RosterCounts {
    return countEntries([...this.contacts(), ...this.rooms()])
  }

  #put(profile: Profile): Profile {
    this.#twins.replace(this.#profiles.get(profile.userName), profile)
    this.#profiles.set(profile.userName, profile)
    this.#dirty.add(profile.userName)
    return profile
  }

  #bind(userName: string, key: ChatKey): void {
    this.#keys.set(userName, key)
    this.#names.set(key, userName)
    this.#dirty.add(userName)
  }

  #bindAll(profiles: readonly Profile[]): void {
    // What tied once stays tied: one candidate asked alone would look like the only one.
    const isFree = ({ key }: StoredContact) => !this.#names.has(key) && !this.#tiedKeys.has(key)
    const { bound, tiedKeys, tiedNames } = matchContacts(profiles, this.#index, isFree)
    for (const [userName, contact] of bound) this.#bind(userName, contact.key)
    for (const key of tiedKeys) this.#tiedKeys.add(key)
    for (const userName of tiedNames) this.#tiedNames.add(userName)
  }

  #keyOf(userName: string): ChatKey {
    if (isSpecialName(userName)) return asId(userName)
    if (!this.#keys.has(userName)) this.#bindAll([this.#profiles.get(userName) ?? emptyProfile(userName)])
    const known = this.#keys.get(userName)
    if (known !== undefined) return known
    const { account, generation } = this.#options
    const profile = this.#profiles.get(userName) ?? this.#put(emptyProfile(userName))
    const key = newContactKey(account, generation, profile.kind, userName)
    this.#bind(userName, key)
    return key
  }

  #isAmbiguous(profile: Profile): boolean {
    if (isSpecialName(profile.userName) || profile.userName === this.self.userName) return false
    if (this.#tiedNames.has(profile.userName)) return true
    if (profile.realId !== '' || profile.alias !== '') return false
    return (profile.nick === '' && profile.remark === '') || this.#twins.hasTwin(profile)
  }

  #entry(profile: Profile): RosterEntry {
    const relation = profile.kind === 'room' ? 'room' : relationOf(profile, this.self.userName)
    return entryOf(profile, {
      key: this.#keyOf(profile.userName),
      relation,
      isAmbiguous: this.#isAmbiguous(profile),
    })
  }

  #entries(kind: 'person' | 'room'): RosterEntry[] {
    return this.#ofKind(kind).map((profile) => this.#entry(profile))
  }

  #ofKind(kind: 'person' | 'room'): Profile[] {
    return [...this.#profiles.values()].filter((profile) => profile.kind === kind)
  }

  #toStored(userName: string): StoredContact | null {
    const profile = this.#profiles.get(userName)
    const key = this.#keys.get(userName)
    if (profile === undefined || key === undefined || isSpecialName(userName)) return null
    const relation = relationOf(profile, this.self.userName)
    const { generation, clock } = this.#options
    return storedOf(profile, { key, relation, generation, seenAt: clock.now() })
  }
}
