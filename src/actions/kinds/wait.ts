import { z } from 'zod'
import { parseDuration } from '../../support/duration.ts'
import { defineAction } from './action.ts'

/** Longer waits would only make the reply stale. */
const MAX_WAIT_MS = 5 * 60_000

/** `wait`: pause before the next message; a range is chosen from, `human` is as long as typing takes. */
export const wait = defineAction({
  key: 'wait',
  schema: z
    .string()
    .min(1)
    .meta({ pattern: '^\\s*(human|.*\\d\\s*[^\\d\\s].*)$' })
    .describe('停一下：2s、1-3s、human。Pause before the next message.'),
  compile(params, context) {
    if (params === 'human') {
      return {
        plan(planner) {
          planner.waitLikeHuman()
          return 'go'
        },
      }
    }
    const range = parseRange(params)
    if (range === null) {
      context.problem('E258', { text: params })
      return null
    }
    return {
      plan(planner) {
        const [low, high] = range
        planner.wait(Math.min(MAX_WAIT_MS, Math.round(low + planner.random() * (high - low))))
        return 'go'
      },
    }
  },
})

/** Reads `2s` and `1-3s`; the unit of the end serves the beginning too. */
function parseRange(text: string): readonly [number, number] | null {
  const range = /^\s*(\d+(?:\.\d+)?)\s*([^\d\s-]*)\s*[-~]\s*(\d+(?:\.\d+)?)\s*([^\d\s]+)\s*$/.exec(text)
  if (range === null) {
    const ms = parseDuration(text)
    return ms === null ? null : [ms, ms]
  }
  const unit = range[4] ?? ''
  const low = parseDuration(`${range[1]}${range[2] || unit}`)
  const high = parseDuration(`${range[3]}${unit}`)
  return low === null || high === null || low > high ? null : [low, high]
}
