import { z } from 'zod'
import { defineAction } from './action.ts'
import { memoryScope, scopeSchema } from './memory.ts'

const names = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

/** `forget`: removes remembered values. */
export const forget = defineAction({
  key: 'forget',
  schema: z
    .union([names, z.strictObject({ name: names, scope: scopeSchema.optional() })])
    .describe('忘掉：名字，或一组名字。Names of values to forget.'),
  compile(params) {
    const isPlain = typeof params === 'string' || Array.isArray(params)
    const wanted = [isPlain ? params : params.name].flat()
    const scope = memoryScope(isPlain ? undefined : params.scope)
    return {
      plan(planner) {
        for (const name of wanted) planner.forget(scope, name)
        return 'go'
      },
    }
  },
})
