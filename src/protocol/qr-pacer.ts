import type { Instant } from '../domain/ids.ts'
import type { ProtocolOptions } from './ports.ts'

/** Many logins in a short time get an account barred (protocol errors-and-limits §4). */
const WINDOW_MS = 600_000
const MAX_IN_WINDOW = 3

/** Says when the next QR code may be asked for. Pure but for its memory of the codes asked for. */
export class QrPacer {
  readonly #options: ProtocolOptions['qr']
  #asked: Instant[] = []
  #unscanned = 0
  #nth = 0

  constructor(options: ProtocolOptions['qr']) {
    this.#options = options
  }

  /** Milliseconds from `now` until the next code may be asked for. */
  waitMs(now: Instant): number {
    const last = this.#asked.at(-1)
    if (last === undefined) return 0
    if (this.#unscanned >= this.#options.maxFast) return Math.max(0, last + this.#options.slowEveryMs - now)
    const oldest = this.#asked.at(-MAX_IN_WINDOW)
    return oldest === undefined ? 0 : Math.max(0, oldest + WINDOW_MS - now)
  }

  /** A code was made; returns its number in this attempt, from 1. */
  drawn(now: Instant): number {
    this.#asked = [...this.#asked.slice(1 - MAX_IN_WINDOW), now]
    this.#unscanned++
    return ++this.#nth
  }

  /** Somebody is there: codes may come fast again. */
  scanned(): void {
    this.#unscanned = 0
  }

  /** A person asked for a code, or a login succeeded: everything begins anew. */
  reset(): void {
    this.#asked = []
    this.#unscanned = 0
    this.#nth = 0
  }

  /** A person asked for a code now. */
  hurry(): void {
    this.#asked = []
    this.#unscanned = 0
  }
}
