import { ServerRefusal, SessionExpired, StoreError, Throttled } from '../domain/errors.ts'
import { aborted, Bell } from '../support/abort.ts'
import { backoffMs } from '../support/backoff.ts'
import type { Logger } from '../support/log.ts'
import { isRoomName, isSpecialName } from './account.ts'
import type { Api, ApiTools } from './api.ts'
import { underAny } from './nudge.ts'
import type { Roster } from './roster.ts'
import { readContacts, type WireContact } from './wire/contact.ts'

/** The official page follows at most 16 times. */
const MAX_PAGES = 17
const CHUNKS = [50, 10, 5, 1] as const
const SPACING_MS = 1000
/** A name that could not be looked up is not asked for again before this. */
const FORGET_MS = 600_000
/** Nor, when the trouble was not about the names, before this. */
const RETRY_MS = 60_000
const MAX_REMEMBERED = 5000
const TOO_OFTEN_MS = 600_000
/** After so many failures in a row, what is known so far must do; the reading goes on. */
const SETTLE_AFTER = 3

/** Reads the address book and looks up single names: one request at a time, spaced, cached, never in a hurry. */
export class Contacts {
  readonly #api: Api
  readonly #roster: Roster
  readonly #tools: ApiTools & { readonly log: Logger }
  readonly #onDoubt: () => void
  /** When a name was last asked for, and when the next request may go: by the clock that never goes back. */
  readonly #asked = new Map<string, number>()
  /** Names met in passing. */
  readonly #later = new Set<string>()
  /** Names that the server could not be asked about. */
  readonly #failed = new Set<string>()
  readonly #more = new Bell()
  #queue: Promise<unknown> = Promise.resolve()
  #nextAt = 0

  /** `onDoubt` is called when an answer says the session is over: only synccheck may decide that. */
  constructor(api: Api, roster: Roster, tools: ApiTools & { readonly log: Logger }, onDoubt: () => void) {
    this.#api = api
    this.#roster = roster
    this.#tools = tools
    this.#onDoubt = onDoubt
  }

  /**
   * Tells the phone, reads all pages, then the members of all rooms, and goes on looking up what is met later. Ends only
   * by being aborted.
   */
  async load(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#loadBook(signal), this.#serveLater(signal)])
  }

  /** To be looked up when there is time, once the address book is read: nobody waits for it. */
  later(userNames: readonly string[]): void {
    for (const name of userNames) this.#later.add(name)
    if (userNames.length > 0) this.#more.ring()
  }

  async #loadBook(signal: AbortSignal): Promise<void> {
    await this.#patiently(() => this.#api.notifyPhone(signal), 1, signal)
    await this.#readBook(signal)
    this.#keep(() => this.#roster.settle())
    await this.lookUp(this.#roster.roomsWithoutMembers(), signal)
    this.#keep(() => this.#roster.flush())
  }

  /** Very big address books are never had whole: the chats that the phone names are then all there is. */
  async #serveLater(signal: AbortSignal): Promise<void> {
    await underAny([signal], (either) => Promise.race([this.#roster.settled, aborted(either)]))
    for (;;) {
      signal.throwIfAborted()
      const names = await this.#nextNames(signal)
      if (names.length === 0) continue
      await this.lookUp(names, signal)
      this.#keep(() => this.#roster.settle())
    }
  }

  async #nextNames(signal: AbortSignal): Promise<string[]> {
    if (this.#later.size === 0 && this.#failed.size === 0) await this.#more.wait(signal)
    const source = this.#later.size > 0 ? this.#later : this.#failed
    if (source.size > 0 && source === this.#failed) {
      await this.#tools.clock.sleep(RETRY_MS, signal)
      for (const name of source) this.#asked.delete(name)
    }
    const names = [...source].filter((name) => this.#isWanting(name))
    source.clear()
    return names
  }

  #isWanting(name: string): boolean {
    return isRoomName(name) ? !this.#roster.hasMembers(name) : !this.#roster.isKnown(name)
  }

  /** What is known counts though the store refuses it now: the roster hands it over again with the next message. */
  #keep(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      this.#tools.log.debug({ code: error.code }, 'contacts are not saved yet')
    }
  }

