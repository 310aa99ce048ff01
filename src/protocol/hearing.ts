/** A stream that never comes to an end keeps nobody silent for longer than this. */
const PATIENCE_MS = 30_000

/**
 * Knows whether all that the server had for us while it could not be heard was taken in. The owner may have answered
 * somebody meanwhile, and our own words may come back as proof that they were said, so nothing is said before. Times are
 * monotonic milliseconds.
 */
export class Hearing {
  readonly #onCaughtUp: () => void
  #isBehind = true
  #answeredAt: number | null = null

  constructor(onCaughtUp: () => void) {
    this.#onCaughtUp = onCaughtUp
  }

  isCaughtUp(now: number): boolean {
    return !this.#isBehind || (this.#answeredAt !== null && now - this.#answeredAt >= PATIENCE_MS)
  }

  /** The server could not be heard, or not be understood. */
  lost(): void {
    this.#isBehind = true
    this.#answeredAt = null
  }

  /** A good answer came; what it brought is still to be taken in. */
  answered(now: number): void {
    this.#answeredAt ??= now
  }

  /** Nothing more waits, and what came is taken in. */
  caughtUp(): void {
    if (!this.#isBehind) return
    this.#isBehind = false
    this.#onCaughtUp()
  }
}
