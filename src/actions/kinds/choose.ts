import { z } from 'zod'
import { parseCondition, type ValueCondition } from '../../domain/placeholder.ts'
import { type ActionContext, type CompiledAction, defineAction, textSchema } from './action.ts'

const actions = z.union([textSchema, z.array(z.unknown()).min(1)])
const branch = z.strictObject({
  if: z.string().min(1).optional(),
  when: z.unknown().optional(),
  do: actions.optional(),
  reply: z.unknown().optional(),
  else: actions.optional(),
})

type Branch = z.output<typeof branch>

interface CompiledBranch {
  readonly condition: ValueCondition | null
  readonly actions: readonly CompiledAction[]
}

/** `choose`: the actions of the first branch whose `if` holds, else those of `else`. */
export const choose = defineAction({
  key: 'choose',
  schema: z.array(branch).min(1).describe('分支：[{if: "{{积分}} > 100", do: […]}, {else: […]}]。Branches.'),
  compile(params, context) {
    const branches = params.map((one) => compileBranch(one, context))
    const good = branches.filter((one) => one !== null)
    if (good.length !== branches.length) return null
    return {
      plan(planner) {
        const taken = good.find((one) => one.condition?.test((path) => planner.value(path)) ?? true)
        return taken === undefined ? 'go' : planner.runAll(taken.actions)
      },
    }
  },
})

function compileBranch(one: Branch, context: ActionContext): CompiledBranch | null {
  if (one.when !== undefined) {
    context.problem('W250', { key: 'choose: when' })
    return null
  }
  const list = context.nested(
    one.else ?? one.do ?? (one.reply === undefined ? undefined : [{ reply: one.reply }]),
  )
  if (list === null) return null
  if (one.if === undefined) return { condition: null, actions: list }
  const condition = parseCondition(one.if)
  if (condition === null) context.problem('E259', { text: one.if })
  return condition === null ? null : { condition, actions: list }
}
