import { Failure, InvariantError, LoginRejected, SessionExpired, StoreError } from '../domain/errors.ts'
import type { SyncBatch } from '../domain/event.ts'
import type { Instant, LoginGeneration } from '../domain/ids.ts'
import { aborted } from '../support/abort.ts'
import type { Logger } from '../support/log.ts'
import { accountKey } from './account.ts'
import { WireHttp } from './http.ts'
import { Link } from './link.ts'
import { Live } from './live.ts'
import type { LoginTools } from './login.ts'
import { type LoginResult, NO_METER, syncFailure } from './meter.ts'
import { Nudge, sleepUnlessNudged, underAny } from './nudge.ts'
import type { ProtocolOptions, ProtocolPorts } from './ports.ts'
import { QrPacer } from './qr-pacer.ts'
import { fromSaved } from './session.ts'
import { startSession } from './start.ts'
import type { Ticket } from './ticket.ts'
import { Kicks, Trouble } from './trouble.ts'
import { Vault } from './vault.ts'
import { WayIn } from './way-in.ts'
import { RET } from './wire/ret.ts'
import type { SavedSession } from './wire/saved.ts'

/** A claim that the session is over is checked once; the same claim again so soon is believed. */
const CONFIRMED_MS = 60_000
/** Why `starting` began when no login was needed. */
export const RESUMING = 'resuming the saved session'
export const RESTRICTED =
  '登录后很快又被踢下线，账号可能被限制网页登录。请稍后在手机上确认账号状态，再要求新的二维码。 / ' +
  'The account was thrown out twice soon after login and may be restricted. Check it on the phone before asking for a new code.'

/** Drives one account: logs in, keeps the long poll going, recovers. Owns every wait; decides nothing about messages. */
export class Driver {
  readonly link: Link
  live: Live | null = null
  generation: LoginGeneration = 0
  lastSyncAt: Instant | null = null
  readonly #ports: ProtocolPorts
  readonly #options: ProtocolOptions
  readonly #tools: LoginTools
  readonly #log: Logger
  readonly #trouble: Trouble
  readonly #kicks: Kicks
  readonly #vault: Vault
  readonly #wayIn: WayIn
  /** True once a session was saved here: it counts even when older ones are to be ignored. */
  #hasSaved = false
  #isParked = false
  #isRunning = false
  /** How the login under way counts once it proves good; null when it was counted. */
  #promise: LoginResult | null = null
  /** Aborted by a logout, to end whatever is under way. */
  #epoch = new AbortController()

  constructor(options: ProtocolOptions, ports: ProtocolPorts) {
    this.#options = options
    this.#ports = ports
    this.#log = ports.log.child({ room: 'protocol' })
    this.link = new Link(ports.clock, this.#log)
    this.#vault = new Vault(ports, options.bases, this.#log)
    this.#trouble = new Trouble(ports.random, options.backoff)
    this.#kicks = new Kicks(ports.clock, ports.kicks)
    this.#tools = {
      http: new WireHttp({ ...options, clock: ports.clock }),
      options,
      clock: ports.clock,
      random: ports.random,
      meter: ports.meter ?? NO_METER,
      log: this.#log,
      link: this.link,
      pacer: new QrPacer(options.qr),
      refresh: new Nudge(),
    }
    this.#wayIn = new WayIn(this.#tools)
  }

