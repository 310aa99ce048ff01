import { Failure, Throttled } from '../domain/errors.ts'
import { type BackoffOptions, backoffMs } from '../support/backoff.ts'
import type { Clock } from '../support/clock.ts'
import type { Random } from '../support/random.ts'
import type { KickMemory } from './ports.ts'

/** So long without a failure, and the next one is a first one. */
const HEALTHY_MS = 60_000
const THROTTLE_FIRST_MS = 60_000
const THROTTLE_MAX_MS = 3_600_000
/** Two logins thrown out within this time look like a restricted account. */
const KICK_WINDOW_MS = 600_000
const KICKS_TO_STOP = 2

/** How long to wait after one failure after another. Times are monotonic milliseconds. */
export class Trouble {
  readonly #random: Random
  readonly #backoff: BackoffOptions
  #attempt = 0
  #throttles = 0
  #firstAt = 0
  #calmSince = Number.NEGATIVE_INFINITY

  constructor(random: Random, backoff: BackoffOptions) {
    this.#random = random
    this.#backoff = backoff
  }

  /** The wait after `error`, and which failure in a row it was. */
  next(error: unknown, now: number): { waitMs: number; attempt: number } {
    if (now - this.#calmSince >= HEALTHY_MS) {
      this.#attempt = 0
      this.#throttles = 0
      this.#firstAt = now
    }
    this.#attempt++
    const waitMs = this.#waitMs(error, now - this.#firstAt)
    this.#calmSince = now + waitMs
    return { waitMs, attempt: this.#attempt }
  }

  #waitMs(error: unknown, troubledMs: number): number {
    if (error instanceof Throttled) {
      return Math.min(THROTTLE_MAX_MS, THROTTLE_FIRST_MS * 2 ** this.#throttles++)
    }
    // Short draws in a row must not lead to a wait longer than the trouble itself: a fault of ten seconds is over about
    // ten seconds after its end. With the longest draws this is the usual growth.
    const { firstMs, factor } = this.#backoff
    const maxMs = Math.min(this.#backoff.maxMs, troubledMs * Math.max(1, factor - 1) + firstMs * factor)
    const usual = backoffMs(this.#attempt, this.#random, { ...this.#backoff, maxMs })
    const asked = error instanceof Failure && typeof error.retry === 'object' ? error.retry.afterMs : 0
    return Math.max(usual, asked)
  }
}

/** Counts logins that the server threw out, also over restarts. */
export class Kicks {
  readonly #clock: Pick<Clock, 'now' | 'monotonic'>
  readonly #memory: KickMemory | undefined
  /** Monotonic: setting the clock neither makes a row of kicks nor tears one apart. */
  #times: number[]

  constructor(clock: Pick<Clock, 'now' | 'monotonic'>, memory?: KickMemory) {
    this.#clock = clock
    this.#memory = memory
    const [wall, mono] = [clock.now(), clock.monotonic()]
    this.#times = (memory?.load() ?? []).map((at) => mono - Math.max(0, wall - at))
  }

  /** One more; true when it is one too many. */
  add(): boolean {
    const now = this.#clock.monotonic()
    this.#times = [...this.#times.filter((at) => now - at < KICK_WINDOW_MS), now]
    this.#save()
    return this.#times.length >= KICKS_TO_STOP
  }

  forget(): void {
    this.#times = []
    this.#save()
  }

  #save(): void {
    const [wall, mono] = [this.#clock.now(), this.#clock.monotonic()]
    this.#memory?.save(this.#times.map((at) => wall - (mono - at)))
  }
}
