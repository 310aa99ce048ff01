import { z } from 'zod'
import { DURATION_PATTERN, parseDuration } from '../../support/duration.ts'
import type { CompileContext } from './matcher.ts'

/** A length of time as an operator writes it: `10m`, `2h`, `30d`. */
export const durationSchema = z
  .string()
  .min(1)
  .meta({ pattern: DURATION_PATTERN })
  .describe('时长，如 10m、2h、30d。A duration such as 10m, 2h, 30d.')

/** The duration in milliseconds; null after reporting that it cannot be read. */
export function compileDuration(text: string, context: CompileContext): number | null {
  const ms = parseDuration(text)
  if (ms === null) context.problem('E222', { text })
  return ms
}
