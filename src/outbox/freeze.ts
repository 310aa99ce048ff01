import type { AccountKey, Instant } from '../domain/ids.ts'

/** Two freezes within this time are one too many (protocol errors-and-limits §4). */
const DAY_MS = 86_400_000
export const MAX_FREEZES_A_DAY = 2

/**
 * What the server's "too often" has led to. A freeze begins with the first complaint after a send that went well and
 * ends with the next such send, so asking again too early makes a pause longer but is no second freeze.
 */
export interface Freeze {
  /** Nothing is sent before. */
  readonly until: Instant
  /** Complaints since the last calm; each one doubles the pause. */
  readonly throttles: number
  /** When the freezes of the last day began, oldest first. */
  readonly begunAt: readonly Instant[]
  /** No send went well since the last complaint. */
  readonly isOpen: boolean
}

export const NO_FREEZE: Freeze = { until: 0, throttles: 0, begunAt: [], isOpen: false }

/** Keeps freezes over restarts; every change of one is saved. */
export interface FreezeMemory {
  load(account: AccountKey): Freeze | null
  save(account: AccountKey, freeze: Freeze): void
}

/** The freeze after one more complaint that asks for silence until `until`. */
export function freezeAgain(freeze: Freeze, now: Instant, until: Instant, throttles: number): Freeze {
  const recent = freeze.begunAt.filter((at) => Math.abs(now - at) < DAY_MS)
  return { until, throttles, begunAt: freeze.isOpen ? recent : [...recent, now], isOpen: true }
}

/** True when the account should say nothing more by itself until a person has looked at it. */
export function isFrozenTooOften(freeze: Freeze, now: Instant): boolean {
  return freeze.begunAt.filter((at) => Math.abs(now - at) < DAY_MS).length >= MAX_FREEZES_A_DAY
}
