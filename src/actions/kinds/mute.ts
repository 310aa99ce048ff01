import { z } from 'zod'
import { defineAction, durationSchema } from './action.ts'
import { optionalDuration } from './memory.ts'

/** `mute`: the bot stays silent in this chat for a while. */
export const mute = defineAction({
  key: 'mute',
  schema: z
    .union([durationSchema, z.strictObject({ chat: z.literal('this').optional(), for: durationSchema })])
    .describe('这个聊天静音一段时间：30m。Silence in this chat.'),
  compile(params, context) {
    const forMs = optionalDuration(typeof params === 'string' ? params : params.for, context)
    if (forMs == null) return null
    return {
      plan(planner) {
        planner.mute(forMs, 'muted')
        return 'go'
      },
    }
  },
})
