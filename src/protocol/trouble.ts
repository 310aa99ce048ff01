import { Failure, Throttled } from '../domain/errors.ts'
import { type BackoffOptions, backoffMs } from '../support/backoff.ts'
import type { Random } from '../support/random.ts'

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

/** Counts logins that the server threw out. */
export class Kicks {
  #times: number[] = []

  /** True when this one is one too many. */
  add(now: number): boolean {
    this.#times = [...this.#times.filter((at) => now - at < KICK_WINDOW_MS), now]
    return this.#times.length >= KICKS_TO_STOP
  }

  forget(): void {
    this.#times = []
  }
}
