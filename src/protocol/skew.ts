import type { Instant } from '../domain/ids.ts'

/** Less is no fault of a clock: the header counts seconds, and an answer may have waited somewhere. */
const NOTABLE_SKEW_MS = 60_000

/**
 * How far our clock is ahead of the server's by the date of its answer, ms; 0 while the two agree to a minute, null when
 * the answer bears no date.
 */
export function skewOf(header: unknown, now: Instant): number | null {
  const server = typeof header === 'string' ? Date.parse(header) : Number.NaN
  if (Number.isNaN(server)) return null
  return Math.abs(now - server) < NOTABLE_SKEW_MS ? 0 : now - server
}
