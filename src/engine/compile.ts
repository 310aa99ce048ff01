import { flowRuleId } from '../domain/builtin.ts'
import type { Diagnostic, Place } from '../domain/diagnostic.ts'
import { isTimezone } from '../domain/local-time.ts'
import { diagnose, didYouMean } from '../domain/problem.ts'
import { cooldownOf } from '../domain/rule-defaults.ts'
import type { ConditionSpec, FlowSpec, RuleSpec, RulesetSpec } from '../domain/spec.ts'
import type { Condition } from './condition.ts'
import { type CompiledFlow, compileFlow } from './flow.ts'
import { type HolidayCalendar, type HolidayEntry, holidayCalendar } from './holidays.ts'
import { impliedConditions, namesRoom } from './implied.ts'
import { RuleIndex } from './index/rule-index.ts'
import { matcherCatalogue } from './matchers/index.ts'
import type { CompileContext } from './matchers/matcher.ts'
import { compileTime, type TimeWindow } from './matchers/time-window.ts'
import { ENGINE_PROBLEMS } from './problems.ts'
import { type CompiledRule, type Ruleset, SECTIONS } from './ruleset.ts'

export interface CompileOptions {
  /** IANA name; must be known to the runtime. */
  readonly timezone: string
  /** An operator's own holidays, which go before the shipped ones. */
  readonly holidays?: readonly HolidayEntry[]
}

/**
 * Compiles a rules folder. All mistakes come together; a rule with an error is left out, so a caller that wants
 * yesterday's rules instead looks at the problems. Disabled rules are checked like the others.
 */
export function compileRuleset(
  spec: RulesetSpec,
  options: CompileOptions,
): { readonly ruleset: Ruleset; readonly problems: readonly Diagnostic[] } {
  if (!isTimezone(options.timezone)) throw new TypeError(`unknown time zone: ${options.timezone}`)
  const compiler = new RulesetCompiler(spec, options.timezone, holidayCalendar(options.holidays))
  return { ruleset: compiler.compile(), problems: compiler.problems }
}

/** Conditions that cost little are asked first; the order does not change what holds. */
const COST: Readonly<Record<string, number>> = {
  kind: 0,
  chat: 0,
  room: 0,
  from: 0,
  mention: 0,
  regex: 4,
  fuzzy: 4,
  if: 3,
}
const TEXT_COST = 1
const OTHER_COST = 2

class RulesetCompiler {
  readonly problems: Diagnostic[] = []
  readonly #spec: RulesetSpec
  readonly #timezone: string
  readonly #holidays: HolidayCalendar
  readonly #windows = new Map<string, TimeWindow | null>()
  readonly #conditions = new Map<string, Condition | null>()
  readonly #open = new Set<string>()
  readonly #counted = new Map<'chat' | 'contact' | 'global', number>()

  constructor(spec: RulesetSpec, timezone: string, holidays: HolidayCalendar) {
    this.#spec = spec
    this.#timezone = timezone
    this.#holidays = holidays
  }

