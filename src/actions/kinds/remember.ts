import { z } from 'zod'
import { defineAction } from './action.ts'
import { memorySchema, memoryScope, namedValues, optionalDuration } from './memory.ts'

/** `remember`: keeps values for later messages; they are templates. */
export const remember = defineAction({
  key: 'remember',
  schema: memorySchema(z.union([z.string(), z.number(), z.boolean()])).describe(
    '记住：{键: 值, scope: contact, for: 30d}。Keep values for later.',
  ),
  compile(params, context) {
    const forMs = optionalDuration(params.for, context)
    const values = namedValues(params).map(([name, value]) => ({ name, template: context.template(value) }))
    if (forMs === undefined || values.some((one) => one.template === null)) return null
    const scope = memoryScope(params.scope)
    return {
      plan(planner) {
        for (const { name, template } of values) {
          const value = template === null ? null : planner.render(template)
          if (value !== null) planner.remember(scope, name, value, forMs)
        }
        return 'go'
      },
    }
  },
})
