import type { Place } from '../domain/diagnostic.ts'
import type { RuleId } from '../domain/ids.ts'
import type { CooldownSpec, LimitSpec, RuleSpec, ScheduleSpec } from '../domain/spec.ts'
import type { Condition } from './condition.ts'
import type { CompiledFlow } from './flow.ts'
import type { RuleIndex } from './index/rule-index.ts'

/** In this order: built-in safety comes before all, an active flow between guards and flow starts. */
export const SECTIONS = ['guard', 'flow', 'rule', 'fallback'] as const

export type Section = (typeof SECTIONS)[number]

/** One rule, ready to be asked. A flow's start is one too. */
export interface CompiledRule {
  readonly id: RuleId
  readonly name: string
  readonly place: Place
  readonly section: Section
  readonly when: Condition
  /** Names a room or a mention, so it may answer in a room where we are not mentioned. */
  readonly namesRoom: boolean
  readonly chance: number
  readonly continues: boolean
  readonly observe: boolean
  readonly late: RuleSpec['late']
  readonly mode: RuleSpec['mode']
  readonly interruptsFlow: boolean
  readonly ignoreQuiet: boolean
  readonly fromDate: string | null
  readonly untilDate: string | null
  readonly cooldown: CooldownSpec | null
  readonly limits: readonly LimitSpec[]
  /** Its actions take the message and say nothing. */
  readonly isSilent: boolean
  /** The flow that it starts; null for rules. */
  readonly flow: string | null
}

/** A schedule: when it rings, and what must hold then. */
export interface CompiledSchedule {
  readonly id: RuleId
  readonly spec: ScheduleSpec
  readonly timezone: string
  /** Null when it always acts. */
  readonly when: Condition | null
}

/** Rules by their number in the order of evaluation. An array is one; so is a list that compiles each when it is asked. */
export interface RuleList extends Iterable<CompiledRule> {
  readonly length: number
  at(order: number): CompiledRule | undefined
}

/** What of a folder is compiled apart from its rules. */
export interface CompiledParts {
  readonly version: string
  readonly timezone: string
  readonly flows: ReadonlyMap<string, CompiledFlow>
  /** The rules that start flows, in the order of the flows. */
  readonly starts: readonly CompiledRule[]
  readonly schedules: ReadonlyMap<string, CompiledSchedule>
  readonly counted: ReadonlyMap<'chat' | 'contact' | 'global', number>
}

/** A whole rules folder, compiled. Immutable: a reload makes a new one and swaps the reference. */
export interface Ruleset {
  /** Hash of the source text. */
  readonly version: string
  readonly timezone: string
  /** In the order of evaluation. */
  readonly rules: RuleList
  readonly index: RuleIndex
  readonly flows: ReadonlyMap<string, CompiledFlow>
  /** Flows of versions that ran before in this process, by version, for the people who are inside; see `keepFlows`. */
  readonly earlierFlows: ReadonlyMap<string, ReadonlyMap<string, CompiledFlow>>
  /** Those that are switched on, by name. */
  readonly schedules: ReadonlyMap<string, CompiledSchedule>
  /** The conditions of `choose` branches, by `branchKey`. */
  readonly branches: Pick<ReadonlyMap<string, Condition>, 'get'>
  /** Scopes in which messages are counted for `count`, and how long a hit is needed. */
  readonly counted: ReadonlyMap<'chat' | 'contact' | 'global', number>
}

/** Versions that people may still be inside; a flow lasts minutes, reloads come one at a time. */
const MAX_EARLIER = 8

/** The new version, with the flows of the one it replaces kept for those who are inside. */
export function keepFlows(next: Ruleset, previous: Ruleset): Ruleset {
  const earlier = new Map([...previous.earlierFlows, [previous.version, previous.flows]])
  earlier.delete(next.version)
  return { ...next, earlierFlows: new Map([...earlier].slice(-MAX_EARLIER)) }
}
