import { z } from 'zod'
import { defineAction } from './action.ts'

/** `ignore`: takes the message and says nothing. */
export const ignore = defineAction({
  key: 'ignore',
  schema: z
    .union([z.null(), z.literal(true)])
    .optional()
    .describe('收下这条消息，什么也不回。Take the message and say nothing.'),
  compile: () => ({ plan: () => 'stop' }),
})
