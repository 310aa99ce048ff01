import type { ActionBook } from '../../actions/book.ts'
import { plan } from '../../actions/plan.ts'
import type { Decision, TraceEntry } from '../../domain/decision.ts'
import type { Place } from '../../domain/diagnostic.ts'
import type { Instant } from '../../domain/ids.ts'
import { DEFAULT_POLICY, type Policy } from '../../domain/policy.ts'
import type { RulesetSpec } from '../../domain/spec.ts'
import { arrivalWrites } from '../../engine/arrivals.ts'
import { type DecideInput, decide } from '../../engine/decide.ts'
import { explainAll } from '../../engine/explain.ts'
import { MemoryFacts } from '../../engine/memory-facts.ts'
import type { Ruleset } from '../../engine/ruleset.ts'
import type { Bilingual } from '../diagnostic.ts'
import { judge, type Outcome } from './judge.ts'
import { eventOf, type Happening, instantOf } from './scene.ts'
import type { TestSpec, TurnSpec } from './spec.ts'

/** What the tests are run against. */
export interface TestSubject {
  readonly spec: RulesetSpec
  readonly ruleset: Ruleset
  readonly book: ActionBook
}

export interface TestOptions {
  /** The settings; by default those of an empty settings file. */
  readonly policy?: Policy
  /** Only tests whose name this finds. */
  readonly only?: RegExp
}

/** One turn that went wrong. */
export interface TestFailure {
  readonly place: Place
  readonly message: Bilingual
  /** The rule that came closest without holding. */
  readonly nearest: TraceEntry | null
}

export interface TestResult {
  readonly name: string
  readonly place: Place
  readonly failures: readonly TestFailure[]
}

/** All results, and which rules no test reached. */
export interface TestReport {
  readonly results: readonly TestResult[]
  readonly passed: number
  readonly failed: number
  readonly unreached: readonly { readonly name: string; readonly place: Place }[]
}

/** Turns without `wait` are this far apart, so that the loop breaker does not take a test for a robot. */
const BETWEEN_TURNS_MS = 5000

/**
 * Runs tests on a virtual clock with the real engine and state in memory: no network, no randomness that is not seeded,
 * so a test gives the same answer on every machine.
 */
export function runTests(
  subject: TestSubject,
  tests: readonly TestSpec[],
  options: TestOptions = {},
): TestReport {
  const reached = new Set<string>()
  const chosen = tests.filter((test) => options.only?.test(test.name) ?? true)
  const results = chosen.map((test) => runTest(subject, test, options.policy ?? DEFAULT_POLICY, reached))
  const failed = results.filter((one) => one.failures.length > 0).length
  const unreached = subject.spec.rules
    .filter((rule) => rule.isEnabled && !reached.has(rule.id))
    .map(({ name, place }) => ({ name, place }))
  return { results, passed: results.length - failed, failed, unreached }
}

function runTest(subject: TestSubject, test: TestSpec, policy: Policy, reached: Set<string>): TestResult {
  const talk = new Talk(subject, test, { ...policy, timezone: subject.ruleset.timezone })
  const failures = test.turns.flatMap((turn) => {
    const { outcome, nearest } = talk.turn(turn)
    for (const one of outcome.acted) reached.add(one.id)
    const message = turn.expect === null ? null : judge(turn.expect, outcome)
    return message === null ? [] : [{ place: turn.place, message, nearest: nearest() }]
  })
  return { name: test.name, place: test.place, failures }
}

interface Turn {
  readonly outcome: Outcome
  /** Asks every rule why it did not hold; costs more than deciding. */
  nearest(): TraceEntry | null
}

const SILENCE: Turn = { outcome: { replies: [], decision: null, acted: [] }, nearest: () => null }

/** One conversation: the clock and the memory go on from turn to turn. */
class Talk {
  readonly #subject: TestSubject
  readonly #test: TestSpec
  readonly #policy: Policy
  readonly #facts = new MemoryFacts()
  #now: Instant
  #turns = 0

  constructor(subject: TestSubject, test: TestSpec, policy: Policy) {
    this.#subject = subject
    this.#test = test
    this.#policy = policy
    this.#now = instantOf(test.at, policy.timezone)
  }

  turn(turn: TurnSpec): Turn {
    this.#now += turn.waitMs > 0 ? turn.waitMs : this.#turns === 0 ? 0 : BETWEEN_TURNS_MS
    this.#turns++
    return turn.say === null ? SILENCE : this.#say(eventOf(this.#test, turn.say, this.#now, this.#turns))
  }

  #say(event: Happening): Turn {
    const { ruleset } = this.#subject
    const input = { ruleset, event, facts: this.#facts, policy: this.#policy, now: this.#now }
    const decision = decide(input)
    // Asked before the turn changes what is remembered; kept only when the decision disappoints.
    const nearest = decision.kind === 'act' ? null : explainAll(input).nearest
    const replies = this.#carryOut(decision, input)
    return { outcome: { replies, decision, acted: this.#acted(decision) }, nearest: () => nearest }
  }

  #carryOut(decision: Decision, input: DecideInput & { readonly event: Happening }): string[] {
    const { event } = input
    const settings = { ownName: '我', replyTtlMs: null, onUncertain: 'resend' as const, typing: false }
    const planned = plan({
      book: this.#subject.book,
      decision,
      event,
      facts: this.#facts,
      policy: { ...this.#policy, ...settings },
      now: this.#now,
    })
    this.#facts.apply([...arrivalWrites(input), ...planned.writes])
    this.#facts.noteEvent(event)
    const effects = planned.runs.flatMap((run) => run.steps.map((step) => step.effect))
    const replies = effects.flatMap((effect) => (effect.kind === 'reply' ? [effect.text] : []))
    for (const text of replies) this.#facts.noteReply(event.chat.key, text, this.#now)
    return replies
  }

  #acted(decision: Decision): Outcome['acted'] {
    if (decision.kind !== 'act') return []
    return decision.acts.map(({ rule: id }) => {
      const rule = this.#subject.spec.rules.find((one) => one.id === id)
      const actions = rule?.actions.map((action) => action.kind) ?? []
      return { id, name: rule?.name ?? this.#subject.book.rules.get(id)?.name ?? id, actions }
    })
  }
}
