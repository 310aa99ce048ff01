import { branchConditions } from '../domain/branches.ts'
import { BUILTIN_RULES, flowRuleId, flowTimeoutId } from '../domain/builtin.ts'
import type { Diagnostic, Place } from '../domain/diagnostic.ts'
import { parseCondition } from '../domain/placeholder.ts'
import { diagnose, didYouMean } from '../domain/problem.ts'
import { cooldownOf } from '../domain/rule-defaults.ts'
import type {
  ActionSpec,
  ConditionSpec,
  CooldownSpec,
  FlowSpec,
  LimitSpec,
  RuleSpec,
  RulesetSpec,
  ScheduleSpec,
} from '../domain/spec.ts'
import type { ActionContext, CompiledAction } from './kinds/action.ts'
import { actionCatalogue } from './kinds/index.ts'
import { type Recipient, readRecipients } from './kinds/recipient.ts'
import { flowNames, ifsOf, type Names, namesOf } from './names.ts'
import { readNested } from './nested.ts'
import { ACTION_PROBLEMS } from './problems.ts'
import {
  compileTemplate,
  type KnownNames,
  type LookupTables,
  needsFullLanguage,
  prepareTemplates,
  type Template,
  type TemplateProblem,
  unknownPaths,
} from './template.ts'

/** One rule as planning needs it. */
export interface BookRule {
  readonly name: string
  readonly actions: readonly CompiledAction[]
  readonly cooldown: CooldownSpec | null
  readonly limits: readonly LimitSpec[]
  readonly isOnce: boolean
  readonly mode: RuleSpec['mode']
  /** Done when one of the actions cannot be carried out; empty: it is passed over. */
  readonly onError: readonly CompiledAction[]
  /** What each refusing reply says, by its source text. */
  readonly refusals: ReadonlyMap<string, Template>
}

export interface BookStep {
  readonly id: string
  readonly ask: Template | undefined
  readonly retry: Template | undefined
  readonly onGiveUp: readonly CompiledAction[]
}

/** One flow as planning needs it. */
export interface BookFlow {
  readonly timeoutMs: number
  readonly steps: readonly BookStep[]
  readonly onCancel: readonly CompiledAction[] | null
  readonly onTimeout: readonly CompiledAction[]
  readonly done: readonly CompiledAction[]
}

/** One schedule as planning needs it. */
export interface BookSchedule {
  readonly name: string
  readonly to: readonly Recipient[]
  readonly actions: readonly CompiledAction[]
}

/** All actions of a rules folder, compiled. */
export interface ActionBook {
  readonly version: string
  readonly rules: ReadonlyMap<string, BookRule>
  readonly flows: ReadonlyMap<string, BookFlow>
  /** Flows of versions that ran before in this process, by version; see `keepFlowWords`. */
  readonly earlierFlows: ReadonlyMap<string, ReadonlyMap<string, BookFlow>>
  readonly schedules: ReadonlyMap<string, BookSchedule>
  readonly vars: ReadonlyMap<string, string | number | boolean>
}

/** Compiles every action and template. All mistakes come together; what is wrong is left out of the book. */
export async function compileActions(
  spec: RulesetSpec,
  options: { readonly tables?: LookupTables } = {},
): Promise<{ readonly book: ActionBook; readonly problems: readonly Diagnostic[] }> {
  if (holdsFullTemplate(spec)) await prepareTemplates()
  const compiler = new BookCompiler(spec, options.tables)
  return { book: compiler.compile(), problems: compiler.problems }
}

/** Looks through all texts of a folder for one that needs the full template language. */
function holdsFullTemplate(value: unknown): boolean {
  if (typeof value === 'string') return needsFullLanguage(value)
  if (value instanceof Map) return [...value.values()].some(holdsFullTemplate)
  if (Array.isArray(value)) return value.some(holdsFullTemplate)
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsFullTemplate)
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

class BookCompiler {
  readonly problems: Diagnostic[] = []
  readonly #spec: RulesetSpec
  readonly #tables: LookupTables | undefined
  readonly #names: Names
  readonly #ruleIds: ReadonlySet<string>

  constructor(spec: RulesetSpec, tables: LookupTables | undefined) {
    this.#spec = spec
    this.#tables = tables
    this.#names = namesOf(spec)
    this.#ruleIds = new Set(spec.rules.map((rule) => rule.id))
  }

  compile(): ActionBook {
    const rules = new Map<string, BookRule>(this.#spec.rules.map((rule) => [rule.id, this.#rule(rule)]))
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

  #rule(rule: RuleSpec): BookRule {
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
        const context = this.#context(step.place, known)
        return {
          id: step.id,
          ask: context.template(step.ask) ?? undefined,
          retry: step.retry === null ? undefined : (context.template(step.retry) ?? undefined),
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
    if (entry !== undefined) return entry.compile(params, context)
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
          items.map((item) => ({ ...item, place })),
          known,
        )
      },
      hasRule: (id) => this.#ruleIds.has(id),
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

/** Versions that people may still be inside. */
const MAX_EARLIER = 8

/** The new version, with the words of the flows it replaces kept for those who are inside. */
export function keepFlowWords(next: ActionBook, previous: ActionBook): ActionBook {
  const earlier = new Map([...previous.earlierFlows, [previous.version, previous.flows]])
  earlier.delete(next.version)
  return { ...next, earlierFlows: new Map([...earlier].slice(-MAX_EARLIER)) }
}

function reportTemplate(problem: TemplateProblem, context: ActionContext): void {
  const { code, detail, hint } = problem
  context.problem(code, code === 'E252' ? { detail } : { name: detail }, hint)
}
