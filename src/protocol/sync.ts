import { TransportError } from '../domain/errors.ts'
import type { Cursor, Event, SyncBatch } from '../domain/event.ts'
import type { Instant } from '../domain/ids.ts'
import { isAbort } from '../support/abort.ts'
import type { Logger } from '../support/log.ts'
import type { Api, ApiTools } from './api.ts'
import { BoundedSet } from './bounded-set.ts'
import type { Contacts } from './contacts.ts'
import { chatsIn, type DecodeContext, decodeMessage, namesIn, realIdsIn } from './decode.ts'
import { Hearing } from './hearing.ts'
import { type Nudge, underAny } from './nudge.ts'
import type { Roster } from './roster.ts'
import { advance, goesBack, type Session, writeCursor } from './session.ts'
import { decodeName } from './text.ts'
import { readContacts } from './wire/contact.ts'
import { refusalOf } from './wire/ret.ts'
import type { StreamCursor } from './wire/saved.ts'
import type { SyncAnswer } from './wire/sync.ts'

export interface SyncTools extends ApiTools {
  readonly log: Logger
  readonly api: Api
  readonly session: Session
  readonly roster: Roster
  readonly contacts: Contacts
  readonly ownSends: BoundedSet
  /** True for a session of an earlier process: whether it lives is not known yet. */
  readonly isReopened: boolean
  /** Rings when a side call casts doubt on the session: the held poll ends and the server is asked at once. */
  readonly doubt: Nudge
  /** Called when synccheck says that there is nothing, and after each good answer of webwxsync. */
  onHealthy(): void
  /** Called when all that waited at the server was taken in, after it could not be heard. */
  onCaughtUp(): void
  /** Resolves when names can be told apart well enough to decode. */
  untilReadable(signal: AbortSignal): Promise<void>
}

const SEEN_LIMIT = 20_000
/** Looking up an unknown sender may hold a batch for so long, not longer. */
const LOOKUP_MS = 5000
/** Waits after the n-th answer in a row that brought nothing though something was announced. */
const EMPTY_WAITS_MS = [0, 250, 1000, 2000, 4000, 8000, 16_000, 30_000] as const
/** So many such answers in a row are no hiccup. */
const STUCK_AFTER = 5
/** A poll that was not held is no reason to poll faster. */
const QUICK_MS = 500
const QUICK_WAITS_MS = [0, 100, 500, 1000, 2000] as const

/** A position that went back so often within this time goes in circles. */
const LOOP_BACKS = 3
const LOOP_MS = 10 * 60_000

interface Pending {
  readonly cursor: StreamCursor
  readonly ids: readonly string[]
}

/**
 * The long poll of one session. `next` gives a batch, `accept` says it is stored: only then do the keys move on. A batch
 * that was not accepted is fetched again.
 */
export class SyncLoop {
  readonly #tools: SyncTools
  readonly #seen = new BoundedSet(SEEN_LIMIT)
  readonly #hearing: Hearing
  #pending: Pending | null = null
  #mustSync = false
  /**
   * A poll is held for half a minute when there is nothing, and all that time nobody knows whether the server is there. So
   * after a restart and after a link that failed it is first asked for what it answers at once: replies wait for that.
   */
  #asksFirst: boolean
  /** Such an answer says nothing about polls. Where only these fail, it is believed once. */
  #isPollAnswered = true
  #empties = 0
  #quick = 0
  #fetchedAt: Instant
  /** When the position last went back, the latest last. */
  #backs: readonly Instant[] = []

  constructor(tools: SyncTools) {
    this.#tools = tools
    this.#hearing = new Hearing(() => tools.onCaughtUp())
    this.#fetchedAt = tools.clock.monotonic()
    this.#asksFirst = tools.isReopened
  }

