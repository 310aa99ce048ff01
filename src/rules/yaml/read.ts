import type { Diagnostic } from '../../domain/diagnostic.ts'
import { diagnose } from '../diagnostic.ts'
import type { YamlNode } from '../node.ts'
import { lineNumberAt, lineRange, type SourceText, withLine, writtenLine } from '../source.ts'
import { type BuildProblem, buildTree, isQuotable } from './build.ts'
import type { Fix } from './fix.ts'
import { guesses } from './fixes.ts'
import { MAX_TOKENS, parseYaml, type SyntaxProblem } from './parse.ts'
import { wordBuildProblem, wordSyntaxProblem } from './wording.ts'

/** How much text may still be parsed only to check guesses; shared by all files of one load, so a load stays quick. */
export interface FixBudget {
  characters: number
  /** Tokens that may still be read in the first reading of files. */
  tokens: number
  /** How many more names may be compared with all known ones. */
  suggestions: number
}

/** Enough for hundreds of guesses in files people write, and for none in a file of a megabyte. */
export function newFixBudget(): FixBudget {
  return { characters: 500_000, tokens: MAX_TOKENS, suggestions: 1000 }
}

export interface ReadYaml {
  /** What the tree's positions refer to: the file, with the mended lines in it when there were mistakes. */
  readonly source: SourceText
  /** Null for an empty file and when the mistakes could not be mended far enough to go on. */
  readonly root: YamlNode | null
  readonly diagnostics: readonly Diagnostic[]
  /** Mended lines, so that `fix` can write them. */
  readonly fixes: readonly Fix[]
}

interface Examined {
  readonly root: YamlNode | null
  readonly syntax: SyntaxProblem | null
  /** The first problem of the tree that quotes would solve. */
  readonly quotable: BuildProblem | null
  readonly others: readonly BuildProblem[]
  readonly tokens: number
}

/** Mistakes mended per file before the rest is left for the next run. */
const MAX_FIXES = 20

/**
 * Reads one YAML file. A syntax mistake hides everything after it, so each is mended in memory by the first guess that
 * parses, reported with that line, and reading goes on: people see all mistakes at once, not one per attempt.
 */
export function readYaml(original: SourceText, budget: FixBudget): ReadYaml {
  const diagnostics: Diagnostic[] = []
  const fixes: Fix[] = []
  const given = new Set<number>()
  let source = original
  let seen = examine(source, given, budget.tokens)
  budget.tokens -= seen.tokens
  while (fixes.length < MAX_FIXES) {
    const problem = seen.syntax ?? seen.quotable
    if (problem === null) break
    const mended = mend(source, problem, given, budget)
    if (mended === null) {
      diagnostics.push(unmended(source, seen))
      if (seen.syntax !== null) return { source, root: null, diagnostics, fixes }
      given.add(problem.start)
    } else {
      diagnostics.push(wordFix(source, mended.fix))
      fixes.push(mended.fix)
      source = mended.source
    }
    seen = examine(source, given)
  }
  diagnostics.push(...seen.others.map((one) => wordBuildProblem(source, one)))
  return { source, root: seen.syntax === null ? seen.root : null, diagnostics, fixes }
}

/** `corrected` when the file with that line in it has no syntax mistake; undefined otherwise or when the budget is spent. */
export function checkedLine(
  source: SourceText,
  line: number,
  corrected: string,
  budget: FixBudget,
): string | undefined {
  if (!spend(source, budget)) return undefined
  const seen = examine(withLine(source, line, corrected), new Set())
  return seen.syntax === null && seen.quotable === null ? corrected : undefined
}

function examine(source: SourceText, given: ReadonlySet<number>, maxTokens = MAX_TOKENS): Examined {
  const { document, problems, tokens } = parseYaml(source.text, maxTokens)
  const syntax = problems[0] ?? null
  if (syntax !== null || document === null) return { root: null, syntax, quotable: null, others: [], tokens }
  const built = buildTree(source, document.contents)
  const quotable = built.problems.find((one) => isQuotable(one.code) && !given.has(one.start)) ?? null
  const others = built.problems.filter((one) => !isQuotable(one.code))
  return { root: built.root, syntax, quotable, others, tokens }
}

function mend(
  source: SourceText,
  before: SyntaxProblem | BuildProblem,
  given: ReadonlySet<number>,
  budget: FixBudget,
): { readonly fix: Fix; readonly source: SourceText } | null {
  const line = writtenLine(source, lineNumberAt(source, before.start))
  for (const fix of guesses(source, line)) {
    const candidate = withLine(source, fix.line, fix.corrected)
    if (candidate.text === source.text) continue
    if (!spend(source, budget)) return null
    if (helps(fix, examine(candidate, given), { line, code: before.code, candidate }))
      return { fix, source: candidate }
  }
  return null
}

/**
 * A guess helps when what is wrong next lies further down. Closing a bracket above may also lay bare another mistake on
 * the very line that was complained about.
 */
function helps(
  fix: Fix,
  after: Examined,
  before: { readonly line: number; readonly code: string; readonly candidate: SourceText },
): boolean {
  const next = after.syntax ?? after.quotable
  if (next === null) return true
  const line = lineNumberAt(before.candidate, next.start)
  if (line > before.line) return true
  const closes = fix.code === 'E107' || fix.code === 'E114'
  return closes && fix.line < before.line && line === before.line && next.code !== before.code
}

function spend(source: SourceText, budget: FixBudget): boolean {
  if (budget.characters < source.text.length) return false
  budget.characters -= source.text.length
  return true
}

function wordFix(source: SourceText, fix: Fix): Diagnostic {
  const { start } = lineRange(source, fix.line)
  const at = { source, start: start + fix.from, end: start + fix.to }
  return diagnose(at, fix.code, fix.message, { hint: fix.hint, correctedLine: fix.corrected })
}

function unmended(source: SourceText, seen: Examined): Diagnostic {
  if (seen.syntax !== null) return wordSyntaxProblem(source, seen.syntax)
  if (seen.quotable !== null) return wordBuildProblem(source, seen.quotable)
  throw new TypeError('nothing to report')
}
