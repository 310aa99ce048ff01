import type { Diagnostic } from '../domain/diagnostic.ts'
import { CODES, type Code } from './codes.ts'
import { lineText, placeAt, type Range, type SourceText } from './source.ts'

/** A sentence for people in both languages. */
export interface Bilingual {
  readonly zh: string
  readonly en: string
}

/** Where the pieces of the loader put what they find; order does not matter, it is sorted at the end. */
export type Report = (diagnostic: Diagnostic) => void

export interface Extras {
  readonly hint?: Bilingual | undefined
  /** Only lines that were parsed again and found good. */
  readonly correctedLine?: string | undefined
}

/** Builds a diagnostic about `at`: the mark spans the first line of the range. */
export function diagnose(at: Range, code: Code, message: Bilingual, extras: Extras = {}): Diagnostic {
  const place = placeAt(at.source, at.start)
  const quotedLine = lineText(at.source, place.line)
  const rest = Math.max(1, quotedLine.length - place.column + 1)
  return {
    severity: CODES[code].severity,
    code,
    place,
    message,
    quotedLine,
    ...(place.line > 1 ? { lineBefore: lineText(at.source, place.line - 1) } : {}),
    span: Math.min(Math.max(1, at.end - at.start), rest),
    ...(extras.hint === undefined ? {} : { hint: extras.hint }),
    ...(extras.correctedLine === undefined ? {} : { correctedLine: extras.correctedLine }),
  }
}

/** A diagnostic about a whole file or folder: no line is quoted. */
export function diagnoseFile(file: string, code: Code, message: Bilingual, hint?: Bilingual): Diagnostic {
  const place = { file, line: 1, column: 1 }
  return { severity: CODES[code].severity, code, place, message, ...(hint === undefined ? {} : { hint }) }
}

/** Ordered by file, line and column; one mistake reported twice at a place is kept once. */
export function sortDiagnostics(list: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return [...list].sort(byPlace).filter((one) => {
    const key = `${one.place.file}\n${one.place.line}:${one.place.column} ${one.code} ${one.message.en}`
    return !seen.has(key) && seen.add(key)
  })
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1
  return a.place.line - b.place.line || a.place.column - b.place.column
}

/** True when nothing but warnings and remarks was found. */
export function isClean(list: readonly Diagnostic[]): boolean {
  return list.every((one) => one.severity !== 'error')
}

/** Without the warnings that the named line turns off: `# lint: ok W204`. Errors cannot be turned off. */
export function withoutSilenced(
  list: readonly Diagnostic[],
  sources: ReadonlyMap<string, SourceText>,
): Diagnostic[] {
  return list.filter((one) => {
    const source = sources.get(one.place.file)
    if (one.severity === 'error' || source === undefined) return true
    const [, codes = ''] = /#\s*lint:\s*ok\s+([W\d\s,、]+)\s*$/.exec(lineText(source, one.place.line)) ?? []
    return !codes.split(/[\s,、]+/).includes(one.code)
  })
}

/** A diagnostic of another room, which knows the place but not the text, with the line quoted. */
export function quoted(one: Diagnostic, sources: ReadonlyMap<string, SourceText>): Diagnostic {
  const source = sources.get(one.place.file)
  if (source === undefined || one.quotedLine !== undefined) return one
  const { line, column } = one.place
  const quotedLine = lineText(source, line)
  const value = quotedLine.slice(column - 1)
  const span = value.replace(/\s+#.*$/, '').trimEnd().length
  const lineBefore = line > 1 ? { lineBefore: lineText(source, line - 1) } : {}
  return { ...one, quotedLine, ...lineBefore, span: Math.max(1, span) }
}

/** Corrections that may change what customers read: whether ` #` begins a comment only its writer knows. */
const FOR_A_PERSON: ReadonlySet<string> = new Set(['W202'])

/** True when `wxreply fix` may write the corrected line by itself. */
export function isFixable({ code, correctedLine }: Diagnostic): boolean {
  return correctedLine !== undefined && !FOR_A_PERSON.has(code)
}