  /** Waits for the next batch. Throws what the server or the network did; the keys stay as they were. */
  async next(signal: AbortSignal): Promise<SyncBatch> {
    if (this.#pending !== null) this.#mustSync = true
    this.#pending = null
    try {
      return await this.#untilNews(signal)
    } catch (error) {
      this.#hearing.lost()
      if (isLinkFailure(error)) this.#asksFirst = this.#isPollAnswered
      throw error
    }
  }

  async #untilNews(signal: AbortSignal): Promise<SyncBatch> {
    for (;;) {
      await this.#tools.clock.sleep(EMPTY_WAITS_MS[Math.min(this.#empties, 7)] ?? 0, signal)
      if (this.#mustSync || this.#asksFirst || (await this.#hasNews(signal))) {
        const batch = await this.#fetch(signal)
        if (batch !== null) return batch
        if (!this.#mustSync) this.#hearing.caughtUp()
      }
    }
  }

  /** False from the moment the server could not be heard until what it had for us is accepted. */
  get isCaughtUp(): boolean {
    return this.#hearing.isCaughtUp(this.#tools.clock.monotonic())
  }

  /** True while the server goes on announcing news that it does not have, or hands out only what was taken already. */
  get isStuck(): boolean {
    return this.#empties >= STUCK_AFTER
  }

  /** True while the position goes back again and again, also when there is news between. */
  get isLooping(): boolean {
    const since = this.#tools.clock.monotonic() - LOOP_MS
    return this.#backs.filter((at) => at > since).length >= LOOP_BACKS
  }

  /** The batch that `next` gave is stored. */
  accept(): void {
    if (this.#pending === null) return
    this.#tools.session.cursor = this.#pending.cursor
    for (const id of this.#pending.ids) this.#seen.add(id)
    this.#pending = null
    if (!this.#mustSync) this.#hearing.caughtUp()
  }

  async #hasNews(signal: AbortSignal): Promise<boolean> {
    const { clock, api, doubt, options } = this.#tools
    await clock.sleep(QUICK_WAITS_MS[Math.min(this.#quick, 4)] ?? 0, signal)
    doubt.take()
    const started = clock.monotonic()
    const answer = await this.#untilDoubt((either) => api.synccheck(either), signal)
    if (answer === null) return false
    const refusal = refusalOf('synccheck', answer.retcode, '')
    if (refusal !== null) throw refusal
    this.#isPollAnswered = true
    const isQuiet = answer.selector === 0
    // News that cannot be fetched is no health: the fetch will tell.
    if (isQuiet) {
      this.#tools.meter.onSync('quiet')
      this.#hearing.caughtUp()
      this.#tools.onHealthy()
    }
    this.#quick = isQuiet && clock.monotonic() - started < QUICK_MS ? this.#quick + 1 : 0
    if (isQuiet) this.#empties = 0
    return !isQuiet || clock.monotonic() - this.#fetchedAt >= options.idleSyncMs
  }

  /** Null when the wait was cut short because the session is in doubt. */
  async #untilDoubt<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T | null> {
    const { doubt } = this.#tools
    try {
      return await underAny([signal, doubt.signal], work)
    } catch (error) {
      signal.throwIfAborted()
      if (isAbort(error) && doubt.signal.aborted) return null
      throw error
    }
  }

  async #fetch(signal: AbortSignal): Promise<SyncBatch | null> {
    const { api, session, clock } = this.#tools
    const isAskedFirst = this.#asksFirst
    // A server that says no was reached: its polls may be better.
    this.#asksFirst = false
    const answer = await api.sync(signal)
    if (isAskedFirst) this.#isPollAnswered = false
    this.#mustSync = answer.ContinueFlag !== 0
    this.#fetchedAt = clock.monotonic()
    this.#hearing.answered(this.#fetchedAt)
    this.#tools.onHealthy()
    const cursor = advance(session.cursor, answer.SyncKey, answer.SyncCheckKey)
    const hasMoved = writeCursor(cursor) !== writeCursor(session.cursor)
    const wentBack = goesBack(session.cursor.sync, cursor.sync)
    if (wentBack) this.#backs = [...this.#backs, this.#fetchedAt].slice(-LOOP_BACKS)
    const entries = this.#unseen(answer.AddMsgList)
    const hasNews = entries.length > 0 || (hasMoved && hasContactChange(answer))
    this.#empties = hasNews ? 0 : this.#empties + 1
    this.#tools.meter.onSync(hasNews ? 'news' : 'empty')
    if (this.#empties === 3) this.#tools.log.debug({}, 'the server announces news but has none')
    // Whatever ContinueFlag says, an answer without news is no reason to ask again at once.
    if (!hasNews) this.#mustSync = false
    await this.#learn(answer, entries, signal)
    const events = this.#decode(entries)
    if (!hasMoved && events.length === 0) return null
    this.#pending = { cursor, ids: entries.map(idOf) }
    return { ...this.#batch(events, cursor), ...(wentBack ? { wentBack } : {}) }
  }

  /** In the order of the official page: keys, profile, removed, changed, and then the messages. */
  async #learn(answer: SyncAnswer, entries: readonly unknown[], signal: AbortSignal): Promise<void> {
    const { session, roster, contacts } = this.#tools
    if (answer.SKey !== '') session.skey = answer.SKey
    if (answer.Profile != null && answer.Profile.BitFlag !== 0) {
      roster.renameSelf(decodeName(answer.Profile.NickName.Buff))
    }
    for (const contact of readContacts(answer.DelContactList)) roster.forget(contact.UserName)
    roster.learn(readContacts([...answer.ModContactList, ...answer.ModChatRoomMemberList]), true)
    for (const entry of entries) {
      for (const [userName, realId] of realIdsIn(entry)) roster.learnRealId(userName, realId)
      contacts.later(chatsIn(entry))
    }
    if (entries.length === 0) return
    await this.#tools.untilReadable(signal)
    const unknown = [...new Set(entries.flatMap((entry) => this.#unknownNames(entry)))]
    if (unknown.length === 0) return
    const deadline = AbortSignal.timeout(LOOKUP_MS)
    await underAny([signal, deadline], (either) => contacts.lookUp(unknown, either)).catch(() => {
      signal.throwIfAborted()
    })
  }

  /** A room is asked for when it or the speaker is unknown; nobody is looked up alone who speaks in a room. */
  #unknownNames(entry: unknown): string[] {
    const { roster } = this.#tools
    const names = namesIn(entry)
    if (names === null) return []
    if (names.room === '') return names.people.filter((name) => !roster.isKnown(name))
    const isComplete = names.people.every(
      (name) => name === roster.self.userName || roster.hasMember(names.room, name),
    )
    return roster.hasMembers(names.room) && isComplete ? [] : [names.room]
  }

  #unseen(entries: readonly unknown[]): unknown[] {
    const fresh: unknown[] = []
    const inThisAnswer = new Set<string>()
    for (const entry of entries) {
      const id = idOf(entry)
      if (id !== '' && (this.#seen.has(id) || inThisAnswer.has(id))) continue
      inThisAnswer.add(id)
      fresh.push(entry)
    }
    return fresh
  }

  #decode(entries: readonly unknown[]): Event[] {
    const { session, roster, clock, ownSends, http } = this.#tools
    const context: DecodeContext = {
      account: session.account,
      generation: session.generation,
      receivedAt: clock.now(),
      skewMs: http.skewMs,
      directory: roster,
      isOwnSend: (id) => ownSends.has(id),
    }
    const events = entries.map((entry) => decodeMessage(entry, context))
    for (const event of events) {
      if (event.kind === 'message.undecodable') {
        this.#tools.log.warn({ eventId: event.id, problem: event.problem }, 'a message could not be read')
      }
    }
    roster.flush()
    return events
  }

  #batch(events: readonly Event[], position: StreamCursor): SyncBatch {
    const { account, generation } = this.#tools.session
    const cursor: Cursor = { account, generation, value: writeCursor(position) }
    return { account, generation, events, cursor }
  }
}

/** The server was not reached; one that answers with an error page was, and may do so for one endpoint only. */
function isLinkFailure(error: unknown): boolean {
  return error instanceof TransportError && !error.code.startsWith('http-')
}

function hasContactChange(answer: SyncAnswer): boolean {
  return answer.ModContactList.length + answer.DelContactList.length + answer.ModChatRoomMemberList.length > 0
}

function idOf(entry: unknown): string {
  const isRecord = typeof entry === 'object' && entry !== null && 'MsgId' in entry
  return isRecord && typeof entry.MsgId === 'string' ? entry.MsgId : ''
}
