/** What a command printed so far, to wait for. */
export class Shown {
  #out = ''
  readonly #waiting: { readonly pattern: RegExp; readonly go: () => void }[] = []

  /** Everything that was printed so far. */
  add(out: string): void {
    this.#out = out
    for (const { pattern, go } of this.#waiting) if (pattern.test(out)) go()
  }

  until(pattern: RegExp): Promise<void> {
    if (pattern.test(this.#out)) return Promise.resolve()
    return new Promise((go) => this.#waiting.push({ pattern, go }))
  }
}
