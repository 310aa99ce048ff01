/** Remembers the latest `limit` strings. */
export class BoundedSet {
  readonly #limit: number
  readonly #entries = new Set<string>()

  constructor(limit: number) {
    this.#limit = limit
  }

  has(entry: string): boolean {
    return this.#entries.has(entry)
  }

  add(entry: string): void {
    this.#entries.add(entry)
    if (this.#entries.size > this.#limit) {
      const [oldest] = this.#entries
      if (oldest !== undefined) this.#entries.delete(oldest)
    }
  }
}
