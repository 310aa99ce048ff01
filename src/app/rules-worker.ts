/** Entry of the thread in which big rule folders are built; it says one thing, a {@link WorkerReply}, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import type { Diagnostic } from '../domain/diagnostic.ts'
import type { LoadCounts } from '../rules/load.ts'
import { namesUsed, type UsedName } from '../rules/names-used.ts'
import { type PackedFolder, packFolder } from '../rules/packed.ts'
import { runTests, type TestReport } from '../rules/testing/run.ts'
import type { SourceTree } from '../rules/tree.ts'
import { diffRules, printRules, type RulePrints, type RulesDiff } from './rules-diff.ts'
import { type BuildOptions, readTree } from './rules-runtime.ts'

/** What the thread is asked for. */
export interface WorkerRequest {
  readonly tree: SourceTree
  readonly options: BuildOptions
  /** Prints of the rules that run now, to say what changes. */
  readonly before: RulePrints | null
}

/** What came of it. */
export interface WorkerReply {
  readonly diagnostics: readonly Diagnostic[]
  /** Null when the folder has mistakes. */
  readonly built: {
    readonly folder: PackedFolder
    readonly counts: LoadCounts
    readonly names: readonly UsedName[]
    readonly tests: TestReport | null
    readonly prints: RulePrints
    readonly diff: RulesDiff<number> | null
  } | null
}

const request: WorkerRequest = workerData
const reply = await build(request)
parentPort?.postMessage(reply, buffersOf(reply.built))

async function build({ tree, options, before }: WorkerRequest): Promise<WorkerReply> {
  const { loaded, compiled } = await readTree(tree, options)
  const { ruleset, book, diagnostics } = compiled
  const { spec, counts } = loaded
  const folder = packFolder(loaded, compiled)
  if (folder === null || spec === null || ruleset === null || book === null) {
    return { diagnostics, built: null }
  }
  const policy = options.testPolicy
  const report = policy === null ? null : runTests({ spec, ruleset, book }, loaded.tests, { policy })
  // Nobody asks a daemon which rules no test reaches, and of 100,000 they are most.
  const tests = report && { ...report, unreached: [] }
  const prints = printRules(spec.rules)
  const diff = before && diffRules(before, prints)
  return { diagnostics, built: { folder, counts, names: namesUsed(spec), tests, prints, diff } }
}

/** The memory behind all typed arrays in a value, to be handed over instead of copied. */
function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) found.add(value.buffer)
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) buffersOf(part, found)
  }
  return [...found]
}