  /** Fetches the names that are not known yet. What cannot be had stays unknown; rejects only when aborted. */
  async lookUp(userNames: readonly string[], signal: AbortSignal): Promise<void> {
    const now = this.#tools.clock.monotonic()
    const may = userNames.filter((name) => this.#mayAsk(name, now))
    const wanted = [...may.filter(isRoomName), ...may.filter((name) => !isRoomName(name))]
    for (const name of wanted) this.#asked.set(name, now)
    for (const name of this.#asked.keys()) {
      if (this.#asked.size <= MAX_REMEMBERED) break
      this.#asked.delete(name)
    }
    if (wanted.length === 0) return
    try {
      await this.#fetch(wanted, 0, signal)
    } catch (error) {
      this.#putOff(wanted)
      throw error
    }
  }

  /** The trouble was not about these names: they may be asked for again soon. */
  #putOff(names: readonly string[]): void {
    const at = this.#tools.clock.monotonic() - FORGET_MS + RETRY_MS
    for (const name of names) this.#asked.set(name, at)
  }

  #mayAsk(name: string, now: number): boolean {
    const at = this.#asked.get(name)
    return name !== '' && !isSpecialName(name) && (at === undefined || now - at >= FORGET_MS)
  }

  async #readBook(signal: AbortSignal): Promise<void> {
    let seq = 0
    const asked = new Set([seq])
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await this.#patiently(
        () => this.#api.contactPage(seq, signal),
        Number.POSITIVE_INFINITY,
        signal,
      )
      if (answer === null) return
      this.#roster.learn(readContacts(answer.MemberList).map(asListed))
      if (asked.has(answer.Seq)) return
      seq = answer.Seq
      asked.add(seq)
    }
  }

  async #fetch(names: readonly string[], step: number, signal: AbortSignal): Promise<void> {
    const size = CHUNKS[step] ?? 1
    for (let at = 0; at < names.length; at += size) {
      const chunk = names.slice(at, at + size)
      const isDone = await this.#inTurn(() => this.#fetchChunk(chunk, signal), signal)
      // One unknown name can spoil a whole request: smaller and smaller ones isolate it.
      if (!isDone && step + 1 < CHUNKS.length && chunk.length > 1) await this.#fetch(chunk, step + 1, signal)
    }
  }

  async #fetchChunk(chunk: readonly string[], signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await this.#api.batchContacts(chunk, signal)
      this.#roster.learn(readContacts(answer.ContactList))
      return true
    } catch (error) {
      signal.throwIfAborted()
      this.#note(error)
      const isAboutNames =
        error instanceof ServerRefusal && !this.#isSession(error) && !(error instanceof Throttled)
      if (!isAboutNames) {
        this.#putOff(chunk)
        for (const name of chunk) this.#failed.add(name)
        this.#more.ring()
      }
      return !isAboutNames
    }
  }

  /** One request after another, at least a second apart, whoever asks. */
  #inTurn<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = this.#queue.then(async () => {
      const { clock } = this.#tools
      await clock.sleep(this.#nextAt - clock.monotonic(), signal)
      this.#nextAt = clock.monotonic() + SPACING_MS
      return await work()
    })
    this.#queue = turn.catch(() => {})
    return turn
  }

  /** Tries again with backoff; null when given up or when the session is in doubt. */
  async #patiently<T>(work: () => Promise<T>, attempts: number, signal: AbortSignal): Promise<T | null> {
    for (let failures = 0; failures < attempts; ) {
      try {
        return await work()
      } catch (error) {
        signal.throwIfAborted()
        failures++
        this.#note(error)
        if (this.#isSession(error)) return null
        if (failures === SETTLE_AFTER) this.#keep(() => this.#roster.settle())
        const { clock, random, options } = this.#tools
        const isTooOften = error instanceof Throttled
        if (failures < attempts) {
          await clock.sleep(isTooOften ? TOO_OFTEN_MS : backoffMs(failures, random, options.backoff), signal)
        }
      }
    }
    return null
  }

  #isSession(error: unknown): boolean {
    return error instanceof SessionExpired
  }

  #note(error: unknown): void {
    const code = error instanceof ServerRefusal ? error.code : error instanceof Error ? error.name : 'unknown'
    this.#tools.log.debug({ code }, 'contact request failed')
    if (this.#isSession(error)) this.#onDoubt()
    else if (error instanceof Throttled) this.#nextAt = this.#tools.clock.monotonic() + TOO_OFTEN_MS
  }
}

/** Who stands in the address book without a word about what they are is a contact. */
function asListed(contact: WireContact): WireContact {
  return contact.ContactFlag === null ? { ...contact, ContactFlag: 1 } : contact
}
