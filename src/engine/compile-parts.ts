import type { ConditionSpec, RuleSpec } from '../domain/spec.ts'
import type { Condition } from './condition.ts'
import { matcherCatalogue } from './matchers/index.ts'

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

/** The path of a condition inside another. */
export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** At the top a condition goes by its own key; only groups need a number. */
export function partPath(spec: ConditionSpec, index: number): string {
  return spec.op === 'test' || spec.op === 'not' ? '' : `${spec.op}[${index}]`
}

/** How dear a condition is to ask. */
export function costOf(condition: Condition): number {
  if (condition.op !== 'test') return OTHER_COST
  return (
    COST[condition.key] ?? (matcherCatalogue.get(condition.key)?.textual === true ? TEXT_COST : OTHER_COST)
  )
}

/** Under which name a condition that nearly every rule has, mostly unsaid, is compiled once for all; '' for others. */
export function sharedName({ key, value }: Extract<ConditionSpec, { op: 'test' }>): string {
  return (key === 'kind' || key === 'chat') && typeof value === 'string' ? `${key}:${value}` : ''
}

const SLOW_ACTIONS = ['wait', 'webhook', 'llm', 'choose', 'rule']

/** Only a rule that does something lasting can still be running; plain replies are sent one after another. */
function takesTime(spec: RuleSpec): boolean {
  return spec.actions.some((action) => SLOW_ACTIONS.includes(action.kind))
}

/**
 * How a rule meets its own earlier run. Plain replies never wait for one another: they are sent one after another in
 * any case, which is also all that `queue` means.
 */
export function modeOf(spec: RuleSpec): RuleSpec['mode'] {
  return spec.mode === 'single' && !takesTime(spec) ? 'queue' : spec.mode
}
