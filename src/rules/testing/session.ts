import type { ActionBook } from '../../actions/book.ts'
import { plan } from '../../actions/plan.ts'
import type { PlanNote } from '../../actions/planner.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Instant } from '../../domain/ids.ts'
import type { Policy } from '../../domain/policy.ts'
import type { PlannedStep } from '../../domain/run.ts'
import type { RulesetSpec } from '../../domain/spec.ts'
import { arrivalWrites } from '../../engine/arrivals.ts'
import { type DecideInput, decide } from '../../engine/decide.ts'
import { type Explanation, explainAll } from '../../engine/explain.ts'
import { MemoryFacts } from '../../engine/memory-facts.ts'
import type { Ruleset } from '../../engine/ruleset.ts'
import { eventOf, type Happening, type PlacedScene } from './scene.ts'

/** A rules folder that compiled. */
export interface SessionRules {
  readonly spec: RulesetSpec
  readonly ruleset: Ruleset
  readonly book: ActionBook
}

export interface SessionOptions {
  readonly policy: Policy
  readonly startAt: Instant
  /** Asks every rule about everything that happens; costs more than deciding. By default only where no rule acts. */
  readonly explains?: boolean
}

/** What came of one happening. */
export interface Said {
  readonly event: Happening
  readonly decision: Decision
  /** What the chat reads, in order. */
  readonly replies: readonly string[]
  /** Everything that would be sent, also to others. */
  readonly steps: readonly PlannedStep[]
  readonly notes: readonly PlanNote[]
  /** Asked before the memory changed; null where it was not asked for. */
  readonly explanation: Explanation | null
}

const SETTINGS = { ownName: '我', replyTtlMs: null, onUncertain: 'resend' as const, typing: false }

/** Conversations on a virtual clock with a memory of their own: the product's engine without disk, network or waiting. */
export class Session {
  readonly #rules: SessionRules
  readonly #options: SessionOptions
  readonly #facts = new MemoryFacts()
  #now: Instant
  #count = 0

  constructor(rules: SessionRules, options: SessionOptions) {
    this.#rules = rules
    this.#options = { ...options, policy: { ...options.policy, timezone: rules.ruleset.timezone } }
    this.#now = options.startAt
  }

  get now(): Instant {
    return this.#now
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#now += ms
  }

  /** Something happens now. */
  say(scene: PlacedScene, text: string): Said {
    this.#count++
    return this.#happen(eventOf(scene, text, this.#now, this.#count))
  }

  #happen(event: Happening): Said {
    const { policy, explains } = this.#options
    const input = { ruleset: this.#rules.ruleset, event, facts: this.#facts, policy, now: this.#now }
    const decision = decide(input)
    const explanation = explains === true || decision.kind !== 'act' ? explainAll(input) : null
    const { steps, notes } = this.#carryOut(decision, input)
    const replies = steps.flatMap(({ effect }) => (effect.kind === 'reply' ? [effect.text] : []))
    return { event, decision, replies, steps, notes, explanation }
  }

  #carryOut(decision: Decision, input: DecideInput & { readonly event: Happening }) {
    const { event, facts: _, ...rest } = input
    const settings = { ...rest.policy, ...SETTINGS }
    const { book } = this.#rules
    const planned = plan({ book, decision, event, facts: this.#facts, policy: settings, now: this.#now })
    this.#facts.apply([...arrivalWrites(input), ...planned.writes])
    this.#facts.noteEvent(event)
    const steps = planned.runs.flatMap((run) => run.steps)
    for (const { effect } of steps) {
      if (effect.kind === 'reply') this.#facts.noteReply(event.chat.key, effect.text, this.#now)
    }
    return { steps, notes: planned.notes }
  }
}
