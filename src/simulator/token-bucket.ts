/** Lets `burst` calls through at once and then `perSecond`, by the clock that is handed in. */
export class TokenBucket {
  readonly #burst: number
  readonly #perSecond: number
  #tokens: number
  #at: number | null = null

  constructor(burst: number, perSecond: number) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#tokens = burst
  }

  /** Takes one token; false when there is none. `now` in milliseconds, never going back. */
  take(now: number): boolean {
    const passed = this.#at === null ? 0 : now - this.#at
    this.#at = now
    this.#tokens = Math.min(this.#burst, this.#tokens + (passed / 1000) * this.#perSecond)
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