  async *batches(signal: AbortSignal): AsyncGenerator<SyncBatch, void, void> {
    if (this.#isRunning) throw new InvariantError('batches is read twice at the same time')
    this.#isRunning = true
    try {
      this.#takeStoredCursor()
      while (!signal.aborted) {
        const batch = await this.#nextBatch(signal)
        if (batch === null) continue
        const { live } = this
        yield batch
        live?.loop.accept()
      }
    } finally {
      this.#isRunning = false
    }
  }

  refreshQr(): void {
    const { kind } = this.link.state
    if (this.live === null && kind !== 'starting') this.#tools.refresh.ring()
  }

  async logout(signal: AbortSignal): Promise<void> {
    const { live } = this
    this.#isParked = true
    this.#drop()
    this.#ports.session.clear()
    this.#hasSaved = false
    this.link.move({ kind: 'reset' }, 'logged out by the owner')
    await live?.api.logout(signal).catch(() => this.#log.info({}, 'the server did not confirm the logout'))
    this.#tools.http.importCookies([])
  }

  /** One try: a batch, or null after a failure that was waited out. */
  async #nextBatch(signal: AbortSignal): Promise<SyncBatch | null> {
    const epoch = this.#epoch.signal
    return await underAny([signal, epoch], async (either) => {
      try {
        const live = this.live ?? (await this.#goLive(either))
        live.startLoading([signal, epoch])
        return await live.loop.next(either)
      } catch (error) {
        this.#countFailure(error, either)
        if (!either.aborted)
          await this.#recover(error, either).catch((again) => this.#unlessAborted(again, either))
        return null
      }
    })
  }

  #countFailure(error: unknown, signal: AbortSignal): void {
    const { meter } = this.#tools
    const result = this.live === null || signal.aborted ? null : syncFailure(error)
    if (result !== null) meter.onSync(result)
    if (error instanceof LoginRejected) meter.onLogin('refused')
  }

  #unlessAborted(error: unknown, signal: AbortSignal): void {
    if (!signal.aborted) throw error
  }

  async #goLive(signal: AbortSignal): Promise<Live> {
    await this.#leaveParking(signal)
    const saved = this.#loadSaved()
    if (!this.#wayIn.isUnderWay && saved?.isAlive === true) return this.#reopen(saved)
    return await this.#open(await this.#wayIn.ticket(saved, signal), saved, signal)
  }

  /** Waits where only a person may go on. */
  async #leaveParking(signal: AbortSignal): Promise<void> {
    const { refresh, pacer } = this.#tools
    if (this.link.state.kind !== 'refused' && !this.#isParked) return
    await underAny([signal, refresh.signal], aborted)
    signal.throwIfAborted()
    refresh.take()
    pacer.hurry()
    this.#isParked = false
    // Asked for was a code, perhaps for another account: the phone of the last one is not bothered.
    this.#wayIn.mayPush = false
    this.#kicks.forget()
    this.link.move({ kind: 'reset' }, 'asked to log in')
  }

