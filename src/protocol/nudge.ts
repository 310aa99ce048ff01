import type { Clock } from '../support/clock.ts'

/** A request that waits to be taken: what is under way may end early for it, and one made before the wait is not lost. */
export class Nudge {
  #controller = new AbortController()

  /** Aborted while a request waits. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  ring(): void {
    this.#controller.abort()
  }

  /** True when there was a request; it is taken away. */
  take(): boolean {
    if (!this.#controller.signal.aborted) return false
    this.#controller = new AbortController()
    return true
  }
}

/** Runs `work` under a signal that fires with any of `sources`, and leaves no listener behind on them. */
export async function underAny<T>(
  sources: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const stop = () => controller.abort()
  for (const source of sources) {
    if (source.aborted) stop()
    source.addEventListener('abort', stop, { once: true })
  }
  try {
    return await work(controller.signal)
  } finally {
    for (const source of sources) source.removeEventListener('abort', stop)
  }
}

/** Sleeps until `ms` are over or somebody nudges. Rejects only when `signal` aborts. */
export async function sleepUnlessNudged(
  clock: Clock,
  ms: number,
  nudge: Nudge,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted()
  try {
    await underAny([signal, nudge.signal], (either) => clock.sleep(ms, either))
  } catch (error) {
    signal.throwIfAborted()
    if (!nudge.signal.aborted) throw error
  }
}
