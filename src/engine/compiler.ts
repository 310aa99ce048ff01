import { flowRuleId, scheduleRuleId } from '../domain/builtin.ts'
import type { Diagnostic, Place } from '../domain/diagnostic.ts'
import { isTimezone } from '../domain/local-time.ts'
import { diagnose, didYouMean } from '../domain/problem.ts'
import { cooldownOf } from '../domain/rule-defaults.ts'
import type { ConditionSpec, FlowSpec, RuleSpec, RulesetSpec, ScheduleSpec } from '../domain/spec.ts'
import { costOf, join, modeOf, partPath, sharedName } from './compile-parts.ts'
import type { Condition } from './condition.ts'
import { type CompiledFlow, compileFlow } from './flow.ts'
import { endsTooSoon, firstUseOfHolidays } from './holiday-reach.ts'
import { type HolidayCalendar, type HolidayEntry, holidayCalendar } from './holidays.ts'
import { impliedConditions, namesRoom } from './implied.ts'
import { matcherCatalogue } from './matchers/index.ts'
import type { CompileContext, Matcher } from './matchers/matcher.ts'
import { compileTime, type TimeWindow } from './matchers/time-window.ts'
import { ENGINE_PROBLEMS } from './problems.ts'
import type { CompiledParts, CompiledRule, CompiledSchedule } from './ruleset.ts'
import { COMMON_ZONES, type CronCheck, scheduleConditions } from './schedules.ts'

export interface CompileOptions {
  /** IANA name; must be known to the runtime. */
  readonly timezone: string
  /** An operator's own holidays, which go before the shipped ones. */
  readonly holidays?: readonly HolidayEntry[]
  /** Local date `YYYY-MM-DD`; known, it is checked whether the holiday table reaches far enough. */
  readonly today?: string
  /** What is wrong with a cron line, naming the field; null when it is good. Absent: cron lines are taken as they are. */
  readonly checkCron?: CronCheck
}

/** Turns the long form into what is asked, piece by piece; all that is wrong gathers in `problems`. */
export class RulesetCompiler {
  readonly problems: Diagnostic[] = []
  readonly #spec: RulesetSpec
  readonly #options: CompileOptions
  readonly #timezone: string
  /** The zone in which what is being compiled sees the clock. */
  #zone: string
  readonly #holidays: HolidayCalendar
  readonly #windows = new Map<string, TimeWindow | null>()
  readonly #conditions = new Map<string, Condition | null>()
  readonly #open = new Set<string>()
  readonly #shared = new Map<string, Matcher>()
  readonly #counted = new Map<'chat' | 'contact' | 'global', number>()

  constructor(spec: RulesetSpec, options: CompileOptions) {
    this.#spec = spec
    this.#options = options
    this.#timezone = options.timezone
    this.#zone = options.timezone
    this.#holidays = holidayCalendar(options.holidays)
  }

  /** Everything but the rules; the rules behind starts of flows are in the order of the flows. */
  compileParts(): CompiledParts {
    for (const [name, { place }] of this.#spec.times) this.#window(name, this.#context(place, false))
    for (const [name, { place }] of this.#spec.conditions) this.#condition(name, this.#context(place, false))
    const schedules = this.#schedules()
    const flows = new Map<string, CompiledFlow>()
    const starts: CompiledRule[] = []
    for (const [name, { value }] of this.#spec.flows) {
      const flowSpec = value as FlowSpec
      const flow = compileFlow(flowSpec, (step) => this.#context(step.place, false))
      if (flow !== null) flows.set(name, flow)
      const start = flow === null ? null : this.#flowStart(flowSpec)
      if (start !== null) starts.push(start)
    }
    const { version } = this.#spec
    return { version, timezone: this.#timezone, flows, starts, schedules, counted: this.#counted }
  }

  #schedules(): ReadonlyMap<string, CompiledSchedule> {
    const compiled = new Map<string, CompiledSchedule>()
    for (const { value } of this.#spec.schedules) {
      const schedule = this.#schedule(value)
      if (schedule !== null && value.isEnabled) compiled.set(value.name, schedule)
    }
    this.#zone = this.#timezone
    return compiled
  }

  /** Its conditions are judged in its own zone. */
  #schedule(spec: ScheduleSpec): CompiledSchedule | null {
    const { place, name } = spec
    const timezone = spec.timezone ?? this.#timezone
    if (!isTimezone(timezone)) {
      this.#context(spec.places?.timezone ?? place, false).problem(
        'E221',
        { name: timezone },
        didYouMean(timezone, COMMON_ZONES),
      )
      return null
    }
    this.#zone = timezone
    const context = this.#context(spec.places?.time ?? place, false)
    const parts = scheduleConditions(spec, context, this.#options.checkCron)
    if (parts === null) return null
    const when = parts.length === 0 ? null : this.#compile({ op: 'all', of: parts, place }, '')
    return when === null && parts.length > 0 ? null : { id: scheduleRuleId(name), spec, timezone, when }
  }

  /** Warns when the holiday table ends before it is needed. */
  checkHolidays(): void {
    const { knownUntil } = this.#holidays
    if (!endsTooSoon(knownUntil, this.#options.today)) return
    const place = firstUseOfHolidays(this.#spec)
    if (place !== null) this.#context(place, false).problem('W220', { until: knownUntil })
  }

  /** One rule; null when it has mistakes. */
  rule(spec: RuleSpec): CompiledRule | null {
    const when = this.#when(spec.when, spec.place)
    if (when === null) return null
    const { id, name, place, section, chance, continues, observe, late, interruptsFlow } = spec
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
      mode: modeOf(spec),
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

  /** The condition of a `choose` branch; null when it has mistakes. */
  branch(spec: ConditionSpec): Condition | null {
    return this.#compile(spec, '')
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
    // Nearly all of 100,000 rules ask for the same kind and chat, so nothing is made for those.
    const shared = sharedName(spec)
    const matcher = this.#shared.get(shared) ?? this.#matcher(spec)
    if (matcher !== null && shared !== '') this.#shared.set(shared, matcher)
    return matcher && { op: 'test', key: spec.key, matcher, place: spec.place, path: join(path, spec.key) }
  }

  #matcher({ key, value, place, raw }: Extract<ConditionSpec, { op: 'test' }>): Matcher | null {
    const context = this.#context(place, raw)
    const kind = matcherCatalogue.get(key)
    if (kind !== undefined) return kind.compile(value, context)
    context.problem('E200', { key }, didYouMean(key, matcherCatalogue.keys()))
    return null
  }

  #context(place: Place, raw: boolean): CompileContext {
    const spec = this.#spec
    const context: CompileContext = {
      place,
      raw,
      timezone: this.#zone,
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
