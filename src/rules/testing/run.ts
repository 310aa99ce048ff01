import { actionCatalogue } from '../../actions/kinds/index.ts'
import type { Decision, TraceEntry } from '../../domain/decision.ts'
import type { Place } from '../../domain/diagnostic.ts'
import { DEFAULT_POLICY, type Policy } from '../../domain/policy.ts'
import { reasonPhrase } from '../../domain/reasons.ts'
import type { Bilingual } from '../diagnostic.ts'
import { judge, type Outcome } from './judge.ts'
import { instantOf } from './scene.ts'
import { type Said, Session, type SessionRules } from './session.ts'
import type { TestSpec } from './spec.ts'

/** What the tests are run against. */
export type TestSubject = SessionRules

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
  /** What else may explain it. */
  readonly note: Bilingual | null
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
  const startAt = instantOf(test.at, subject.ruleset.timezone)
  const session = new Session(subject, { policy, startAt })
  const failures = test.turns.flatMap((turn, index) => {
    const passed = session.pass(turn.waitMs > 0 ? turn.waitMs : index === 0 ? 0 : BETWEEN_TURNS_MS)
    // A turn that only waits expects what is said because nobody answered.
    const said = turn.say === null ? null : session.say(test, turn.say)
    const outcome = outcomeOf(said === null ? passed : [said], subject)
    for (const id of askedIn(said === null ? passed : [said])) reached.add(id)
    const message = turn.expect === null ? null : judge(turn.expect, outcome)
    if (message === null) return []
    return [
      {
        place: turn.place,
        message,
        nearest: said?.explanation?.nearest ?? null,
        note: notYet(outcome) ?? silence(outcome),
      },
    ]
  })
  return { name: test.name, place: test.place, failures }
}

function outcomeOf(said: readonly Said[], subject: TestSubject): Outcome {
  return {
    replies: said.flatMap((one) => one.replies),
    decision: said.at(-1)?.decision ?? null,
    acted: said.flatMap(({ decision }) => actedOf(decision, subject)),
  }
}

/** Rules whose conditions held, whatever came of it. */
function askedIn(said: readonly Said[]): readonly string[] {
  return said.flatMap(({ decision }) =>
    decision.trace.tried.filter(({ outcome }) => outcome.kind !== 'failed').map(({ rule }) => rule),
  )
}

/** Why nothing was said, when it was not for want of a rule. */
function silence({ decision, replies }: Outcome): Bilingual | null {
  if (decision?.kind !== 'suppressed' || replies.length > 0) return null
  const { zh, en } = reasonPhrase(decision.reason)
  return { zh: `没有回：${zh}`, en: `silent: ${en}` }
}

/** The rules that decided, also by staying silent: a guard, or one that is cooling down. */
function actedOf(decision: Decision, { spec, book }: TestSubject): Outcome['acted'] {
  const silent = decision.kind === 'suppressed' && decision.rule !== null ? [{ rule: decision.rule }] : []
  const isRefused = decision.kind === 'suppressed' && decision.reason !== 'guard'
  const acts: readonly { rule: string; flow?: { flow: string } }[] =
    decision.kind === 'act' ? decision.acts : silent
  return acts.map(({ rule: id, flow }) => {
    const rule = spec.rules.find((one) => one.id === id)
    const actions = isRefused ? [] : (rule?.actions.map((action) => action.kind) ?? [])
    const name = rule?.name ?? flow?.flow ?? book.rules.get(id)?.name ?? id
    return { id, name, actions, isRefused, later: isRefused ? [] : laterActions(rule?.actions) }
  })
}

/** Kinds of actions, at any depth, that this version does not carry out. */
function laterActions(value: unknown): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap(laterActions))]
  if (typeof value !== 'object' || value === null) return []
  const { kind, params } = value as { readonly kind?: unknown; readonly params?: unknown }
  if (typeof kind === 'string' && 'params' in value) return [...laterOf(kind), ...laterActions(params)]
  return Object.entries(value).flatMap(([key, inner]) => [...laterOf(key), ...laterActions(inner)])
}

function laterOf(kind: string): string[] {
  return actionCatalogue.get(kind)?.availability === 'later' ? [kind] : []
}

/** Says so when the test could not hold because of what is not there yet. */
function notYet({ acted }: Outcome): Bilingual | null {
  const [first] = acted.filter((one) => one.later.length > 0)
  if (first === undefined) return null
  const kinds = first.later
  return {
    zh: `规则“${first.name}”的 ${kinds.join('、')} 这一版还不会执行，http 替身也就用不上`,
    en: `${kinds.join(', ')} of rule "${first.name}" is not carried out in this version yet, so its stand-in is not asked`,
  }
}
