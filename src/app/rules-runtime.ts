import { createHash } from 'node:crypto'
import { type ActionBook, keepFlowWords } from '../actions/book.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import type { Instant, RuleId } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import type { RulesetSpec } from '../domain/spec.ts'
import { keepFlows, type Ruleset } from '../engine/ruleset.ts'
import { compileRules, type LoadCounts, loadRules, readRulesFolder } from '../rules/load.ts'
import { runTests, type TestReport } from '../rules/testing/run.ts'
import type { SourceTree } from '../rules/tree.ts'
import { cronProblem } from '../schedule/schedule.ts'

/** One complete version of the rules, ready to decide. Swapped as a whole. */
export interface RunningRules {
  readonly ruleset: Ruleset
  readonly book: ActionBook
  readonly spec: RulesetSpec
  readonly version: string
  readonly counts: LoadCounts
  readonly loadedAt: Instant
  /** How the tests beside the rules went; null when they were not run. */
  readonly tests: TestReport | null
}

/** What reading a folder led to: rules that can run, or all that is wrong with it. */
export interface Built {
  readonly rules: RunningRules | null
  readonly diagnostics: readonly Diagnostic[]
}

export interface BuildOptions {
  readonly timezone: string
  /** Local date `YYYY-MM-DD`. */
  readonly today: string
  readonly now: Instant
  /** With it the tests that lie beside the rules are run. */
  readonly testPolicy: Policy | null
}

/** Builds a whole new version from a tree without touching anything that runs. */
export async function buildRules(tree: SourceTree, options: BuildOptions): Promise<Built> {
  const loaded = loadRules(tree, { today: options.today })
  const { timezone, today } = options
  const { ruleset, book, diagnostics } = await compileRules(loaded, {
    timezone,
    today,
    checkCron: cronProblem,
  })
  const { spec, counts } = loaded
  if (spec === null || ruleset === null || book === null) return { rules: null, diagnostics }
  const policy = options.testPolicy
  const tests = policy === null ? null : runTests({ spec, ruleset, book }, loaded.tests, { policy })
  return {
    rules: { ruleset, book, spec, version: spec.version, counts, loadedAt: options.now, tests },
    diagnostics,
  }
}

/** The new version in the place of the one that ran; who is inside a flow goes on with the flow as it was. */
export function succeed(next: RunningRules, previous: RunningRules): RunningRules {
  return {
    ...next,
    ruleset: keepFlows(next.ruleset, previous.ruleset),
    book: keepFlowWords(next.book, previous.book),
  }
}

export { readRulesFolder }

/** Changes whenever anything in the folder does, also what cannot be read. */
export function treeHash(tree: SourceTree): string {
  const hash = createHash('sha256')
  for (const [path, bytes] of tree.files) hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  hash.update(JSON.stringify([[...tree.media], tree.problems]))
  return hash.digest('hex')
}

/** Which rules a reload added, changed and removed, by name. */
export interface RulesDiff {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
}

/** Compares two versions rule by rule; where a rule stands in its file does not matter. */
export function diffRules(before: RulesetSpec, after: RulesetSpec): RulesDiff {
  const old = fingerprints(before)
  const fresh = fingerprints(after)
  const names = (rules: typeof old, keep: (id: RuleId, print: string) => boolean) =>
    [...rules].filter(([id, { print }]) => keep(id, print)).map(([, { name }]) => name)
  return {
    added: names(fresh, (id) => !old.has(id)),
    changed: names(fresh, (id, print) => old.has(id) && old.get(id)?.print !== print),
    removed: names(old, (id) => !fresh.has(id)),
  }
}

function fingerprints(spec: RulesetSpec): Map<RuleId, { name: string; print: string }> {
  const withoutPlaces = (key: string, value: unknown) => (key === 'place' ? undefined : value)
  return new Map(
    spec.rules.map((rule) => [rule.id, { name: rule.name, print: JSON.stringify(rule, withoutPlaces) }]),
  )
}
