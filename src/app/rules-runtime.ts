import { createHash } from 'node:crypto'
import { type ActionBook, keepFlowWords } from '../actions/book.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import type { Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import type { RulesetSpec } from '../domain/spec.ts'
import { keepFlows, type Ruleset } from '../engine/ruleset.ts'
import {
  type CompiledRules,
  compileRules,
  type LoadCounts,
  type LoadResult,
  loadRules,
  readRulesFolder,
} from '../rules/load.ts'
import { namesUsed, type UsedName } from '../rules/names-used.ts'
import { runTests, type TestReport } from '../rules/testing/run.ts'
import type { SourceTree } from '../rules/tree.ts'
import { cronProblem } from '../schedule/schedule.ts'
import { printRules, type RulePrints } from './rules-diff.ts'

/** One complete version of the rules, ready to decide. Swapped as a whole. */
export interface RunningRules {
  readonly ruleset: Ruleset
  readonly book: ActionBook
  readonly version: string
  readonly counts: LoadCounts
  readonly loadedAt: Instant
  /** The names of people and rooms that the rules go by. */
  readonly names: readonly UsedName[]
  /** How the tests beside the rules went; null when they were not run. */
  readonly tests: TestReport | null
  /** To compare with another version. */
  prints(): RulePrints
  /** The name of a rule by its number among the prints. */
  nameOf(index: number): string
}

/** A version that was built in this thread, with its source. */
export interface BuiltRules extends RunningRules {
  readonly spec: RulesetSpec
}

/** What reading a folder led to: rules that can run, or all that is wrong with it. */
export interface Built<Rules = BuiltRules> {
  readonly rules: Rules | null
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
  const { loaded, compiled } = await readTree(tree, options)
  const { spec, counts } = loaded
  const { ruleset, book, diagnostics } = compiled
  if (spec === null || ruleset === null || book === null) return { rules: null, diagnostics }
  const policy = options.testPolicy
  const tests = policy === null ? null : runTests({ spec, ruleset, book }, loaded.tests, { policy })
  const rules: BuiltRules = {
    ruleset,
    book,
    spec,
    version: spec.version,
    counts,
    names: namesUsed(spec),
    loadedAt: options.now,
    tests,
    prints: () => printRules(spec.rules),
    nameOf: (index) => spec.rules[index]?.name ?? '',
  }
  return { rules, diagnostics }
}

/** Reads and compiles a tree; all mistakes come together. */
export async function readTree(
  tree: SourceTree,
  { timezone, today }: Pick<BuildOptions, 'timezone' | 'today'>,
): Promise<{ readonly loaded: LoadResult; readonly compiled: CompiledRules }> {
  const loaded = loadRules(tree, { today })
  return { loaded, compiled: await compileRules(loaded, { timezone, today, checkCron: cronProblem }) }
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
