import type { AccountKey, ChatKey } from '../domain/ids.ts'
import type { SendOutcome } from '../domain/run.ts'
import type { Random } from '../support/random.ts'
import type { Moment } from './lanes.ts'
import { Pacing } from './pacing.ts'
import type { OutboxPort, SendingOptions } from './ports.ts'
import { gapFactor, HEALTHY, linePauseMs, nextHealth } from './retry.ts'

/** How fast and whether at all one account may speak now: pacing, and pauses after failures. Times are monotonic. */
export class Line {
  readonly #pacing: Pacing
  readonly #sending: SendingOptions
  readonly #random: Random
  #health = HEALTHY
  #pausedUntil = Number.NEGATIVE_INFINITY

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

  opensAt(): number {
    return Math.max(this.#pausedUntil, this.#pacing.opensAt(gapFactor(this.#health)))
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
  note(outcome: SendOutcome, now: number): number {
    this.#health = nextHealth(this.#health, outcome)
    const pauseMs = linePauseMs(outcome, this.#health, this.#random)
    this.respect(now + pauseMs)
    return pauseMs
  }

  /** Says nothing before `until`. */
  respect(until: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, until)
  }
}
