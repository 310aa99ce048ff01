import type { Place } from '../domain/diagnostic.ts'
import type { RuleId } from '../domain/ids.ts'
import type { CooldownSpec, LimitSpec, RuleSpec } from '../domain/spec.ts'
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

/** A whole rules folder, compiled. Immutable: a reload makes a new one and swaps the reference. */
export interface Ruleset {
  /** Hash of the source text. */
  readonly version: string
  readonly timezone: string
  /** In the order of evaluation. */
  readonly rules: readonly CompiledRule[]
  readonly index: RuleIndex
  readonly flows: ReadonlyMap<string, CompiledFlow>
  /** Scopes in which messages are counted for `count`, and how long a hit is needed. */
  readonly counted: ReadonlyMap<'chat' | 'contact' | 'global', number>
}
