import { branchConditions } from '../domain/branches.ts'
import { BUILTIN_RULES, flowRuleId, flowTimeoutId } from '../domain/builtin.ts'
import type { Diagnostic, Place } from '../domain/diagnostic.ts'
import { parseCondition } from '../domain/placeholder.ts'
import { diagnose, didYouMean } from '../domain/problem.ts'
import { cooldownOf } from '../domain/rule-defaults.ts'
import type {
  ActionSpec,
  ConditionSpec,
  FlowSpec,
  RuleSpec,
  RulesetSpec,
  ScheduleSpec,
} from '../domain/spec.ts'
import type { ActionBook, BookFlow, BookRule, BookSchedule } from './book.ts'
import type { ActionContext, CompiledAction } from './kinds/action.ts'
import { actionCatalogue } from './kinds/index.ts'
import { readRecipients } from './kinds/recipient.ts'
import { ANY_NAMES, flowNames, ifsOf, type Names, namesOf } from './names.ts'
import { readNested } from './nested.ts'
import { ACTION_PROBLEMS } from './problems.ts'
import {
  compileTemplate,
  type KnownNames,
  type LookupTables,
  type Template,
  type TemplateProblem,
  unknownPaths,
} from './template.ts'

/** Turns actions into what planning runs, piece by piece; all that is wrong gathers in `problems`. */
export class BookCompiler {
  readonly problems: Diagnostic[] = []
  readonly #spec: RulesetSpec
  readonly #tables: LookupTables | undefined
  readonly #names: Names
  readonly #hasRule: (id: string) => boolean

  /** `isChecked`: everything was compiled before, with all the rules at hand. */
  constructor(spec: RulesetSpec, tables: LookupTables | undefined, isChecked = false) {
    this.#spec = spec
    this.#tables = tables
    this.#names = isChecked ? ANY_NAMES : namesOf(spec)
    const ids = new Set<string>(spec.rules.map((rule) => rule.id))
    this.#hasRule = isChecked ? () => true : (id) => ids.has(id)
  }

