/**
 * What one message may spend on regular expressions, in steps: program size times text length bounds a search, at
 * about 25 ns a step at worst. A count of steps, not a clock, so that deciding again decides the same.
 */
export const REGEX_STEPS_PER_MESSAGE = 4_000_000

/** Tells how much of a message's allowance is left. */
export class RegexBudget {
  #left = REGEX_STEPS_PER_MESSAGE
  #refusals = 0

  /** True once a search was refused. */
  get isSpent(): boolean {
    return this.#refusals > 0
  }

  /** How many searches were refused. */
  get refusals(): number {
    return this.#refusals
  }

  /** Takes the cost of one search; false when it is more than what is left, and then nothing is taken. */
  take(steps: number): boolean {
    if (steps > this.#left) {
      this.#refusals++
      return false
    }
    this.#left -= steps
    return true
  }
}
