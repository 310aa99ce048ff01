import type { Chat, Person } from './chat.ts'
import type { Instant } from './ids.ts'

/** Where one person stands in a flow; kept as JSON in the store. */
export interface FlowState {
  readonly flow: string
  readonly step: string
  /** Rules version in which the flow began. */
  readonly version: string
  /** Wrong answers to the present step. */
  readonly wrong: number
  /** Steps taken so far, to bound loops. */
  readonly steps: number
  readonly expiresAt: Instant
  readonly values: Readonly<Record<string, string>>
  /** Where and who, as last seen: what is needed to say something when nobody wrote. */
  readonly place?: { readonly chat: Chat; readonly sender: Person }
}

/** Reads a saved state; null when it is not one of ours. */
export function readFlowState(text: string): FlowState | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  return isFlowState(parsed) ? parsed : null
}

function isFlowState(value: unknown): value is FlowState {
  if (typeof value !== 'object' || value === null) return false
  const { flow, step, version, wrong, steps, expiresAt, values } = value as Record<string, unknown>
  const areNumbers = [wrong, steps, expiresAt].every((one) => typeof one === 'number')
  const areTexts = [flow, step, version].every((one) => typeof one === 'string')
  return areNumbers && areTexts && typeof values === 'object' && values !== null
}

/** The text to save. */
export function writeFlowState(state: FlowState): string {
  return JSON.stringify(state)
}
