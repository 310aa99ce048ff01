import type { Random } from './random.ts'

export interface BackoffOptions {
  readonly firstMs: number
  readonly factor: number
  readonly maxMs: number
  /** The share of each wait that is random, 0..1; 1 is full jitter. */
  readonly jitter: number
}

/** 0.5 s to 60 s, full jitter. */
export const DEFAULT_BACKOFF: BackoffOptions = { firstMs: 500, factor: 2, maxMs: 60_000, jitter: 1 }

/** For a store that refuses: people free space by hand, and expect to be served soon after. */
export const STORE_BACKOFF: BackoffOptions = { ...DEFAULT_BACKOFF, maxMs: 10_000 }

/** Up to here waits grow by the factor; beyond, slowly: after a fault of a minute people still want to be served soon. */
const KNEE_MS = 8000
const SLOW_FACTOR = 1.03

/** The longest wait before attempt `attempt` (1 is the first retry). */
export function backoffCeilingMs(attempt: number, options: BackoffOptions = DEFAULT_BACKOFF): number {
  const { firstMs, factor, maxMs } = options
  const steps = Math.max(1, attempt)
  const kneeMs = Math.max(KNEE_MS, firstMs)
  const stepsToKnee = factor > 1 ? Math.floor(Math.log(kneeMs / firstMs) / Math.log(factor)) : steps
  const quick = firstMs * factor ** Math.min(steps, stepsToKnee)
  return Math.min(maxMs, quick * Math.min(factor, SLOW_FACTOR) ** Math.max(0, steps - stepsToKnee))
}

/**
 * A wait up to the ceiling, random in its `jitter` share. It never falls below `firstMs`, so that a run of unlucky draws
 * never becomes a burst of requests.
 */
export function backoffMs(
  attempt: number,
  random: Random,
  options: BackoffOptions = DEFAULT_BACKOFF,
): number {
  const ceiling = backoffCeilingMs(attempt, options)
  const lowest = Math.min(ceiling, Math.max(options.firstMs, ceiling * (1 - options.jitter)))
  return Math.round(lowest + random.next() * (ceiling - lowest))
}
