import { z } from 'zod'
import { asNumber } from '../../domain/comparison.ts'
import { defineAction } from './action.ts'
import { memorySchema, memoryScope, namedValues, optionalDuration } from './memory.ts'

/** `add`: changes remembered numbers; a missing one counts from 0. */
export const add = defineAction({
  key: 'add',
  schema: memorySchema(z.union([z.number(), z.string()])).describe('加减数字：{积分: 10}。Add to a number.'),
  compile(params, context) {
    const forMs = optionalDuration(params.for, context)
    const amounts = namedValues(params).map(([name, text]) => ({
      name,
      text,
      template: context.template(text),
    }))
    const bad = amounts.find((one) => !one.text.includes('{{') && asNumber(one.text) === null)
    if (bad !== undefined) context.problem('E261', { text: bad.text })
    if (forMs === undefined || bad !== undefined || amounts.some((one) => one.template === null)) return null
    const scope = memoryScope(params.scope)
    return {
      plan(planner) {
        for (const { name, template } of amounts) {
          const amount = asNumber((template && planner.render(template)) ?? '')
          if (amount === null) planner.warn(`add ${name}: 不是数字`, `add ${name}: not a number`)
          else planner.add(scope, name, amount, forMs)
        }
        return 'go'
      },
    }
  },
})
