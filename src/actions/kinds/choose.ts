import { z } from 'zod'
import { branchKey, isConditionSpec } from '../../domain/branches.ts'
import { parseCondition } from '../../domain/placeholder.ts'
import type { Planner } from '../planner.ts'
import { type ActionContext, defineAction, textSchema } from './action.ts'

const actions = z.union([textSchema, z.array(z.unknown()).min(1)])
const branch = z.strictObject({
  if: z.string().min(1).optional(),
  when: z.unknown().optional(),
  do: actions.optional(),
  reply: z.unknown().optional(),
  else: actions.optional(),
})

type Branch = z.output<typeof branch>

/** What follows when the branch is taken; null when it is not. */
type CompiledBranch = (planner: Planner) => 'go' | 'stop' | null

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
        for (const take of good) {
          const taken = take(planner)
          if (taken !== null) return taken
        }
        return 'go'
      },
    }
  },
})

/** What the `when` of a branch captures is there for its `if` and its actions. */
function compileBranch(one: Branch, context: ActionContext): CompiledBranch | null {
  const when = isConditionSpec(one.when) ? one.when : null
  const inner = when === null ? context : context.within(when)
  const list = inner.nested(
    one.else ?? one.do ?? (one.reply === undefined ? undefined : [{ reply: one.reply }]),
  )
  if (list === null) return null
  const test = one.if === undefined ? () => true : compileIf(one.if, inner)
  if (test === undefined) return null
  const take: CompiledBranch = (planner) => (test(planner) ? planner.runAll(list) : null)
  return when === null ? take : (planner) => planner.inBranch(branchKey(when), () => take(planner))
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
