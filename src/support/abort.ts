/** True for the error that an aborted wait or request throws. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'CanceledError')
}

/** A promise that settles (never rejects) when the signal fires; resolves at once if it already has. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}

/** A wake-up line between loops: `ring` ends one `wait`; a ring before the wait is not lost. */
export class Bell {
  #rung = false
  #resolve: (() => void) | null = null

  ring(): void {
    this.#rung = true
    this.#resolve?.()
  }

  /** Resolves when rung (or already rung since the last wait) or aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      const stop = () => this.#resolve?.()
      signal.addEventListener('abort', stop, { once: true })
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
      })
      signal.removeEventListener('abort', stop)
    }
    this.#resolve = null
    this.#rung = false
  }
}