  compile(): Ruleset {
    for (const [name, { place }] of this.#spec.times) this.#window(name, this.#context(place, false))
    for (const [name, { place }] of this.#spec.conditions) this.#condition(name, this.#context(place, false))
    const flows = new Map<string, CompiledFlow>()
    const rules: { readonly rule: CompiledRule; readonly priority: number }[] = []
    for (const [name, { value }] of this.#spec.flows) {
      const flowSpec = value as FlowSpec
      const flow = compileFlow(flowSpec, (step) => this.#context(step.place, false))
      if (flow !== null) flows.set(name, flow)
      const start = flow === null ? null : this.#flowStart(flowSpec)
      if (start !== null) rules.push({ rule: start, priority: 0 })
    }
    for (const ruleSpec of this.#spec.rules) {
      const rule = this.#rule(ruleSpec)
      if (rule !== null && ruleSpec.isEnabled) rules.push({ rule, priority: ruleSpec.priority })
    }
    const rank = ({ rule }: { readonly rule: CompiledRule }) => SECTIONS.indexOf(rule.section)
    rules.sort((a, b) => rank(a) - rank(b) || b.priority - a.priority)
    const ordered = rules.map(({ rule }) => rule)
    return {
      version: this.#spec.version,
      timezone: this.#timezone,
      rules: ordered,
      index: new RuleIndex(ordered),
      flows,
      counted: this.#counted,
    }
  }

  #rule(spec: RuleSpec): CompiledRule | null {
    const when = this.#when(spec.when, spec.place)
    if (when === null) return null
    const { id, name, place, section, chance, continues, observe, late, mode, interruptsFlow } = spec
    return {
      id,
      name,
      place,
      section,
      when,
      namesRoom: namesRoom(spec.when, this.#spec),
      chance,
      continues,
      observe,
      late,
      mode: takesTime(spec) ? mode : 'queue',
      interruptsFlow,
      ignoreQuiet: spec.ignoreQuiet,
      fromDate: spec.fromDate,
      untilDate: spec.untilDate,
      cooldown: cooldownOf(spec),
      limits: spec.limits,
      isSilent: spec.actions.every((action) => action.kind === 'ignore' || action.kind === 'stop'),
      flow: null,
    }
  }

  #flowStart(spec: FlowSpec): CompiledRule | null {
    if (spec.start === null) return null
    const when = this.#when(spec.start, spec.place)
    if (when === null) return null
    return {
      id: flowRuleId(spec.name),
      name: `流程 ${spec.name}`,
      place: spec.place,
      section: 'flow',
      when,
      namesRoom: namesRoom(spec.start, this.#spec),
      chance: 1,
      continues: false,
      observe: false,
      late: 'skip',
      mode: 'queue',
      interruptsFlow: false,
      ignoreQuiet: false,
      fromDate: null,
      untilDate: null,
      cooldown: null,
      limits: [],
      isSilent: false,
      flow: spec.name,
    }
  }

  /** The written condition and what it leaves unsaid (the kind, the chat). */
  #when(spec: ConditionSpec | null, place: Place): Condition | null {
    const implied = impliedConditions(spec, place, this.#spec)
    const parts = spec === null ? implied : spec.op === 'all' ? [...implied, ...spec.of] : [...implied, spec]
    return this.#compile({ op: 'all', of: parts, place }, '')
  }

  #compile(spec: ConditionSpec, path: string): Condition | null {
    switch (spec.op) {
      case 'test':
        return this.#test(spec, path)
      case 'not': {
        const inner = this.#compile(spec.of, join(path, 'not'))
        return inner === null ? null : { op: 'not', of: inner, place: spec.place, path: join(path, 'not') }
      }
      case 'all':
      case 'any': {
        const isRoot = path === '' && spec.op === 'all'
        const parts = spec.of.map((one, index) =>
          this.#compile(one, isRoot ? partPath(one, index) : `${join(path, spec.op)}[${index}]`),
        )
        const good = parts.filter((part) => part !== null)
        if (good.length !== parts.length) return null
        const of = spec.op === 'all' ? good.toSorted((a, b) => costOf(a) - costOf(b)) : good
        return { op: spec.op, of, place: spec.place, path: path === '' ? spec.op : path }
      }
    }
  }

  #test(spec: Extract<ConditionSpec, { op: 'test' }>, path: string): Condition | null {
    const context = this.#context(spec.place, spec.raw)
    const kind = matcherCatalogue.get(spec.key)
    if (kind === undefined) {
      context.problem('E200', { key: spec.key }, didYouMean(spec.key, matcherCatalogue.keys()))
      return null
    }
    const matcher = kind.compile(spec.value, context)
    return matcher && { op: 'test', key: spec.key, matcher, place: spec.place, path: join(path, spec.key) }
  }

  #context(place: Place, raw: boolean): CompileContext {
    const spec = this.#spec
    const context: CompileContext = {
      place,
      raw,
      timezone: this.#timezone,
      holidays: this.#holidays,
      problem: (code, params, hint) =>
        void this.problems.push(diagnose(ENGINE_PROBLEMS[code], place, params, hint)),
      list: (name) => spec.lists.get(name)?.value ?? null,
      listNames: spec.lists.keys(),
      window: (name) => this.#window(name, context),
      condition: (name) => this.#condition(name, context),
      variable: (name) => {
        const value = spec.vars.get(name.replace(/^vars\./, ''))?.value
        return value === undefined ? null : String(value)
      },
      hasFlow: (name) => spec.flows.has(name),
      flowNames: spec.flows.keys(),
      countMessages: (per, keepMs) => {
        this.#counted.set(per, Math.max(keepMs, this.#counted.get(per) ?? 0))
      },
    }
    return context
  }

  #window(name: string, context: CompileContext): TimeWindow | null {
    const known = this.#windows.get(name)
    if (known !== undefined) return known
    const named = this.#spec.times.get(name)
    if (named === undefined) return null
    // Until it is compiled a window has no value, so one that names itself is not found.
    this.#windows.set(name, null)
    const window = compileTime(named.value, this.#context(named.place, context.raw))
    const shown = window && { ...window, shown: name }
    this.#windows.set(name, shown)
    return shown
  }

  #condition(name: string, context: CompileContext): Condition | null {
    const known = this.#conditions.get(name)
    if (known !== undefined) return known
    const named = this.#spec.conditions.get(name)
    if (named === undefined) {
      context.problem('E205', { name }, didYouMean(name, this.#spec.conditions.keys()))
      return null
    }
    if (this.#open.has(name)) {
      context.problem('E207', { name })
      return null
    }
    this.#open.add(name)
    const condition = this.#compile(named.value, name)
    this.#open.delete(name)
    this.#conditions.set(name, condition)
    return condition
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** At the top a condition goes by its own key; only groups need a number. */
function partPath(spec: ConditionSpec, index: number): string {
  return spec.op === 'test' || spec.op === 'not' ? '' : `${spec.op}[${index}]`
}

function costOf(condition: Condition): number {
  if (condition.op !== 'test') return OTHER_COST
  return (
    COST[condition.key] ?? (matcherCatalogue.get(condition.key)?.textual === true ? TEXT_COST : OTHER_COST)
  )
}

const SLOW_ACTIONS = ['wait', 'webhook', 'llm', 'choose', 'rule']

/** Only a rule that does something lasting can still be running; plain replies are sent one after another. */
function takesTime(spec: RuleSpec): boolean {
  return spec.actions.some((action) => SLOW_ACTIONS.includes(action.kind))
}
