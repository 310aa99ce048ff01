import type { Instant } from '../domain/ids.ts'
import type { Logger } from '../support/log.ts'
import { Api, type ApiTools } from './api.ts'
import { BoundedSet } from './bounded-set.ts'
import { Contacts } from './contacts.ts'
import { Nudge, underAny } from './nudge.ts'
import type { ProtocolPorts } from './ports.ts'
import { Roster } from './roster.ts'
import { type Session, toSaved } from './session.ts'
import { SyncLoop } from './sync.ts'
import type { WireContact } from './wire/contact.ts'
import type { SavedSession } from './wire/saved.ts'

const OWN_SENDS = 5000
/** Contacts of earlier logins are found again only with the whole address book; messages wait for it so long. */
const READABLE_MS = 30_000

/** One session with all that works on it. Ends by being dropped; nothing in it outlives the signals it is given. */
export class Live {
  readonly session: Session
  readonly api: Api
  readonly roster: Roster
  readonly loop: SyncLoop
  readonly ownSends = new BoundedSet(OWN_SENDS)
  /** Rings to have the server asked at once whether the session lives. */
  readonly doubt = new Nudge()
  /** When webwxinit last contradicted a claim that the session is over. */
  confirmedAt: Instant | null = null
  readonly #ports: ProtocolPorts
  readonly #tools: ApiTools & { readonly log: Logger }
  readonly #contacts: Contacts
  readonly #isFresh: boolean
  #isLoading = false
  #isClosed = false
  #lastSaved = ''

  constructor(options: {
    readonly session: Session
    readonly tools: ApiTools & { readonly log: Logger }
    readonly ports: ProtocolPorts
    /** Contacts of webwxinit, null for a session that was reopened. */
    readonly contacts: readonly WireContact[] | null
    onHealthy(): void
  }) {
    const { session, tools, ports } = options
    this.session = session
    this.#ports = ports
    this.#tools = tools
    this.#isFresh = options.contacts !== null
    this.api = new Api(tools, session)
    this.roster = new Roster({
      account: session.account,
      generation: session.generation,
      self: { userName: session.userName, nick: session.nick },
      port: ports.roster,
      clock: ports.clock,
    })
    this.roster.learn(options.contacts ?? [])
    this.#contacts = new Contacts(this.api, this.roster, tools, () => this.doubt.ring())
    this.loop = new SyncLoop({
      ...tools,
      api: this.api,
      session,
      roster: this.roster,
      contacts: this.#contacts,
      ownSends: this.ownSends,
      isReopened: !this.#isFresh,
      doubt: this.doubt,
      onHealthy: () => {
        options.onHealthy()
        this.save(true)
      },
      onCaughtUp: () => ports.onCaughtUp?.(),
      untilReadable: (signal) => this.#untilReadable(signal),
    })
  }

  /** Chats known by name only: what they are is found out when there is time. */
  meet(userNames: readonly string[]): void {
    this.#contacts.later(userNames)
  }

  /** Reads the address book in the background, once, and then whatever else is met. */
  startLoading(signals: readonly AbortSignal[]): void {
    if (this.#isLoading) return
    this.#isLoading = true
    underAny(signals, (signal) => this.#contacts.load(signal)).catch((error: unknown) => {
      this.#isLoading = false
      if (signals.some((signal) => signal.aborted)) return
      const problem = error instanceof Error ? error.name : 'unknown'
      this.#tools.log.error({ problem }, 'loading contacts failed')
    })
  }

  /** Saves the session when anything in it changed. */
  save(isAlive: boolean): void {
    if (this.#isClosed) return
    const { http, clock } = this.#tools
    const saved: SavedSession = toSaved(this.session, http.exportCookies(), isAlive, clock)
    const text = JSON.stringify({ ...saved, savedAt: 0 })
    if (text === this.#lastSaved) return
    this.#ports.session.save(saved)
    this.#lastSaved = text
  }

  /** Nothing of this session is saved any more: a late answer must not bring back what was cleared. */
  close(): void {
    this.#isClosed = true
  }

  async #untilReadable(signal: AbortSignal): Promise<void> {
    if (!this.#isFresh || !this.roster.hasOlderContacts || this.roster.isSettled) return
    const done = new AbortController()
    const patience = underAny([signal, done.signal], (either) =>
      this.#tools.clock.sleep(READABLE_MS, either),
    ).catch(() => {})
    await Promise.race([this.roster.settled, patience])
    done.abort()
    signal.throwIfAborted()
  }
}
