import { Doorbell } from './doorbell.ts'
import type { FaultTable } from './faults.ts'
import { Feed } from './feed.ts'
import { Journal } from './journal.ts'
import type { LoginCode } from './login-code.ts'
import { type Owner, Session } from './session.ts'
import type { Settings } from './settings.ts'
import { World } from './world.ts'

/** A friend request waiting for an answer. */
export interface FriendRequest {
  readonly from: string
  readonly ticket: string
  accepted: boolean
}

/** Oddities switched on by a script; they last until switched off or used up. */
export interface Oddities {
  /** synccheck answers this at once, news or not. */
  stuckSelector: number | null
  /** The number synccheck gives when there is news, in place of the honest one. */
  newsSelector: number | null
  /** synccheck never notices news. */
  isSilent: boolean
  /** The next webwxsync answers present their messages backwards. */
  reorderNext: number
  /** The next webwxsync answer carries a key this many changes too old. */
  regressNext: number
  /** The next webwxsync answer brings a new skey. */
  renewSkeyNext: boolean
  /** The next webwxsync answer sets a new webwx_data_ticket. */
  renewCookieNext: boolean
  /** Push login is refused by risk control. */
  isAntispam: boolean
}

/** The state that all endpoints share. */
export class Core {
  readonly settings: Settings
  readonly world: World
  readonly feed = new Feed()
  readonly journal: Journal
  readonly faults: FaultTable
  readonly codes = new Map<string, LoginCode>()
  /** Rings when a code changes. */
  readonly codeBell = new Doorbell()
  readonly sessions: Session[] = []
  readonly requests: FriendRequest[] = []
  readonly media = new Map<string, Uint8Array>()
  /** ClientMsgId (with generation) -> MsgID, for the server that de-duplicates. */
  readonly sentIds = new Map<string, string>()
  /** Every taken send by MsgID, for taking it back. */
  readonly sent = new Map<string, { readonly chat: string; readonly at: number }>()
  readonly stop = new AbortController()
  readonly oddities: Oddities = {
    stuckSelector: null,
    newsSelector: null,
    isSilent: false,
    reorderNext: 0,
    regressNext: 0,
    renewSkeyNext: false,
    renewCookieNext: false,
    isAntispam: false,
  }
  /** Base of redirect_uri, known once the server listens. */
  publicBase = ''
  #lastMsgId: bigint

  constructor(settings: Settings, faults: FaultTable) {
    this.settings = settings
    this.faults = faults
    this.world = new World(settings.world)
    this.journal = new Journal(settings.clock, settings.journalLimit)
    this.#lastMsgId =
      4_200_000_000_000_000_000n + BigInt(Math.floor(settings.random.next() * 1e9)) * 1_000_000n
  }

  get nowSeconds(): number {
    return Math.floor(this.settings.clock.now() / 1000)
  }

  nextMsgId(): string {
    return String(++this.#lastMsgId)
  }

  /** The newest session that is alive; null when nobody is logged in. */
  get session(): Session | null {
    return this.sessions.findLast((session) => session.endedWith === null) ?? null
  }

  isFixedName(id: string): boolean {
    return this.world.persons.get(id)?.kind === 'special'
  }

  /** Opens a web login; an older one of the same account ends with 1101. */
  openSession(owner: Owner): Session {
    for (const other of this.sessions) {
      if (other.owner.uin === owner.uin) this.endSession(other, 1101)
    }
    const session = new Session(
      {
        owner,
        generation: this.sessions.length + 1,
        host: this.settings.apiHost,
        loginTime: this.nowSeconds,
        startPosition: this.feed.position,
        isFixed: (id) => this.isFixedName(id),
      },
      this.settings.random,
    )
    this.sessions.push(session)
    this.journal.add({ kind: 'session', what: 'opened', generation: session.generation })
    return session
  }

  /** Ends a login: every further call gets `ret`, a held poll at once. Nothing happens when it has ended before. */
  endSession(session: Session, ret: number): void {
    if (session.endedWith !== null) return
    session.endedWith = ret
    this.journal.add({ kind: 'session', what: 'ended', generation: session.generation, ret })
    this.feed.bell.ring()
  }
}
