import { z } from 'zod'
import { defineAction } from './action.ts'

/** `stop`: leaves out the rest of the list. */
export const stop = defineAction({
  key: 'stop',
  schema: z
    .union([z.null(), z.literal(true)])
    .optional()
    .describe('后面的动作不做了。Leave out the actions after this one.'),
  compile: () => ({ plan: () => 'stop' }),
})
