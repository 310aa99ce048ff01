import { z } from 'zod'
import { defineAction } from './action.ts'

/** `start_flow`: begins a flow with the sender, at its first step. */
export const startFlow = defineAction({
  key: 'start_flow',
  schema: z.string().min(1).describe('开始一个流程。Begin a flow.'),
  compile(params, context) {
    if (!context.hasFlow(params)) {
      context.problem('E257', { name: params })
      return null
    }
    return {
      plan(planner) {
        planner.startFlow(params)
        return 'go'
      },
    }
  },
})
