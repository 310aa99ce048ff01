import type { AccountKey, ChatKey, Instant } from '../domain/ids.ts'
import type { SendOutcome } from '../domain/run.ts'
import type { Random } from '../support/random.ts'
import { type Freeze, freezeAgain, NO_FREEZE } from './freeze.ts'
import type { Moment } from './lanes.ts'
import { Pacing } from './pacing.ts'
import type { OutboxPort, SendingOptions } from './ports.ts'
import { gapFactor, HEALTHY, LONGEST_PAUSE_MS, linePauseMs, nextHealth } from './retry.ts'

/** Why nothing goes out at this moment; null when something may. */
export type Brake = 'frozen' | 'trouble' | 'limit-all' | 'limit-day' | null

/** How fast and whether at all one account may speak now: pacing, and pauses after failures. Times are monotonic. */
export class Line {
  readonly #pacing: Pacing
  readonly #sending: SendingOptions
  readonly #random: Random
  #health = HEALTHY
  #pausedUntil = Number.NEGATIVE_INFINITY
  #frozenUntil = Number.NEGATIVE_INFINITY
  #freeze = NO_FREEZE

  constructor(sending: SendingOptions, random: Random) {
    this.#sending = sending
    this.#random = random
    this.#pacing = new Pacing(sending)
  }

  /** Counts what earlier processes sent, so that a restart opens no window. An instant in the future counts as now. */
  restore(port: OutboxPort, account: AccountKey, { wall, mono }: Moment): void {
    const { all, chat, day } = this.#sending.limits
    const longest = Math.max(all?.inMs ?? 0, chat?.inMs ?? 0, day?.inMs ?? 0, this.#sending.minGapMs)
    if (longest === 0) return
    for (const sent of port.sentSince(account, wall - longest)) {
      this.#pacing.record(sent.chat, mono - Math.max(0, wall - sent.at))
    }
  }

  /** Goes on with the freeze an earlier process was in; a time that the wall clock has made absurd is cut. */
  restoreFreeze(freeze: Freeze, { wall, mono }: Moment): void {
    this.#freeze = freeze
    this.#health = { ...this.#health, throttles: freeze.throttles }
    this.#frozenUntil = mono + Math.min(LONGEST_PAUSE_MS, Math.max(0, freeze.until - wall))
  }

  /** What "too often" has led to so far. */
  get freeze(): Freeze {
    return this.#freeze
  }

  /** Until when nothing is sent because of it; null when it is over. */
  frozenUntil({ wall, mono }: Moment): Instant | null {
    return this.#frozenUntil > mono ? wall + (this.#frozenUntil - mono) : null
  }

  /** Freezes so far do not count any more. */
  forgive(): void {
    this.#freeze = { ...this.#freeze, begunAt: [] }
  }

  opensAt(): number {
    const pacedAt = this.#pacing.opensAt(gapFactor(this.#health))
    return Math.max(this.#pausedUntil, this.#frozenUntil, pacedAt)
  }

  /** What holds back everything just now, the pause that lasts longest first; the gap between two sends is none. */
  brake(now: number): Brake {
    if (this.#frozenUntil > now) return 'frozen'
    if (this.#pausedUntil > now) return 'trouble'
    return this.#pacing.fullWindow(now)
  }

  chatOpensAt(chat: ChatKey): number {
    return this.#pacing.chatOpensAt(chat)
  }

  record(chat: ChatKey, at: number): void {
    this.#pacing.record(chat, at)
  }

  withdraw(chat: ChatKey, at: number): void {
    this.#pacing.withdraw(chat, at)
  }

  /** Learns from an outcome; returns the pause it causes, in ms. */
  note(outcome: SendOutcome, moment: Moment): number {
    if (outcome.kind === 'throttled') return this.#throttle(outcome, moment)
    this.#health = nextHealth(this.#health, outcome)
    if (outcome.kind === 'sent' && this.#freeze !== NO_FREEZE) this.#thaw()
    const pauseMs = linePauseMs(outcome, this.#health, this.#random)
    this.respect(moment.mono + pauseMs)
    return pauseMs
  }

  /** Says nothing before `until`. */
  respect(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until)
  }

  /** The server is there again: what failures held back may go. The next failure waits as long as it would have. */
  relieve(): void {
    this.#pausedUntil = Number.NEGATIVE_INFINITY
  }

  #throttle(outcome: Extract<SendOutcome, { kind: 'throttled' }>, { wall, mono }: Moment): number {
    const leftMs = Math.max(0, this.#frozenUntil - mono)
    // The server says it twice, in the answer and as a grey line; only what it says after a pause makes pauses grow.
    if (leftMs === 0) this.#health = nextHealth(this.#health, outcome)
    const pauseMs = leftMs === 0 ? linePauseMs(outcome, this.#health, this.#random) : leftMs
    const wholeMs = Math.max(pauseMs, outcome.afterMs ?? 0)
    this.#frozenUntil = mono + wholeMs
    this.#freeze = freezeAgain(this.#freeze, wall, wall + wholeMs, this.#health.throttles)
    return wholeMs
  }

  #thaw(): void {
    const { throttles } = this.#health
    if (!this.#freeze.isOpen && throttles === this.#freeze.throttles) return
    this.#freeze = { ...this.#freeze, throttles, isOpen: false }
  }
}
