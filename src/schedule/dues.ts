import type { Instant } from '../domain/ids.ts'
import { addDays, instantAt, localTime } from '../domain/local-time.ts'
import { type DayPattern, readCron } from './cron.ts'

const KEPT_DAYS = 8
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** Far enough for the 29th of February across a century without one. */
const MAX_DAYS = 9 * 366
/** A missed due time older than this is nobody's business any more. */
const MAX_DAYS_BACK = 400

/**
 * When something is due, by clocks on the wall of one zone. A time that is shown twice is due once, the first time; one
 * that is left out is due the minute behind the gap.
 */
export class Dues {
  readonly #patterns: readonly DayPattern[]
  readonly #timezone: string
  /** The last answer of `nextAfter`: nothing is due between the two. */
  #next: { readonly from: Instant; readonly at: Instant } | null = null
  readonly #days = new Map<string, readonly Instant[]>()

  /** Throws `TypeError` for a bad line. The zone must be known. */
  constructor(crons: readonly string[], timezone: string) {
    this.#patterns = crons.map(readCron)
    this.#timezone = timezone
  }

  /** The first due instant after `after`; null when there is none for years. */
  nextAfter(after: Instant): Instant | null {
    if (this.#next !== null && after >= this.#next.from && after < this.#next.at) return this.#next.at
    const today = localTime(this.#timezone, after).date
    // Yesterday too: behind a gap at midnight its last minute may be due today.
    for (let offset = -1; offset <= MAX_DAYS; offset++) {
      const found = this.#onDay(addDays(today, offset)).find((instant) => instant > after)
      if (found === undefined) continue
      this.#next = { from: after, at: found }
      return found
    }
    return null
  }

  /** The last due instant behind `after` and not behind `upTo`; null when there is none. */
  latestIn(after: Instant, upTo: Instant): Instant | null {
    const today = localTime(this.#timezone, upTo).date
    const first = localTime(this.#timezone, Math.min(after, upTo)).date
    for (let offset = 0; offset <= MAX_DAYS_BACK; offset++) {
      const date = addDays(today, -offset)
      if (date < addDays(first, -1)) return null
      const found = this.#onDay(date).findLast((instant) => instant <= upTo)
      if (found !== undefined) return found > after ? found : null
    }
    return null
  }

  /** The due instants of a local day, ascending. A few days are kept: most questions are about the same ones. */
  #onDay(date: string): readonly Instant[] {
    const known = this.#days.get(date)
    if (known !== undefined) return known
    const minutes = this.#patterns.flatMap((pattern) => (pattern.isOn(date) ? pattern.minutes : []))
    const instants = minutes.length === 0 ? [] : this.#instantsOf(date, minutes)
    if (this.#days.size >= KEPT_DAYS) this.#days.clear()
    this.#days.set(date, instants)
    return instants
  }

  #instantsOf(date: string, minutes: readonly number[]): readonly Instant[] {
    const midnight = instantAt(this.#timezone, date, 0)
    const isPlainDay = instantAt(this.#timezone, addDays(date, 1), 0) - midnight === DAY_MS
    const instants = minutes.map((minute) =>
      isPlainDay ? midnight + minute * MINUTE_MS : instantAt(this.#timezone, date, minute),
    )
    return [...new Set(instants)].sort((a, b) => a - b)
  }
}
