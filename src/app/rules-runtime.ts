import type { ActionBook } from '../actions/book.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import type { Instant } from '../domain/ids.ts'
import type { Ruleset } from '../engine/ruleset.ts'
import { compileRules } from '../rules/compile.ts'
import { readRulesFolder } from '../rules/folder.ts'
import { type LoadCounts, loadRules } from '../rules/load.ts'
import type { SourceTree } from '../rules/tree.ts'

/** One complete version of the rules, ready to decide. Swapped as a whole. */
export interface RunningRules {
  readonly ruleset: Ruleset
  readonly book: ActionBook
  readonly version: string
  readonly counts: LoadCounts
  readonly loadedAt: Instant
}

/** What reading a folder led to: rules that can run, or all that is wrong with it. */
export interface Built {
  readonly rules: RunningRules | null
  readonly diagnostics: readonly Diagnostic[]
  readonly tree: SourceTree
}

export interface BuildOptions {
  readonly timezone: string
  /** Local date `YYYY-MM-DD`. */
  readonly today: string
  readonly now: Instant
}

/** Builds a whole new version from a tree without touching anything that runs. */
export async function buildRules(tree: SourceTree, options: BuildOptions): Promise<Built> {
  const loaded = loadRules(tree, { today: options.today })
  if (loaded.spec === null) return { rules: null, diagnostics: loaded.diagnostics, tree }
  const compiled = await compileRules(loaded, { timezone: options.timezone })
  const diagnostics = compiled.diagnostics
  if (compiled.ruleset === null || compiled.book === null) return { rules: null, diagnostics, tree }
  const { ruleset, book } = compiled
  return {
    rules: { ruleset, book, version: loaded.spec.version, counts: loaded.counts, loadedAt: options.now },
    diagnostics,
    tree,
  }
}

/** Reads a rules folder and builds it. */
export async function buildFromFolder(dir: string, options: BuildOptions): Promise<Built> {
  return await buildRules(await readRulesFolder(dir), options)
}
