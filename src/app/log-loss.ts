/** Knows what to tell about lines of the log that nobody could read. */
export class LogLoss {
  #seen = 0
  #told = 0

  /**
   * Takes a look at the lines lost since the start. Returns how many to tell of, once they are no longer becoming more:
   * before that, the telling would be lost as well.
   */
  look(total: number): number | null {
    const isOver = total === this.#seen
    this.#seen = total
    if (!isOver || total === this.#told) return null
    const lost = total - this.#told
    this.#told = total
    return lost
  }
}
