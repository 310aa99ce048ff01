import { z } from 'zod'
import { defineAction } from './action.ts'

/** `rule`: another rule's actions, with the captures of this one and without the other's cooldown. */
export const rule = defineAction({
  key: 'rule',
  schema: z.string().min(1).describe('执行另一条规则的动作（写它的 id）。Run another rule’s actions.'),
  compile(params, context) {
    if (!context.hasRule(params)) {
      context.problem('E256', { id: params })
      return null
    }
    return { plan: (planner) => planner.runRule(params) }
  },
})
