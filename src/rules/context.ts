import type { Diagnostic } from '../domain/diagnostic.ts'
import type { Code } from './codes.ts'
import { type Bilingual, diagnose, type Extras, type Report } from './diagnostic.ts'
import { lineText, placeAt, type Range } from './source.ts'
import { checkedLine, type FixBudget } from './yaml/read.ts'

/** What every part of the loader is handed: where to report, and how much text may be parsed to check corrections. */
export interface LoadContext {
  readonly report: Report
  readonly budget: FixBudget
}

/** Reports a mistake at a place. */
export function complain(
  context: LoadContext,
  at: Range,
  code: Code,
  message: Bilingual,
  extras: Extras = {},
): void {
  context.report(diagnose(at, code, message, extras))
}

/** The line of `at` with the range replaced, if it still parses; undefined when the range spans lines. */
export function correctedLine(context: LoadContext, at: Range, replacement: string): string | undefined {
  if (context.budget.suggestions <= 0) return undefined
  const { line, column } = placeAt(at.source, at.start)
  const text = lineText(at.source, line)
  const length = at.end - at.start
  if (column - 1 + length > text.length) return undefined
  const mended = text.slice(0, column - 1) + replacement + text.slice(column - 1 + length)
  return checkedLine(at.source, line, mended, context.budget)
}

/** More errors, or more warnings, than this tell nobody anything. */
const MAX_COLLECTED = 1000

/** Collects diagnostics, a bounded number of each severity. */
export function collector(): { readonly list: Diagnostic[]; readonly report: Report } {
  const list: Diagnostic[] = []
  const counts = { error: 0, warning: 0, info: 0 }
  const report = (diagnostic: Diagnostic) => {
    if (++counts[diagnostic.severity] <= MAX_COLLECTED) list.push(diagnostic)
  }
  return { list, report }
}
