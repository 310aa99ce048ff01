import type { RuleAct } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import type { ChatKey, Instant, RuleId } from '../domain/ids.ts'
import type { ActionBook } from './book.ts'
import type { ActionFacts, Directory } from './facts.ts'
import type { Memory } from './memory.ts'

/** What the settings say about planning. */
export interface PlanPolicy {
  readonly timezone: string
  readonly ownName: string
  /** null: replies do not go stale. */
  readonly replyTtlMs: number | null
  readonly onUncertain: 'resend' | 'hold'
  /** Wait before replies as long as a person types. */
  readonly typing: boolean
}

/** Something to tell the log: an action `log`, or a reason why a part of a rule could not be carried out. */
export interface PlanNote {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** What a rule wants to have logged, or the problem in Chinese. */
  readonly text: string
  /** The problem in English; absent for what a rule says. */
  readonly english?: string
  readonly rule: RuleId
  /** The action, by its name in the catalogue. */
  readonly action: string
  readonly kind: 'log' | 'problem'
}

/** All that planning one acted rule may look at. */
export interface PlannerInput {
  readonly book: ActionBook
  readonly act: RuleAct
  readonly event: Event
  /** Where replies go, and whose order the run keeps. */
  readonly chat: ChatKey
  /** Set when replies go to the owner, whose chat is known only when they are sent. */
  readonly isToOwner?: boolean
  /** The id under which the run is kept, when one act makes several runs. */
  readonly runRule?: RuleId
  readonly facts: ActionFacts
  /** Remembered values, when other acts of the same decision change them too. */
  readonly memory?: Memory
  readonly directory: Directory | null
  /** What the condition of a `choose` branch captures, by its key; null when it does not hold. */
  readonly holds?: ((branch: string) => Readonly<Record<string, string>> | null) | undefined
  readonly policy: PlanPolicy
  readonly now: Instant
}
