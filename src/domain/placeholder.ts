import { type Comparator, compareLoosely } from './comparison.ts'

/** A piece of text: literal, or the path of a value between `{{` and `}}`. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly path: string }

/** Looks up one value by its path, `sender.name`; null when there is none. */
export type Lookup = (path: string) => string | null

const PATH = /^[\p{L}\p{N}_][\p{L}\p{N}_\-.[\]]*$/u

/**
 * Splits text at plain `{{ a.b }}` placeholders. Null when it holds anything more (filters, tags), which is for the
 * full template language.
 */
export function splitPlaceholders(source: string): readonly Piece[] | null {
  const pieces: Piece[] = []
  let from = 0
  if (source.includes('{%')) return null
  for (let open = source.indexOf('{{'); open >= 0; open = source.indexOf('{{', from)) {
    const close = source.indexOf('}}', open)
    const path = close < 0 ? '' : source.slice(open + 2, close).trim()
    if (!PATH.test(path)) return null
    if (open > from) pieces.push({ kind: 'text', text: source.slice(from, open) })
    pieces.push({ kind: 'value', path })
    from = close + 2
  }
  if (from < source.length) pieces.push({ kind: 'text', text: source.slice(from) })
  return pieces
}

/** Puts the values in; missing ones are empty. A value is never read as a template. */
export function fillPlaceholders(pieces: readonly Piece[], lookup: Lookup): string {
  let text = ''
  for (const piece of pieces) text += piece.kind === 'text' ? piece.text : (lookup(piece.path) ?? '')
  return text
}

/** One comparison of values, as `if` states it. */
export interface ValueCondition {
  test(lookup: Lookup): boolean
  /** The comparison with its values filled in, for people. */
  show(lookup: Lookup): string
  /** The paths it uses. */
  readonly paths: readonly string[]
}

const OPERATOR = /^(.*?)\s*(<=|>=|==|!=|<|>|=|≤|≥|≠|＜|＞|＝)\s*(.*)$/s
/** Operators as a Chinese keyboard makes them, and the single sign. */
const SPELLINGS: Readonly<Record<string, Comparator>> = {
  '=': '==',
  '＝': '==',
  '≠': '!=',
  '≤': '<=',
  '≥': '>=',
  '＜': '<',
  '＞': '>',
}
/** What looks like a second comparison. It would be compared as text, which nobody means. */
const MORE = /[<>≤≥≠＜＞＝]|[=!]=|&&|\|\||\b(?:and|or)\b/

/**
 * Reads `{{a}} > 100`, or `{{a}}` alone for "is set and not false"; null when it is neither. A right side with signs of
 * comparison in it has to be quoted.
 */
export function parseCondition(source: string): ValueCondition | null {
  const match = OPERATOR.exec(source.trim())
  return match === null ? bareValue(source.trim()) : comparison(match)
}

function bareValue(source: string): ValueCondition | null {
  const pieces = splitPlaceholders(source)
  const [only] = pieces ?? []
  if (pieces?.length !== 1 || only?.kind !== 'value') return null
  const { path } = only
  return {
    paths: [path],
    test: (lookup) => !['', 'false'].includes(lookup(path) ?? ''),
    show: (lookup) => lookup(path) || '空',
  }
}

function comparison([, before = '', sign = '', after = '']: RegExpExecArray): ValueCondition | null {
  if (MORE.test(after) && unquote(after) === after.trim()) return null
  const [left, right] = [splitPlaceholders(before), splitPlaceholders(unquote(after))]
  if (left === null || right === null || left.length === 0) return null
  if (right.length === 0 && unquote(after) === after.trim()) return null
  const operator = SPELLINGS[sign] ?? (sign as Comparator)
  return {
    paths: [...left, ...right].flatMap((piece) => (piece.kind === 'value' ? [piece.path] : [])),
    test: (lookup) =>
      compareLoosely(operator, fillPlaceholders(left, lookup), fillPlaceholders(right, lookup)),
    show: (lookup) =>
      `${fillPlaceholders(left, lookup) || '空'} ${operator} ${fillPlaceholders(right, lookup)}`,
  }
}

function unquote(text: string): string {
  const trimmed = text.trim()
  const inner = /^(["'])(.*)\1$/s.exec(trimmed)
  return inner?.[2] ?? trimmed
}
