import type { Place } from '../domain/diagnostic.ts'

/** One text file with the offsets at which its lines begin. */
export interface SourceText {
  /** As shown to people, e.g. `rules/10-shop.yml`. */
  readonly path: string
  readonly text: string
  readonly lineStarts: readonly number[]
}

/** A stretch of one file, in UTF-16 offsets; `end` is exclusive. */
export interface Range {
  readonly source: SourceText
  readonly start: number
  readonly end: number
}

/** Prepares a text for {@link placeAt}; lines end with LF or CRLF. */
export function sourceText(path: string, text: string): SourceText {
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return { path, text, lineStarts }
}

/** Line (from 1) that holds `offset`. */
export function lineNumberAt(source: SourceText, offset: number): number {
  let low = 0
  let high = source.lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((source.lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low + 1
}

/** The place of an offset, as editors count. */
export function placeAt(source: SourceText, offset: number): Place {
  const line = lineNumberAt(source, offset)
  return { file: source.path, line, column: offset - (source.lineStarts[line - 1] ?? 0) + 1 }
}

/** Text of line `line` (from 1) without its end; '' when there is no such line. */
export function lineText(source: SourceText, line: number): string {
  const start = source.lineStarts[line - 1]
  if (start === undefined) return ''
  const next = source.lineStarts[line]
  const text = source.text.slice(start, next === undefined ? undefined : next - 1)
  return text.endsWith('\r') ? text.slice(0, -1) : text
}

/** The whole of line `line` as a range, without its end. */
export function lineRange(source: SourceText, line: number): Range {
  const start = source.lineStarts[line - 1] ?? source.text.length
  return { source, start, end: start + lineText(source, line).length }
}

/** The first line from `line` on that is neither empty nor a comment: what is said of those is meant for it. */
export function writtenLine(source: SourceText, line: number): number {
  let at = line
  while (at < source.lineStarts.length && /^\s*(#|$)/.test(lineText(source, at))) at++
  return at
}

/** The same source with one line replaced; line numbers stay. */
export function withLine(source: SourceText, line: number, text: string): SourceText {
  const { start, end } = lineRange(source, line)
  return sourceText(source.path, source.text.slice(0, start) + text + source.text.slice(end))
}
