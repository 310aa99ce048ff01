import { StoreError } from '../domain/errors.ts'
import type { AccountKey, ChatKey, Instant } from '../domain/ids.ts'
import type { SendOutcome } from '../domain/run.ts'
import { Bell, isAbort } from '../support/abort.ts'
import { backoffMs, STORE_BACKOFF } from '../support/backoff.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import type { Random } from '../support/random.ts'
import { type Begun, Desk } from './desk.ts'
import { sendEffect } from './effectors/send.ts'
import { type FreezeMemory, NO_FREEZE } from './freeze.ts'
import { Lanes } from './lane-set.ts'
import { type Lane, pickLane } from './lanes.ts'
import { type Brake, Line } from './line.ts'
import type { DeliveryChange, OutboxPort, Sender, SendingOptions } from './ports.ts'
import { stepPauseMs } from './retry.ts'

export interface RunnerOptions {
  readonly port: OutboxPort
  readonly sender: Sender
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly sending: SendingOptions
  /** How long an unknown outcome waits for its echo before it is sent again; 0.5 s unless given. */
  readonly resendAfterMs?: number
  /** Told after each change is on disk; for logs and metrics. Must not throw. */
  readonly onDelivery?: (change: DeliveryChange) => void
  /** Where freezes outlive the process; without it they end with it. */
  readonly freezes?: FreezeMemory
  /** The store refused (disk full, read-only): nothing is sent until it takes changes again. */
  readonly onAlarm?: (error: StoreError) => void
}

/** Long enough for the echo of a send to come with the next answer of the long poll, which it ends at once. */
const RESEND_AFTER_MS = 500
/** Store failures that may heal by themselves. */
const HEALING: readonly string[] = ['disk-full', 'read-only', 'locked', 'not-writable']

/**
 * Carries out the durable steps of the account that is logged in: the first unfinished step of each chat, one send in
 * flight, in the order of the events within a chat. Sleeps until something is due or `wake` is called; it never polls.
 */
export class Runner {
  readonly #options: RunnerOptions
  readonly #bell = new Bell()
  readonly #stopping = new AbortController()
  readonly #cutting = new AbortController()
  readonly #desk: Desk
  readonly #lanes: Lanes
  #line: Line
  #account: AccountKey | null = null
  #running: Promise<void> | null = null
  #storeFailures = 0

  constructor(options: RunnerOptions) {
    this.#options = options
    const { port, sender, random, sending, onDelivery = () => {} } = options
    this.#desk = new Desk({ port, sender, random, options: sending, onDelivery })
    const resendAfterMs = options.resendAfterMs ?? RESEND_AFTER_MS
    this.#lanes = new Lanes(port, { typing: sending.typing, random, resendAfterMs })
    this.#line = new Line(sending, random)
  }

  /**
   * Starts the loop. Resolves when it was stopped; rejects when the store cannot be trusted any more or on a bug of
   * ours, and then nothing is sent any more. Rows left `sending` by a crash become `uncertain` first.
   */
  start(): Promise<void> {
    this.#running ??= this.#loop()
    return this.#running
  }

  /** Tells that these chats have new or changed steps; without chats, that anything may have changed (login, resume). */
  wake(chats?: readonly ChatKey[]): void {
    this.#lanes.stale(chats)
    this.#bell.ring()
  }

  /** The connection is up again after trouble: nothing waits for the end of a pause that the trouble caused. */
  recovered(): void {
    this.#line.relieve()
    this.wake()
  }

  /** The server complained outside an answer (a grey line in a chat): pause as for "too often". */
  slowDown(afterMs: number | null = null): void {
    this.#note({ kind: 'throttled', ret: 0, afterMs })
    this.#bell.ring()
  }

  /** Until when the server's "too often" keeps everything back; null when nothing is frozen. */
  get frozenUntil(): Instant | null {
    return this.#line.frozenUntil(this.#moment())
  }

  /** Why nothing goes out at this moment, whatever waits; null when something may. */
  get brake(): Brake {
    return this.#line.brake(this.#options.clock.monotonic())
  }

  /** A person has looked at the account: earlier freezes do not count any more, a pause that runs goes on. */
  forgiveFreezes(): void {
    this.#line.forgive()
    this.#saveFreeze()
  }

  /** Takes nothing new out and waits for the send in flight; when `deadline` fires it is cut and becomes `uncertain`. */
  async drain(deadline: AbortSignal): Promise<void> {
    this.#stopping.abort()
    const cut = () => this.#cutting.abort()
    if (deadline.aborted) cut()
    deadline.addEventListener('abort', cut, { once: true })
    await this.#running
    deadline.removeEventListener('abort', cut)
  }

  /** Stops now: a send in flight is cut. */
  async stop(): Promise<void> {
    await this.drain(AbortSignal.abort())
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#turn(signal)
        this.#storeFailures = 0
      } catch (error) {
        if (isAbort(error)) continue
        await this.#onFailure(error, signal)
      }
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    this.#followAccount()
    const { sender, clock } = this.#options
    const now = clock.monotonic()
    if (this.#account !== null) this.#tidy(this.#account)
    const picked = this.#account !== null && sender.isOnline ? this.#pick(now) : null
    if (picked !== null && picked.at <= now) await this.#deliver(picked.lane)
    else
      await this.#sleepUntil(
        Math.min(picked?.at ?? Number.POSITIVE_INFINITY, this.#lanes.attentionAt()),
        signal,
      )
  }

