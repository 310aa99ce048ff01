import type { Event } from '../domain/event.ts'
import type { AccountKey, Instant } from '../domain/ids.ts'
import { Bell } from '../support/abort.ts'
import type { Clock } from '../support/clock.ts'

/** Something that makes events when their time comes. */
export interface TimerSource {
  /** The events that are due; an event may come again until it is accepted, and after. */
  due(account: AccountKey, now: Instant): readonly Event[]
  /** When it should be asked again; null when nothing is to come. In the past: something waits to be decided now. */
  nextAt(account: AccountKey, now: Instant): Instant | null
}

export interface TimersPorts {
  readonly sources: readonly TimerSource[]
  readonly clock: Clock
  /** Whose events these are; null while nobody is there to send for: then time stands still here. */
  account(): AccountKey | null
  /** Stores the events (maybe none), each once, and sees to it that what waits is decided. */
  accept(account: AccountKey, events: readonly Event[]): Promise<void>
  /** The clock is not set, or is again; nothing is due until it is. */
  onClock(isPlausible: boolean): void
}

/** A machine without a battery starts in 1970; nothing of ours happened before this. */
const FIRST_PLAUSIBLE = Date.UTC(2024, 0, 1)
const LAST_PLAUSIBLE = Date.UTC(2100, 0, 1)
/** What is due but does not go away, and whether somebody is there again, is asked about this often. */
const ASK_AGAIN_MS = 1000
/** The clock may be set while we sleep, so never sleep long. */
const MAX_SLEEP_MS = 30_000

/** False for a clock that was never set. */
export function isPlausible(now: Instant): boolean {
  return now >= FIRST_PLAUSIBLE && now < LAST_PLAUSIBLE
}

/** The loop that watches the clock. One at a time; `wake` after anything that may have changed what comes next. */
export class Timers {
  readonly #ports: TimersPorts
  readonly #bell = new Bell()
  #isPlausible = true

  constructor(ports: TimersPorts) {
    this.#ports = ports
  }

  wake(): void {
    this.#bell.ring()
  }

  /** Runs until the signal aborts. Rejects when accepting does. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#turn()
      await this.#sleep(signal)
    }
  }

  async #turn(): Promise<void> {
    const { sources, clock, account: whose, accept } = this.#ports
    const account = whose()
    const now = clock.now()
    if (!this.#watchClock(now) || account === null) return
    const isTime = sources.some((source) => (source.nextAt(account, now) ?? Number.POSITIVE_INFINITY) <= now)
    if (!isTime) return
    await accept(
      account,
      sources.flatMap((source) => source.due(account, now)),
    )
  }

  #watchClock(now: Instant): boolean {
    const is = isPlausible(now)
    if (is !== this.#isPlausible) this.#ports.onClock(is)
    this.#isPlausible = is
    return is
  }

  async #sleep(signal: AbortSignal): Promise<void> {
    const { sources, clock, account: whose } = this.#ports
    const account = whose()
    const now = clock.now()
    const next =
      account === null || !this.#isPlausible ? [now] : sources.map((one) => one.nextAt(account, now))
    const waits = next.flatMap((at) => (at === null ? [] : [at > now ? at - now : ASK_AGAIN_MS]))
    const woken = new AbortController()
    const either = AbortSignal.any([signal, woken.signal])
    const slept = clock.sleep(Math.min(MAX_SLEEP_MS, ...waits), either).catch(() => {})
    await Promise.race([slept, this.#bell.wait(either)])
    woken.abort()
  }
}
