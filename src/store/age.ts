import { randomUUID } from 'node:crypto'
import type { Clock } from '../support/clock.ts'

/** When something began, told so that a clock that is set forward or back cannot change its age. */
export interface Birth {
  readonly bornAt: number
  readonly bornMono: number
  readonly epoch: string
}

/**
 * Ages by the monotonic clock. What this process made is exact; what an earlier one left is dated by the wall clock as
 * it stood when the store was opened, so a later step of that clock ages nothing.
 */
export class Ages {
  readonly #clock: Clock
  /** Told apart from the few others whose steps are still kept. */
  readonly #epoch = randomUUID().slice(0, 8)
  readonly #openedAt: number
  readonly #openedMono: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#openedAt = clock.now()
    this.#openedMono = clock.monotonic()
  }

  /** `at` is when it was made by the wall clock, which may be a moment ago. */
  birth(at = this.#clock.now()): Birth {
    return { bornAt: at, bornMono: this.#clock.monotonic(), epoch: this.#epoch }
  }

  ageMs({ bornAt, bornMono, epoch }: Birth): number {
    const mono = this.#clock.monotonic()
    const age = epoch === this.#epoch ? mono - bornMono : this.#openedAt - bornAt + (mono - this.#openedMono)
    return Math.max(0, age)
  }
}
