import { Bell } from '../support/abort.ts'
import type { Clock } from '../support/clock.ts'

/** A line of the log that waits for its end. */
export interface HeldLine {
  /** The end is known: the line is told now. Does nothing when it was told before. */
  finish(): void
}

interface Waiting {
  readonly dueAt: number
  /** Tells it; `isOver` is false when the end is not known yet. */
  readonly tell: (isOver: boolean) => void
}

/** More lines do not wait: the oldest is told as far as it goes. */
const MAX_WAITING = 500

/**
 * Lines that are told when their end is known, so that one thing is one line; or after a while without it. Nothing is
 * lost by waiting: what is not over when `run` ends is told then.
 */
export class HeldLines {
  readonly #clock: Clock
  readonly #bell = new Bell()
  readonly #waiting = new Map<HeldLine, Waiting>()
  /** When the loop wakes by itself; a line that is due sooner wakes it. */
  #wakesAt = Number.POSITIVE_INFINITY
  #isOver = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Keeps a line for at most `forMs`. After the end of `run` nothing waits. */
  hold(tell: Waiting['tell'], forMs: number): HeldLine {
    const line: HeldLine = { finish: () => this.#tell(line, true) }
    const dueAt = this.#clock.monotonic() + forMs
    this.#waiting.set(line, { dueAt, tell })
    const [oldest] = this.#waiting.keys()
    if (this.#isOver) this.#tell(line, false)
    else if (this.#waiting.size > MAX_WAITING && oldest !== undefined) this.#tell(oldest, false)
    else if (dueAt < this.#wakesAt) this.#bell.ring()
    return line
  }

  /** Tells what has waited long enough, until the signal aborts; then everything. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const now = this.#clock.monotonic()
      for (const [line, { dueAt }] of this.#waiting) if (dueAt <= now) this.#tell(line, false)
      await this.#sleep(signal)
    }
    this.#isOver = true
    for (const line of this.#waiting.keys()) this.#tell(line, false)
  }

  #tell(line: HeldLine, isOver: boolean): void {
    const waiting = this.#waiting.get(line)
    this.#waiting.delete(line)
    waiting?.tell(isOver)
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    this.#wakesAt = Math.min(...Array.from(this.#waiting.values(), ({ dueAt }) => dueAt))
    if (this.#waiting.size === 0) return await this.#bell.wait(signal)
    const waking = new AbortController()
    const timer = this.#clock.sleep(this.#wakesAt - this.#clock.monotonic(), waking.signal).then(
      () => this.#bell.ring(),
      () => {},
    )
    await this.#bell.wait(signal)
    waking.abort()
    await timer
  }
}