  #loadSaved(): SavedSession | null {
    return this.#options.restore || this.#hasSaved ? this.#vault.load() : null
  }

  #reopen(saved: SavedSession): Live {
    const session = fromSaved(saved, this.#vault.cursor(saved), this.#options.bases)
    this.#tools.http.importCookies(saved.cookies)
    this.link.move({ kind: 'begin' }, RESUMING)
    this.#promise = 'resumed'
    return this.#adopt(new Live(this.#liveOptions(session, null)))
  }

  async #open(ticket: Ticket, saved: SavedSession | null, signal: AbortSignal): Promise<Live> {
    if (this.link.state.kind !== 'starting') this.link.move({ kind: 'begin' }, 'opening the session again')
    const stored = this.#ports.cursor.load(accountKey(ticket.uin))
    const generation = 1 + Math.max(this.generation, saved?.generation ?? 0, stored?.generation ?? 0)
    const tools = { ...this.#tools, admit: this.#ports.admit }
    const { session, contacts, chats } = await startSession(tools, ticket, generation, signal)
    this.#wayIn.forget()
    const live = this.#adopt(new Live(this.#liveOptions(session, contacts)))
    this.#promise = 'ok'
    live.meet(chats)
    live.save(true)
    this.#hasSaved = true
    this.#wayIn.mayPush = true
    this.#tools.pacer.reset()
    this.#healthy()
    return live
  }

  #liveOptions(session: Live['session'], contacts: ConstructorParameters<typeof Live>[0]['contacts']) {
    const onHealthy = () => this.#healthy()
    return { session, contacts, tools: this.#tools, ports: this.#ports, onHealthy }
  }

  #adopt(live: Live): Live {
    this.live = live
    this.generation = live.session.generation
    this.#tools.refresh.take()
    return live
  }

  #healthy(): void {
    if (this.live === null) return
    this.lastSyncAt = this.#ports.clock.now()
    const { account, nick, uin } = this.live.session
    const uinEnd = String(uin % 100).padStart(2, '0')
    this.link.move({ kind: 'ready', account, nick, uinEnd }, 'the server answers')
    if (this.#promise !== null) this.#tools.meter.onLogin(this.#promise)
    this.#promise = null
  }

  /** Decides about one failure: an illegal move and a store that refuses escape, the rest is waited out or becomes a state. */
  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    if (error instanceof InvariantError || error instanceof StoreError) throw error
    if (error instanceof LoginRejected) {
      this.#wayIn.forget()
      const { ret, serverMessage } = error
      return this.link.move(
        { kind: 'rejected', code: ret, message: serverMessage },
        'the server refuses the login',
      )
    }
    if (!(error instanceof SessionExpired)) return await this.#wait(error, signal)
    const verdict = await this.#isAlive(error.ret, signal).catch((problem: unknown) => problem)
    signal.throwIfAborted()
    if (verdict === true) return
    if (verdict === false || verdict instanceof SessionExpired) this.#end(error.ret)
    else await this.#wait(verdict, signal)
  }

  /** Asks webwxinit whether a claimed end is one; the position in the stream stays as it is. */
  async #isAlive(ret: number, signal: AbortSignal): Promise<boolean> {
    const { live } = this
    const now = this.#ports.clock.monotonic()
    const isClaimedAgain = live?.confirmedAt != null && now - live.confirmedAt < CONFIRMED_MS
    if (live === null || ret === RET.noSession || isClaimedAgain) return false
    const answer = await live.api.init(signal)
    if (answer.SKey !== '') live.session.skey = answer.SKey
    live.confirmedAt = now
    this.#log.debug({ ret }, 'the session was called over but lives')
    return true
  }

  #end(code: number): void {
    this.live?.save(false)
    if (this.#promise !== null) this.#tools.meter.onLogin('failed')
    this.#drop()
    this.link.move({ kind: 'ended', code }, 'the server ended the session')
    // Logged out by hand on the phone is no sign of a restriction.
    if (code !== RET.noSession && this.#kicks.add()) {
      this.link.move({ kind: 'rejected', code, message: RESTRICTED }, 'thrown out twice in ten minutes')
    }
  }

  /** Ends everything that belongs to the session or login under way. */
  #drop(): void {
    this.live?.close()
    this.live = null
    this.#promise = null
    this.#wayIn.forget()
    this.#epoch.abort()
    this.#epoch = new AbortController()
  }

  async #wait(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports
    const { waitMs, attempt } = this.#trouble.next(error, clock.monotonic())
    const problem = error instanceof Failure ? error.code : 'internal'
    const endpoint = error instanceof Failure ? (error.context.endpoint ?? '') : ''
    if (!(error instanceof Failure)) {
      this.#log.error({ problem: error instanceof Error ? error.stack : 'unknown' }, 'an unexpected failure')
    }
    // The change of state that follows is told to the owner; this is for whoever looks closer.
    this.#log.debug({ code: problem, endpoint, attempt, waitMs }, 'no good answer, trying again later')
    const retryAt = clock.now() + waitMs
    this.link.move({ kind: 'failed', problem, retryAt, attempt }, 'no good answer')
    if (this.live === null) await this.#waitForCodeOr(waitMs, signal)
    else await clock.sleep(waitMs, signal)
  }

  /** Nobody who asks for a code waits for a backoff to end, nor for a login that does not get on. */
  async #waitForCodeOr(waitMs: number, signal: AbortSignal): Promise<void> {
    const { clock, refresh, pacer } = this.#tools
    await sleepUnlessNudged(clock, waitMs, refresh, signal)
    if (!refresh.take()) return
    this.#wayIn.forget()
    pacer.hurry()
  }

  /** After a reader that went away: what the store holds is the truth. */
  #takeStoredCursor(): void {
    if (this.live === null) return
    const { session } = this.live
    session.cursor = this.#vault.cursor(session) ?? session.cursor
  }
}
