import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises'

/** The only source of time. Handed in, so tests and the playground can own it. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number
  /** Milliseconds that never go back; for measuring and deadlines. */
  monotonic(): number
  /** Resolves after `ms` (at once when <= 0). Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The longest delay a timer takes; longer sleeps are cut into pieces. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    signal?.throwIfAborted()
    for (let left = ms; left > 0; left -= MAX_TIMER_MS) {
      await delay(Math.min(left, MAX_TIMER_MS), undefined, signal === undefined ? {} : { signal })
    }
  },
}

/** Lets waiting I/O have its turn; between slices of long synchronous work. */
export async function nextTurn(): Promise<void> {
  await immediate()
}
