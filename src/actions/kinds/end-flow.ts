import { z } from 'zod'
import { defineAction } from './action.ts'

/** `end_flow`: the sender leaves the flow they are in. */
export const endFlow = defineAction({
  key: 'end_flow',
  schema: z
    .union([z.null(), z.literal(true), z.string().min(1)])
    .optional()
    .describe('结束流程。Leave the flow.'),
  compile: () => ({
    plan(planner) {
      planner.endFlow()
      return 'go'
    },
  }),
})
