import { z } from 'zod'
import { branchKey, isConditionSpec } from '../../domain/branches.ts'
import { parseCondition } from '../../domain/placeholder.ts'
import type { Planner } from '../planner.ts'
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
  /** Null for `else`. */
  readonly condition: ((planner: Planner) => boolean) | null
  readonly actions: readonly CompiledAction[]
}

/** `choose`: the actions of the first branch whose `if` and `when` hold, else those of `else`. */
export const choose = defineAction({
  key: 'choose',
  schema: z.array(branch).min(1).describe('分支：[{if: "{{积分}} > 100", do: […]}, {else: […]}]。Branches.'),
  compile(params, context) {
    const branches = params.map((one) => compileBranch(one, context))
    const good = branches.filter((one) => one !== null)
    if (good.length !== branches.length) return null
    return {
      plan(planner) {
        const taken = good.find((one) => one.condition?.(planner) ?? true)
        return taken === undefined ? 'go' : planner.runAll(taken.actions)
      },
    }
  },
})

function compileBranch(one: Branch, context: ActionContext): CompiledBranch | null {
  const list = context.nested(
    one.else ?? one.do ?? (one.reply === undefined ? undefined : [{ reply: one.reply }]),
  )
  if (list === null) return null
  const test = one.if === undefined ? null : compileIf(one.if, context)
  if (test === undefined) return null
  const branch = isConditionSpec(one.when) ? branchKey(one.when) : null
  if (test === null && branch === null) return { condition: null, actions: list }
  return {
    condition: (planner) => (test?.(planner) ?? true) && (branch === null || planner.holds(branch)),
    actions: list,
  }
}

function compileIf(text: string, context: ActionContext): ((planner: Planner) => boolean) | undefined {
  const condition = parseCondition(text)
  if (condition !== null) {
    context.checkPaths(condition.paths)
    return (planner) => condition.test((path) => planner.value(path))
  }
  context.problem('E259', { text })
  return undefined
}
