import { z } from 'zod'
import type { Place } from '../../domain/diagnostic.ts'
import type { ProblemParams } from '../../domain/problem.ts'
import type { ConditionSpec } from '../../domain/spec.ts'
import { DURATION_PATTERN } from '../../support/duration.ts'
import type { Planner } from '../planner.ts'
import type { ActionProblemCode } from '../problems.ts'
import type { Template } from '../template.ts'

/** An action ready to be planned. It writes steps and state into the planner; `stop` ends the list it stands in. */
export interface CompiledAction {
  /** Its name in the catalogue. */
  readonly key?: string
  plan(planner: Planner): 'go' | 'stop'
}

/** What compiling an action may look at. */
export interface ActionContext {
  readonly place: Place
  problem(
    code: ActionProblemCode,
    params?: ProblemParams,
    hint?: { readonly zh: string; readonly en: string },
  ): void
  /** The template behind a text; null after reporting what is wrong with it. */
  template(source: string): Template | null
  /** Reports the paths of values that can never exist. */
  checkPaths(paths: readonly string[]): void
  /** A template of the section `templates`. */
  namedTemplate(name: string): Template | null
  /** Actions as they are written inside another action (`do: [...]`, or text for a reply). */
  nested(list: unknown): readonly CompiledAction[] | null
  /** The same for what stands in a branch with this condition, whose captures have names too. */
  within(when: ConditionSpec): ActionContext
  /** Actions of another rule, looked up when planning; false (and reported) when there is no such rule. */
  hasRule(id: string): boolean
  hasFlow(name: string): boolean
}

/** `later` actions are read and checked, but not carried out by this version; the loader says so. */
export type Availability = 'now' | 'later'

/** One entry of the catalogue. */
export interface ActionKind {
  readonly key: string
  /** The parameters as an operator writes them. It has no transforms. */
  readonly schema: z.ZodType
  readonly availability: Availability
  /** Null after reporting at least one problem, or for an action that does nothing. */
  compile(params: unknown, context: ActionContext): CompiledAction | null
}

/** Makes a catalogue entry whose `compile` sees the parameters with the type of their schema. */
export function defineAction<Schema extends z.ZodType>(kind: {
  readonly key: string
  readonly schema: Schema
  compile(params: z.output<Schema>, context: ActionContext): CompiledAction | null
}): ActionKind {
  return {
    key: kind.key,
    schema: kind.schema,
    availability: 'now',
    compile(params, context) {
      const parsed = kind.schema.safeParse(params)
      if (parsed.success) return kind.compile(parsed.data, context)
      context.problem('E251', { key: kind.key, detail: z.prettifyError(parsed.error) })
      return null
    },
  }
}

/** An entry that is understood but not carried out yet; compiling it says so. A call counts as one that failed (`on_error`). */
export function defineLaterAction(
  key: string,
  schema: z.ZodType,
  options: { readonly isCall?: boolean } = {},
): ActionKind {
  return {
    key,
    schema,
    availability: 'later',
    compile(params, context) {
      const parsed = schema.safeParse(params)
      if (parsed.success) {
        context.problem('W250', { key })
        return options.isCall === true
          ? { plan: (planner) => planner.fail(`${key}: 这个动作还不能执行`, `${key}: not carried out`) }
          : null
      }
      context.problem('E251', { key, detail: z.prettifyError(parsed.error) })
      return null
    },
  }
}

/** Text that may hold `{{…}}`. */
export const textSchema = z.string().min(1)

/** `2s`, `30m`, `1h30m`. */
export const durationSchema = z
  .string()
  .min(1)
  .meta({ pattern: DURATION_PATTERN })
  .describe('时长，如 2s、30m。A duration such as 2s, 30m.')
