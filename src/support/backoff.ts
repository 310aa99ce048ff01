import type { Random } from './random.ts'

export interface BackoffOptions {
  readonly firstMs: number
  readonly factor: number
  readonly maxMs: number
}

/** 0.5 s doubling up to 60 s. */
export const DEFAULT_BACKOFF: BackoffOptions = { firstMs: 500, factor: 2, maxMs: 60_000 }

/** The longest wait before attempt `attempt` (1 is the first retry). */
export function backoffCeilingMs(attempt: number, options: BackoffOptions = DEFAULT_BACKOFF): number {
  return Math.min(options.maxMs, options.firstMs * options.factor ** Math.max(1, attempt))
}

/**
 * A wait with full jitter between `firstMs` and the ceiling. It never falls below `firstMs`, so that a run of
 * unlucky draws never becomes a burst of requests.
 */
export function backoffMs(
  attempt: number,
  random: Random,
  options: BackoffOptions = DEFAULT_BACKOFF,
): number {
  const ceiling = backoffCeilingMs(attempt, options)
  return Math.round(options.firstMs + random.next() * Math.max(0, ceiling - options.firstMs))
}
