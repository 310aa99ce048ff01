import type { Instant } from '../domain/ids.ts'
import type { ProtocolOptions } from './ports.ts'

/** So many codes come one right after the other; those that follow are spaced, as each died sooner than a code should. */
const AT_ONCE = 3
const FIRST_SPACE_MS = 1000
const MAX_SPACE_MS = 60_000

/** Says when the next QR code may be asked for. Pure but for its memory of the codes asked for. */
export class QrPacer {
  readonly #options: ProtocolOptions['qr']
  #last: Instant | null = null
  #unscanned = 0
  #nth = 0

  constructor(options: ProtocolOptions['qr']) {
    this.#options = options
  }

  /** Milliseconds from `now` until the next code may be asked for; counted from the last one, so a code that lived costs no wait. */
  waitMs(now: Instant): number {
    return this.#last === null ? 0 : Math.max(0, this.#last + this.#spaceMs() - now)
  }

  /** A code was made; returns its number in this attempt, from 1. */
  drawn(now: Instant): number {
    this.#last = now
    this.#unscanned++
    return ++this.#nth
  }

  #spaceMs(): number {
    if (this.#unscanned >= this.#options.maxFast) return this.#options.slowEveryMs
    if (this.#unscanned < AT_ONCE) return 0
    return Math.min(MAX_SPACE_MS, FIRST_SPACE_MS * 2 ** (this.#unscanned - AT_ONCE))
  }

  /** Somebody is there: codes may come fast again. */
  scanned(): void {
    this.#unscanned = 0
  }

  /** A person asked for a code, or a login succeeded: everything begins anew. */
  reset(): void {
    this.#last = null
    this.#unscanned = 0
    this.#nth = 0
  }

  /** A person asked for a code now. */
  hurry(): void {
    this.#last = null
    this.#unscanned = 0
  }
}
