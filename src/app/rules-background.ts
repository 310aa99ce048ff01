import { extname } from 'node:path'
import { type ResourceLimits, Worker } from 'node:worker_threads'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { type Bilingual, diagnoseFile } from '../rules/diagnostic.ts'
import { openFolder } from '../rules/packed.ts'
import type { SourceTree } from '../rules/tree.ts'
import { type Clock, nextTurn } from '../support/clock.ts'
import { diffRules, namesOfDiff, type RulesDiff } from './rules-diff.ts'
import { type BuildOptions, type Built, buildRules, type RunningRules } from './rules-runtime.ts'
import type { WorkerReply, WorkerRequest } from './rules-worker.ts'

/** A tree that weighs more is built in a thread of its own: about 5,000 rows of tables. */
const MAX_WEIGHT = 5000
/** A line of YAML takes about as long as so many rows of a table. */
const YAML_WEIGHT = 3
/** Many short-lived objects are made; a small young generation would have them copied again and again. */
const YOUNG_MB = 64
/** The loop is given back after this long. */
const SLICE_MS = 5

/** Where and how rules are built. */
export interface BuildPlace {
  readonly clock: Clock
  /** How much memory the thread may use; absent: as much as this one. */
  readonly limits?: ResourceLimits
}

/** A version, and how it differs from the one that runs. */
export interface NextVersion extends Built<RunningRules> {
  /** Null when there are no rules, or nothing to compare with. */
  readonly diff: RulesDiff | null
}

/**
 * Builds a whole new version without touching anything that runs: small folders here and now, big ones in a thread of
 * their own, so that messages are answered meanwhile. A thread that dies is a mistake like one in the rules.
 */
export async function buildVersion(
  tree: SourceTree,
  options: BuildOptions,
  { before, ...place }: BuildPlace & { readonly before: RunningRules | null },
): Promise<NextVersion> {
  if (weightOf(tree) > MAX_WEIGHT) return await buildApart(tree, options, { before, ...place })
  const { rules, diagnostics } = await buildRules(tree, options)
  const isDiffed = rules !== null && before !== null
  const diff = isDiffed
    ? namesOfDiff(diffRules(before.prints(), rules.prints()), before.nameOf, rules.nameOf)
    : null
  return { rules, diagnostics, diff }
}

async function buildApart(
  tree: SourceTree,
  options: BuildOptions,
  { before, ...place }: BuildPlace & { readonly before: RunningRules | null },
): Promise<NextVersion> {
  const reply = await ask({ tree, options, before: before?.prints() ?? null }, place)
  if ('zh' in reply) return { rules: null, diagnostics: [died(tree, reply)], diff: null }
  const { built, diagnostics } = reply
  if (built === null) return { rules: null, diagnostics, diff: null }
  const { folder, counts, names, tests, prints } = built
  const { timezone, today, now } = options
  const { ruleset, book, reader } = await openFolder(folder, { timezone, today })
  await inSlices(ruleset.index.unconditional(), place.clock, (order) => ruleset.rules.prepare(order))
  const nameOf = (index: number) => reader.at(index)?.name ?? ''
  const { version } = ruleset
  const diff = built.diff && before && namesOfDiff(built.diff, before.nameOf, nameOf)
  const rules = { ruleset, book, version, counts, names, tests, loadedAt: now, prints: () => prints, nameOf }
  return { rules, diagnostics, diff }
}

/** Asks a fresh thread; the reason when it dies. It is gone when this returns. */
async function ask(request: WorkerRequest, { limits }: BuildPlace): Promise<WorkerReply | Bilingual> {
  // Under its own name in every way of running: as TypeScript, and as JavaScript in the image.
  const entry = new URL(`./rules-worker${extname(import.meta.url)}`, import.meta.url)
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB, ...limits }
  const worker = new Worker(entry, { workerData: request, execArgv: [], resourceLimits })
  try {
    return await new Promise((resolve) => {
      worker.once('message', resolve)
      worker.once('messageerror', (problem) => resolve(reasonOf(problem)))
      worker.once('error', (problem) => resolve(reasonOf(problem)))
      worker.once('exit', (code) => resolve(reasonOf(`exit ${code}`)))
    })
  } finally {
    await worker.terminate()
  }
}

function reasonOf(problem: unknown): Bilingual {
  const { code, message }: { code?: unknown; message?: unknown } = Object(problem)
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return { zh: '内存不够', en: 'out of memory' }
  const text = typeof message === 'string' ? message : String(problem)
  return { zh: text, en: text }
}

function died(tree: SourceTree, reason: Bilingual): Diagnostic {
  return diagnoseFile(
    tree.name,
    'E510',
    { zh: `规则没能建成: ${reason.zh}`, en: `the rules could not be built: ${reason.en}` },
    {
      zh: '内存不够就把表格分小，或者给程序更多内存，再 wxreply reload',
      en: 'if memory ran out, use smaller tables or give the program more, then wxreply reload',
    },
  )
}

/** Does a small thing for each of many, giving the loop back in between. */
async function inSlices<T>(items: Iterable<T>, clock: Clock, work: (item: T) => void): Promise<void> {
  let began = clock.monotonic()
  for (const item of items) {
    work(item)
    if (clock.monotonic() - began < SLICE_MS) continue
    await nextTurn()
    began = clock.monotonic()
  }
}

const NEWLINE = 10

/** How long a tree takes to build, in rows of tables. */
function weightOf({ files }: SourceTree): number {
  let weight = 0
  for (const [path, bytes] of files) {
    const lines = linesOf(bytes)
    weight += /\.ya?ml$/i.test(path) ? lines * YAML_WEIGHT : lines
  }
  return weight
}

function linesOf(bytes: Uint8Array): number {
  let lines = 1
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++
  return lines
}
