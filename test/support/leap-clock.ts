import { type Clock, nextTurn } from '../../src/support/clock.ts'

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

/** Rounds of the event loop in which everything that loopback sockets still carry arrives. */
const ROUNDS = 24

/** A clock that stands still until it is told to leap; days pass in seconds, while sockets stay real. */
export class LeapClock implements Clock {
  #wall: number
  #mono = 1000
  readonly #sleepers = new Set<Sleeper>()
  readonly #busy: (() => boolean)[] = []

  constructor(wall = Date.parse('2030-03-05T02:00:00Z')) {
    this.#wall = wall
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#mono
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (ms <= 0) return
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const wake = () => {
        signal?.removeEventListener('abort', stop)
        resolve()
      }
      const sleeper: Sleeper = { at: this.#mono + ms, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }

  /** No time passes while this holds. */
  standStillWhile(isBusy: () => boolean): void {
    this.#busy.push(isBusy)
  }

  /** Lets what is under way arrive, without any time passing. */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS; round++) {
      await nextTurn()
      if (this.#busy.some((isBusy) => isBusy())) round = 0
    }
  }

  /** Leaps to the next sleeper, at most `maxMs`, and lets what follows happen. */
  async leap(maxMs = Number.POSITIVE_INFINITY): Promise<void> {
    // Nobody sleeps: everything that is under way waits for real work, such as a file.
    if (this.#sleepers.size > 0) this.#move(maxMs)
    await this.settle()
  }

  #move(maxMs: number): void {
    let next = Number.POSITIVE_INFINITY
    for (const { at } of this.#sleepers) next = Math.min(next, at)
    const ms = Math.max(0, Math.min(next - this.#mono, maxMs))
    this.#mono += ms
    this.#wall += ms
    for (const sleeper of [...this.#sleepers].filter(({ at }) => at <= this.#mono)) {
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }

  /** Leaps on until `isDone` or for `maxMs`; true when it was done. */
  async until(isDone: () => boolean, maxMs = 3_600_000): Promise<boolean> {
    const end = this.#mono + maxMs
    await this.settle()
    while (!isDone() && this.#mono < end) await this.leap(end - this.#mono)
    return isDone()
  }

  /** All this time is gone at once, as when a machine slept. */
  async jump(ms: number): Promise<void> {
    this.#mono += ms
    this.#wall += ms
    await this.leap(0)
  }

  /** Somebody sets the clock on the wall by so much; no time passes. */
  set(ms: number): void {
    this.#wall += ms
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await this.until(() => false, ms)
  }
}
