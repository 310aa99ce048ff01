import { flowRuleId } from '../domain/builtin.ts'
import type { FlowTurn } from '../domain/decision.ts'
import type { FlowState } from '../domain/flow-state.ts'
import type { FlowChoiceSpec, FlowSpec, FlowStepSpec } from '../domain/spec.ts'
import { coreOf, foldKeyword } from './index/fold.ts'
import { type CompiledRegex, compileRegex } from './index/regex.ts'
import type { CompileContext, Hit } from './matchers/matcher.ts'
import type { Ruleset } from './ruleset.ts'
import type { Subject } from './subject.ts'

/** One step with its answers folded. */
export interface CompiledStep {
  readonly spec: FlowStepSpec
  /** Folded key or value -> the choice. */
  readonly choices: ReadonlyMap<string, FlowChoiceSpec>
  readonly regex: CompiledRegex | null
}

/** A flow, ready to take answers. */
export interface CompiledFlow {
  readonly name: string
  readonly id: ReturnType<typeof flowRuleId>
  readonly timeoutMs: number
  readonly maxSteps: number
  readonly cancel: ReadonlySet<string>
  /** It says something when its time runs out. */
  readonly speaksAtTimeout: boolean
  readonly steps: readonly CompiledStep[]
}

/** The choice value that only says "go on". */
const GO = 'go'

/** Compiles a flow; null after reporting a problem. */
export function compileFlow(
  spec: FlowSpec,
  contextAt: (step: FlowStepSpec) => CompileContext,
): CompiledFlow | null {
  const ids = new Set(spec.steps.map((step) => step.id))
  const steps: CompiledStep[] = []
  for (const step of spec.steps) {
    const context = contextAt(step)
    const missing = step.choices.find((choice) => choice.goto !== null && !ids.has(choice.goto))
    if (missing !== undefined) context.problem('E231', { name: spec.name, step: missing.goto ?? '' })
    const { accept } = step
    const regex =
      accept.kind === 'regex'
        ? compileRegex(accept.pattern, contextAt({ ...step, place: accept.place ?? step.place }))
        : null
    if (missing !== undefined || (step.accept.kind === 'regex' && regex === null)) return null
    steps.push({ spec: step, regex, choices: choicesByText(step.choices) })
  }
  const { name, timeoutMs, maxSteps } = spec
  return {
    name,
    id: flowRuleId(name),
    timeoutMs,
    maxSteps,
    cancel: new Set(spec.cancel.map(foldAnswer)),
    speaksAtTimeout: spec.onTimeout.length > 0,
    steps,
  }
}

/** A choice may be answered by its key or by its value; keys win. */
function choicesByText(choices: readonly FlowChoiceSpec[]): ReadonlyMap<string, FlowChoiceSpec> {
  const byText = new Map<string, FlowChoiceSpec>()
  for (const choice of choices) if (choice.value !== GO) byText.set(foldAnswer(choice.value), choice)
  for (const choice of choices) byText.set(foldAnswer(choice.key), choice)
  return byText
}

function foldAnswer(text: string): string {
  return coreOf(foldKeyword(text))
}

/** The first move: into the first step, keeping the named captures of the start. Null for a flow without steps. */
export function beginFlow(
  flow: CompiledFlow,
  hit: Hit,
  { version, subject }: { readonly version: string; readonly subject: Subject },
): FlowTurn | null {
  const first = flow.steps[0]
  if (first === undefined) return null
  const named = Object.entries(hit.captures ?? {}).filter(([name]) => !/^\d+$/.test(name))
  const values = Object.fromEntries(named)
  const state: FlowState = {
    flow: flow.name,
    step: first.spec.id,
    version,
    wrong: 0,
    steps: 1,
    expiresAt: subject.now + flow.timeoutMs,
    values,
    ...placeOf(subject),
  }
  return { flow: flow.name, version, move: 'ask', step: first.spec.id, state, values }
}

function placeOf({ chat, sender }: Subject): Pick<FlowState, 'place'> {
  return sender === null ? {} : { place: { chat, sender } }
}

/** The flow somebody is in, as it was when they began it if that is still known, else as it is now. */
export function flowOf(ruleset: Ruleset, state: FlowState): CompiledFlow | undefined {
  return ruleset.earlierFlows.get(state.version)?.get(state.flow) ?? ruleset.flows.get(state.flow)
}

/** The end of a flow whose time ran out. */
export function timeoutOf({ flow, version, step, values }: FlowState): FlowTurn {
  return { flow, version, move: 'timeout', step, state: null, values }
}

/** What an answer to an active flow leads to. A flow or step that is gone since ends the conversation. */
export function takeTurn(flow: CompiledFlow | undefined, state: FlowState, subject: Subject): FlowTurn {
  const over = (move: FlowTurn['move'], values = state.values): FlowTurn => ({
    flow: state.flow,
    version: state.version,
    move,
    step: state.step,
    state: null,
    values,
  })
  const at = flow?.steps.findIndex((one) => one.spec.id === state.step) ?? -1
  const step = flow?.steps[at]
  if (flow === undefined || step === undefined) return over('gone')
  const hay = subject.haystack(false)
  const core = hay.folded.slice(hay.core.start, hay.core.end)
  if (flow.cancel.has(core)) return over('cancel')
  const expiresAt = subject.now + flow.timeoutMs
  const answer = readAnswer(step, subject, core)
  if (answer === null) {
    const wrong = state.wrong + 1
    const { retries } = step.spec
    if (retries !== null && wrong > retries) return over('give-up')
    return { ...over('retry'), state: { ...state, wrong, expiresAt } }
  }
  const values = { ...state.values, ...answer.values }
  const nextAt = answer.goto === null ? at + 1 : flow.steps.findIndex((one) => one.spec.id === answer.goto)
  const next = flow.steps[nextAt]
  if (next === undefined) return over('done', values)
  if (state.steps >= flow.maxSteps) return over('give-up', values)
  const { id } = next.spec
  const steps = state.steps + 1
  const moved = { ...state, ...placeOf(subject), step: id, wrong: 0, steps, expiresAt, values }
  return { flow: state.flow, version: state.version, move: 'ask', step: id, state: moved, values }
}

interface Answer {
  readonly values: Readonly<Record<string, string>>
  readonly goto: string | null
}

/** `2`, or with one measure word behind it: `2份`, `2 份`. */
const COUNTED = /^(\d+) ?\p{Script=Han}?$/u

/** Reads an answer; null when it is a wrong one. A picture always is. */
function readAnswer(step: CompiledStep, subject: Subject, core: string): Answer | null {
  if (subject.kind !== 'text' || core === '') return null
  const { id, accept, choices } = step.spec
  if (choices.length > 0) {
    const choice = step.choices.get(core)
    if (choice === undefined) return null
    return { values: choice.value === GO ? {} : { [id]: choice.value }, goto: choice.goto }
  }
  switch (accept.kind) {
    case 'any':
      return { values: { [id]: subject.text.trim() }, goto: null }
    case 'number': {
      const number = Number(COUNTED.exec(core)?.[1] ?? Number.NaN)
      return number >= accept.min && number <= accept.max
        ? { values: { [id]: String(number) }, goto: null }
        : null
    }
    case 'regex': {
      const hit = step.regex?.exec(subject.haystack(false), subject.regexBudget) ?? null
      if (hit === null) return null
      const named = Object.entries(hit.captures ?? {}).filter(([name]) => !/^\d+$/.test(name))
      return { values: { ...Object.fromEntries(named), [id]: subject.text.trim() }, goto: null }
    }
  }
}