  /** The whole folder. */
  compile(): ActionBook {
    const rules = new Map<string, BookRule>(this.#spec.rules.map((rule) => [rule.id, this.rule(rule)]))
    const flows = new Map<string, BookFlow>()
    for (const [name, { value }] of this.#spec.flows) {
      const flow = value as FlowSpec
      flows.set(name, this.#flow(flow))
      rules.set(flowRuleId(name), { ...NO_RULE, name: `流程 ${name}` })
      rules.set(flowTimeoutId(name), { ...NO_RULE, name: `流程 ${name}` })
    }
    for (const id of Object.values(BUILTIN_RULES)) rules.delete(id)
    for (const when of conditionsOf(this.#spec)) this.#checkIfs(when)
    const vars = new Map([...this.#spec.vars].map(([name, { value }]) => [name, value]))
    const schedules = new Map(
      this.#spec.schedules.map(({ value }) => [value.name, this.#schedule(value)] as const),
    )
    const { version } = this.#spec
    return { version, rules, flows, earlierFlows: new Map(), schedules, vars }
  }

  /** Conditions are compiled by the engine, which does not know what actions remember. */
  #checkIfs(when: ConditionSpec | null): void {
    for (const { text, place } of ifsOf(when)) {
      const paths = parseCondition(text)?.paths ?? []
      for (const problem of unknownPaths(paths, this.#names.forIf)) {
        reportTemplate(problem, this.#context(place, this.#names.forIf))
      }
    }
  }

  #schedule({ name, place, to, actions }: ScheduleSpec): BookSchedule {
    const known = this.#names.forSchedule
    return { name, to: readRecipients(to, this.#context(place, known)), actions: this.#list(actions, known) }
  }

  /** One rule, without what is wrong in it. */
  rule(rule: RuleSpec): BookRule {
    const known = this.#names.forRule(rule)
    const refusals = new Map<string, Template>()
    for (const part of [rule.cooldown, ...rule.limits]) {
      if (part === null || typeof part.then !== 'object') continue
      const template = this.#context(part.place, known).template(part.then.reply)
      if (template !== null) refusals.set(part.then.reply, template)
    }
    return {
      name: rule.name,
      actions: this.#list(rule.actions, known),
      cooldown: cooldownOf(rule),
      limits: rule.limits,
      isOnce: rule.once,
      mode: rule.mode,
      onError: this.#list(rule.onError, known),
      refusals,
    }
  }

  #flow(flow: FlowSpec): BookFlow {
    const known = this.#names.forFlow(flowNames(flow), flow.start)
    return {
      timeoutMs: flow.timeoutMs,
      onCancel: flow.onCancel.length === 0 ? null : this.#list(flow.onCancel, known),
      onTimeout: this.#list(flow.onTimeout, known),
      done: this.#list(flow.done, known),
      steps: flow.steps.map((step) => {
        const { ask = step.place, retry = step.place } = step.places ?? {}
        return {
          id: step.id,
          ask: this.#context(ask, known).template(step.ask) ?? undefined,
          retry:
            step.retry === null ? undefined : (this.#context(retry, known).template(step.retry) ?? undefined),
          onGiveUp: this.#list(step.onGiveUp, known),
        }
      }),
    }
  }

  #list(actions: readonly ActionSpec[], known: KnownNames): readonly CompiledAction[] {
    return actions.map((action) => this.#action(action, known)).filter((action) => action !== null)
  }

  #action({ kind, params, place }: ActionSpec, known: KnownNames): CompiledAction | null {
    const context = this.#context(place, known)
    const entry = actionCatalogue.get(kind)
    if (entry !== undefined) {
      const action = entry.compile(params, context)
      return action === null ? null : { key: kind, plan: (planner) => action.plan(planner) }
    }
    context.problem('E250', { key: kind }, didYouMean(kind, actionCatalogue.keys()))
    return null
  }

  #context(place: Place, known: KnownNames): ActionContext {
    const context: ActionContext = {
      place,
      problem: (code, params, hint) =>
        void this.problems.push(diagnose(ACTION_PROBLEMS[code], place, params, hint)),
      template: (source) => {
        const { template, problems } = compileTemplate(source, known, this.#tables)
        for (const problem of problems) reportTemplate(problem, context)
        return template
      },
      checkPaths: (paths) => {
        for (const problem of unknownPaths(paths, known)) reportTemplate(problem, context)
      },
      namedTemplate: (name) => this.#namedTemplate(name, context),
      nested: (list) => {
        const items = readNested(list)
        if (items === null) {
          context.problem('E251', { key: 'do', detail: '要写动作的列表 (a list of actions)' })
          return null
        }
        return this.#list(
          items.map((item) => ({ ...item, place: item.place ?? place })),
          known,
        )
      },
      within: (when) => this.#context(place, this.#names.within(known, when)),
      hasRule: (id) => this.#hasRule(id),
      hasFlow: (name) => this.#spec.flows.has(name),
    }
    return context
  }

  #namedTemplate(name: string, context: ActionContext): Template | null {
    const named = this.#spec.templates.get(name)
    if (named === undefined) {
      context.problem('E255', { name }, didYouMean(name, this.#spec.templates.keys()))
      return null
    }
    return this.#context(named.place, this.#names.everything).template(named.value)
  }
}

const NO_RULE: BookRule = {
  name: '',
  actions: [],
  cooldown: null,
  limits: [],
  isOnce: false,
  mode: 'queue',
  onError: [],
  refusals: new Map(),
}

function reportTemplate(problem: TemplateProblem, context: ActionContext): void {
  const { code, detail, hint } = problem
  context.problem(code, code === 'E252' ? { detail } : { name: detail }, hint)
}

/** Every condition of a folder. */
function conditionsOf(spec: RulesetSpec): readonly (ConditionSpec | null)[] {
  return [
    ...spec.rules.map((rule) => rule.when),
    ...[...spec.conditions.values()].map(({ value }) => value),
    ...[...spec.flows.values()].map(({ value }) => (value as FlowSpec).start),
    ...spec.schedules.map(({ value }) => value.when),
    ...branchConditions(spec),
  ]
}
