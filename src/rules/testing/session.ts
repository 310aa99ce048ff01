import type { ActionBook } from '../../actions/book.ts'
import { plan } from '../../actions/plan.ts'
import type { PlanNote } from '../../actions/planner.ts'
import type { Decision } from '../../domain/decision.ts'
import type { Event, FlowExpired } from '../../domain/event.ts'
import { readFlowState } from '../../domain/flow-state.ts'
import { flowEventId, type Instant } from '../../domain/ids.ts'
import type { Policy } from '../../domain/policy.ts'
import type { PlannedStep } from '../../domain/run.ts'
import type { RulesetSpec } from '../../domain/spec.ts'
import { arrivalWrites } from '../../engine/arrivals.ts'
import { branchTest } from '../../engine/branches.ts'
import { type DecideInput, decide } from '../../engine/decide.ts'
import { type Explanation, explainAll } from '../../engine/explain.ts'
import { MemoryFacts } from '../../engine/memory-facts.ts'
import type { Ruleset } from '../../engine/ruleset.ts'
import { eventOf, type PlacedScene } from './scene.ts'

/** A rules folder that compiled. */
export interface SessionRules {
  readonly spec: RulesetSpec
  readonly ruleset: Ruleset
  readonly book: ActionBook
}

export interface SessionOptions {
  readonly policy: Policy
  readonly startAt: Instant
  /** Whether every rule is asked why it did not hold, which costs more than deciding; by default where no rule acts. */
  readonly explains?: boolean
}

/** What came of one happening. */
export interface Said {
  readonly event: Event
  readonly decision: Decision
  /** What the chat reads, in order. */
  readonly replies: readonly string[]
  /** Everything that would be sent, also to others. */
  readonly steps: readonly PlannedStep[]
  readonly notes: readonly PlanNote[]
  /** Asked before the memory changed; null where it was not asked for. */
  readonly explanation: Explanation | null
}

type Talk = Pick<FlowExpired, 'account' | 'chat' | 'sender'>

function talkOf({ chat, sender }: Talk): string {
  return `${chat.key}\n${sender.key}`
}

const SETTINGS = { ownName: '我', replyTtlMs: null, onUncertain: 'resend' as const, typing: false }

/** Conversations on a virtual clock with a memory of their own: the product's engine without disk, network or waiting. */
export class Session {
  readonly #rules: SessionRules
  readonly #options: SessionOptions
  readonly #facts = new MemoryFacts()
  /** Where and with whom a flow may be going on. */
  readonly #talks = new Map<string, Talk>()
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

  /** Lets time pass; what flows say because nobody answered them in time comes back, in order. */
  pass(ms: number): readonly Said[] {
    const until = this.#now + ms
    const said: Said[] = []
    for (let end = this.#nextEnd(until); end !== null; end = this.#nextEnd(until)) {
      this.#now = Math.max(this.#now, end.at)
      said.push(this.#happen(end))
      this.#talks.delete(talkOf(end))
    }
    this.#now = until
    return said
  }

  /** The flow whose time runs out first, until then. */
  #nextEnd(until: Instant): FlowExpired | null {
    const ends = [...this.#talks.values()].flatMap(({ chat, sender, account }) => {
      const state = readFlowState(this.#facts.flow(chat.key, sender.key) ?? '')
      if (state === null || state.expiresAt > until) return []
      const { flow, expiresAt: at } = state
      const id = flowEventId(account, chat.key, sender.key, at)
      const base = { id, account, at, receivedAt: at, messageId: '', chat, sender, flow }
      return [{ ...base, kind: 'flow.expired' as const }]
    })
    return ends.sort((a, b) => a.at - b.at)[0] ?? null
  }

  /** Something happens now. */
  say(scene: PlacedScene, text: string): Said {
    this.#count++
    const event = eventOf(scene, text, this.#now, this.#count)
    if (event.kind === 'message.received') this.#talks.set(talkOf(event), event)
    return this.#happen(event)
  }

  /** Something that really happened, at its own time; time only goes forward. */
  live(event: Event, at: Instant): Said {
    this.pass(Math.max(0, at - this.#now))
    if (event.kind === 'message.received') this.#talks.set(talkOf(event), event)
    return this.#happen(event)
  }

  #happen(event: Event): Said {
    const { policy, explains } = this.#options
    const input = { ruleset: this.#rules.ruleset, event, facts: this.#facts, policy, now: this.#now }
    const decision = decide(input)
    const isAsked = event.kind !== 'flow.expired' && (explains ?? decision.kind !== 'act')
    const explanation = isAsked ? explainAll(input) : null
    const { steps, notes } = this.#carryOut(decision, input)
    const replies = steps.flatMap(({ effect }) => (effect.kind === 'reply' ? [effect.text] : []))
    return { event, decision, replies, steps, notes, explanation }
  }

  #carryOut(decision: Decision, input: DecideInput) {
    const { event, policy, now } = input
    const settings = { ...policy, ...SETTINGS }
    const { book } = this.#rules
    const holds = branchTest(input)
    const planned = plan({ book, decision, event, facts: this.#facts, policy: settings, now, holds })
    this.#facts.apply([...arrivalWrites(input), ...planned.writes])
    this.#facts.noteEvent(event)
    const steps = planned.runs.flatMap((run) => run.steps)
    for (const { effect } of steps) {
      if (effect.kind === 'reply') this.#facts.noteReply(effect.chat, effect.text, this.#now)
    }
    return { steps, notes: planned.notes }
  }
}
