import { z } from 'zod'
import type { Instant } from '../domain/ids.ts'

const schema = z.object({
  flow: z.string(),
  step: z.string(),
  /** Rules version in which the flow began. */
  version: z.string(),
  wrong: z.number(),
  steps: z.number(),
  expiresAt: z.number(),
  values: z.record(z.string(), z.string()),
})

/** Where one person stands in a flow; kept as JSON in the store. */
export interface FlowState {
  readonly flow: string
  readonly step: string
  readonly version: string
  /** Wrong answers to the present step. */
  readonly wrong: number
  /** Steps taken so far, to bound loops. */
  readonly steps: number
  readonly expiresAt: Instant
  readonly values: Readonly<Record<string, string>>
}

/** Reads a saved state; null when it is not one of ours. */
export function readFlowState(text: string): FlowState | null {
  try {
    const parsed = schema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

/** The text to save. */
export function writeFlowState(state: FlowState): string {
  return JSON.stringify(state)
}