  /** Rows of another account are not even looked at. */
  #followAccount(): void {
    const { sender, port, clock, sending, random, log } = this.#options
    const { account } = sender
    if (account === this.#account) return
    const moment = this.#moment()
    if (account !== null) {
      const recovered = port.recoverSending(account, clock.now())
      if (recovered > 0) log.warn({ recovered }, 'sends were cut off by the last stop')
      const line = new Line(sending, random)
      line.restore(port, account, moment)
      line.restoreFreeze(this.#options.freezes?.load(account) ?? NO_FREEZE, moment)
      this.#line = line
    }
    this.#lanes.follow(account)
    this.#account = account
  }

  /** Settles what must be settled without sending: what grew too old, and unknown outcomes nobody may resend. */
  #tidy(account: AccountKey): void {
    const { port, onDelivery, clock } = this.#options
    const moment = this.#moment()
    this.#lanes.refresh(moment)
    this.#line.respect(this.#lanes.restoredPauseUntil)
    for (const lane of this.#lanes.needingAttention(moment.mono)) {
      if (lane.step.delivery.kind === 'uncertain') {
        this.#desk.begin(lane.step, moment, moment.mono - lane.uncertainSince)
      } else {
        const expired = port.expire(account, lane.chat, moment.wall, EXPIRE_SLICE)
        const to = { kind: 'expired', at: clock.now() } as const
        for (const step of expired) onDelivery?.({ step, chat: lane.chat, from: lane.step.delivery, to })
      }
      this.#lanes.reread(lane, moment)
    }
  }

  #pick(now: number): { readonly lane: Lane; readonly at: number } | null {
    const open = this.#line.opensAt()
    return pickLane(this.#lanes.all(), now, (lane) =>
      Math.max(open, lane.dueAt, this.#line.chatOpensAt(chatOf(lane))),
    )
  }

  async #deliver(lane: Lane): Promise<void> {
    const { sender, clock } = this.#options
    const moment = this.#moment()
    const begun = this.#desk.begin(lane.step, moment, moment.mono - lane.uncertainSince)
    if (begun === null) {
      this.#lanes.reload(lane.chat, moment, lane.servedAt)
      return
    }
    const outcome = await sendEffect(begun, sender, this.#cutting.signal)
    // Counted when it is over: between two ends lies no more time than between two arrivals at the server.
    const ended = clock.monotonic()
    this.#line.record(begun.chat, ended)
    if (outcome.kind === 'not-sent' || outcome.kind === 'unresolved') this.#line.withdraw(begun.chat, ended)
    const linePauseMs = this.#note(outcome)
    await this.#book(begun, outcome, stepPauseMs(outcome, linePauseMs))
    this.#lanes.reload(lane.chat, this.#moment(), clock.monotonic())
  }

  /** Lets the line learn; a freeze is remembered before anything else happens. Returns the pause in ms. */
  #note(outcome: SendOutcome): number {
    const before = this.#line.freeze
    const pauseMs = this.#line.note(outcome, this.#moment())
    if (this.#line.freeze !== before) this.#saveFreeze()
    return pauseMs
  }

  /** A store that refuses costs only the memory of the pause; the pause itself is kept. */
  #saveFreeze(): void {
    const { freezes, log } = this.#options
    if (this.#account === null || freezes === undefined) return
    try {
      freezes.save(this.#account, this.#line.freeze)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      log.debug({ code: error.code }, 'a freeze could not be remembered')
    }
  }

  /** The outcome is known; it is booked as soon as the store takes it. Only a stop gives up, and the next start asks. */
  async #book(begun: Begun, outcome: SendOutcome, pauseMs: number): Promise<void> {
    for (;;) {
      try {
        const moment = this.#moment()
        this.#desk.settle(begun, outcome, moment, moment.wall + pauseMs)
        return
      } catch (error) {
        if (this.#stopping.signal.aborted) throw error
        await this.#onFailure(error, this.#stopping.signal)
      }
    }
  }

  /** Waits out a store that may heal; everything else ends the loop. */
  async #onFailure(error: unknown, signal: AbortSignal): Promise<void> {
    if (!(error instanceof StoreError) || !HEALING.includes(error.code)) throw error
    const { log, onAlarm, clock, random } = this.#options
    this.#storeFailures += 1
    if (this.#storeFailures === 1) log.debug({ code: error.code }, 'store refuses, sending stops')
    onAlarm?.(error)
    this.#lanes.stale()
    await clock.sleep(backoffMs(this.#storeFailures, random, STORE_BACKOFF), signal).catch(() => {})
  }

  /** Sleeps until an instant, a ring or the stop. */
  async #sleepUntil(at: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options
    if (at === Number.POSITIVE_INFINITY) return await this.#bell.wait(signal)
    const waking = new AbortController()
    const timer = clock.sleep(at - clock.monotonic(), waking.signal).then(
      () => this.#bell.ring(),
      () => {},
    )
    await this.#bell.wait(signal)
    waking.abort()
    await timer
  }

  #moment() {
    const { clock } = this.#options
    return { wall: clock.now(), mono: clock.monotonic() }
  }
}

/** Steps that one transaction expires. */
const EXPIRE_SLICE = 500

/** The chat whose window a step counts in. */
function chatOf({ step: { effect, chat } }: Lane): ChatKey {
  if (effect?.kind === 'send') return effect.to === 'owner' ? chat : effect.to
  return chat
}
