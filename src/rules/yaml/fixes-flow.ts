import type { Fix } from './fix.ts'
import { joinLine, type LineParts, quote, valueColumn } from './line.ts'

/** A value with some of its pieces replaced, and where the first of them stands. */
interface Mended {
  readonly value: string
  readonly from: number
  readonly piece: string
}

/** Replaces what the pattern finds; group 1 stands before the piece that matters. Null when nothing changes. */
function mend(value: string, pattern: RegExp, replace: (piece: string) => string): Mended | null {
  let first: { readonly from: number; readonly piece: string } | null = null
  const mended = value.replace(pattern, (all: string, before: string, piece: string, at: number) => {
    const better = replace(piece)
    if (better === piece) return all
    first ??= { from: at + before.length, piece }
    return before + better
  })
  return first === null ? null : { value: mended, ...(first as { from: number; piece: string }) }
}

/** Longer values are not looked into: the patterns take quadratic time, and nobody reads such a line. */
const MAX_VALUE = 2000

/** Guesses for a value that begins like a list or map: only the piece that needs quotes gets them. */
export function flowPieces(line: number, parts: LineParts): Fix[] {
  const { value } = parts
  if (value.length > MAX_VALUE) return []
  const fixOf = (
    mended: Mended | null,
    say: (mended: Mended) => Pick<Fix, 'code' | 'message' | 'hint'>,
  ): Fix[] => {
    if (mended === null) return []
    const from = valueColumn(parts) + mended.from
    const corrected = joinLine(parts, mended.value)
    return [{ line, from, to: from + mended.piece.length, corrected, ...say(mended) }]
  }
  return [
    ...fixOf(mend(value, /()("(?:[^"\\]|\\.)*")/g, singleQuoted), () => BAD_ESCAPE),
    ...fixOf(mend(value, TEMPLATE_PIECE, quotedTemplate), () => BARE_TEMPLATE),
    ...fixOf(mend(value, /(: )(\[[^\]]*\][^\s,{}[\]]+)(?=\s*[,}])/g, quote), ({ piece }) =>
      signAtFront(piece),
    ),
  ]
}

const TEMPLATE_PIECE = /([[{,]\s*|:\s+)((?:[^"'[\]{},:\s]|\{\{)(?:\{\{.*?\}\}|(?!: )[^"'[\]{},])*)/g

function quotedTemplate(piece: string): string {
  if (!piece.includes('{{')) return piece
  return quote(piece.startsWith('{{') ? piece : piece.trimEnd())
}

/** Escapes that YAML does not know; a regular expression is full of them. */
const UNKNOWN_ESCAPE = /\\[^0abtnvfre "/\\N_LPxuU\n]/

function singleQuoted(piece: string): string {
  if (!UNKNOWN_ESCAPE.test(piece)) return piece
  return `'${piece.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "''")}'`
}

const BAD_ESCAPE: Pick<Fix, 'code' | 'message' | 'hint'> = {
  code: 'E108',
  message: {
    zh: '双引号里的“\\”是转义符，这种写法 YAML 不认识',
    en: 'inside double quotes a backslash starts an escape, and YAML does not know this one',
  },
  hint: { zh: '正则请用单引号', en: 'use single quotes for regular expressions' },
}

const BARE_TEMPLATE: Pick<Fix, 'code' | 'message' | 'hint'> = {
  code: 'E106',
  message: {
    zh: '写在 { } 或 [ ] 里的模板 {{…}} 要加引号',
    en: 'a template inside { } or [ ] must be quoted',
  },
  hint: {
    zh: '也可以换行写成“- reply: 文字”的形式',
    en: 'or write it in block style, one "- reply: text" per line',
  },
}

/** Text whose first sign YAML reads as its own. */
export function signAtFront(text: string): Pick<Fix, 'code' | 'message'> {
  const sign = text[0] ?? ''
  return {
    code: 'E105',
    message: {
      zh: `“${sign}”在 YAML 里有特殊意思，这段文字要加引号`,
      en: `"${sign}" means something to YAML here; put quotes around the text`,
    },
  }
}

const WIDE_SIGN = /[，：；]/

/** `{text: 价格，chat: group}`: full-width signs between the parts of a list or map. */
export function flowPunctuation(line: number, parts: LineParts): Fix[] {
  if (parts.value.length > MAX_VALUE || !/^[[{]/.test(parts.value) || !WIDE_SIGN.test(parts.value)) return []
  const from = valueColumn(parts) + parts.value.search(WIDE_SIGN)
  const message = {
    zh: '括号里用了全角的“，”“；”或“：”，要用半角的“, ”和“: ”',
    en: 'full-width comma, semicolon or colon inside brackets; use ", " and ": "',
  }
  return [/[，：；]/g, /[，；]/g, /：/g].map((signs) => ({
    code: 'E102',
    line,
    corrected: joinLine(
      parts,
      parts.value.replace(signs, (sign) => (sign === '：' ? ': ' : ', ')).replace(/ {2,}/g, ' '),
    ),
    from,
    to: from + 1,
    message,
  }))
}
