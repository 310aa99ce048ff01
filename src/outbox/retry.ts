import type { SendOutcome } from '../domain/run.ts'
import { backoffMs, DEFAULT_BACKOFF } from '../support/backoff.ts'
import type { Random } from '../support/random.ts'
import { REFUSAL_RETRY_MS } from './delivery.ts'

/** The first pause after "too often"; each further one in a row doubles it. */
export const FIRST_PAUSE_MS = 30_000
export const LONGEST_PAUSE_MS = 3_600_000
/** After this many good sends in a row the server's patience is taken to be restored. */
export const CALM_SENDS = 10

/** How the line has behaved lately. */
export interface LineHealth {
  /** Failures in a row without a trustworthy answer. */
  readonly failures: number
  /** "Too often" answers since the last calm. */
  readonly throttles: number
  readonly goodInARow: number
}

export const HEALTHY: LineHealth = { failures: 0, throttles: 0, goodInARow: 0 }

/** The health after one more outcome. */
export function nextHealth(health: LineHealth, outcome: SendOutcome): LineHealth {
  switch (outcome.kind) {
    case 'sent': {
      const goodInARow = health.goodInARow + 1
      return { failures: 0, throttles: goodInARow >= CALM_SENDS ? 0 : health.throttles, goodInARow }
    }
    case 'throttled':
      return { failures: 0, throttles: health.throttles + 1, goodInARow: 0 }
    case 'not-sent':
    case 'uncertain':
    case 'session-gone':
      return { ...health, failures: health.failures + 1, goodInARow: 0 }
    case 'refused':
      return { ...health, failures: 0, goodInARow: 0 }
    case 'unresolved':
      return health
  }
}

/** The pause after the n-th "too often" in a row: 30 s, doubling, at most an hour; never shorter than the server asked. */
export function throttlePauseMs(throttles: number, askedMs: number | null): number {
  const grown = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, throttles - 1))
  return Math.max(grown, askedMs ?? 0)
}

/** How long the whole account stays silent after an outcome. `health` already counts it. */
export function linePauseMs(outcome: SendOutcome, health: LineHealth, random: Random): number {
  switch (outcome.kind) {
    case 'throttled':
      return throttlePauseMs(health.throttles, outcome.afterMs)
    case 'not-sent':
    case 'uncertain':
    case 'session-gone':
      return backoffMs(health.failures, random, DEFAULT_BACKOFF)
    case 'sent':
    case 'refused':
    case 'unresolved':
      return 0
  }
}

/**
 * How long this one step waits after an outcome. Where nobody could be reached the whole line waits, and no step longer
 * than the line.
 */
export function stepPauseMs(outcome: SendOutcome, linePause: number): number {
  if (outcome.kind === 'refused') return REFUSAL_RETRY_MS
  return outcome.kind === 'throttled' ? linePause : 0
}

/** After a "too often" everything goes at half the pace until the line is calm. */
export function gapFactor(health: LineHealth): number {
  return health.throttles > 0 ? 2 : 1
}
