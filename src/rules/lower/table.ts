import { complain, type LoadContext } from '../context.ts'
import { diagnose } from '../diagnostic.ts'
import { lineRange, type SourceText } from '../source.ts'

/** How a row of a reply table is compared. */
export type RowMatch = 'text' | 'exact' | 'starts' | 'ends' | 'regex'

/** One row of a reply table; `keywords` are split at `|` except for regular expressions. */
export interface TableRow {
  readonly keywords: readonly string[]
  readonly reply: string
  readonly match: RowMatch
  /** Line in the file, from 1. */
  readonly line: number
}

/** A CSV file as a reply table, or as a plain list when it has one column. */
export interface Table {
  readonly rows: readonly TableRow[]
  /** Every keyword, for `list:` references. */
  readonly words: readonly string[]
  readonly isReplyTable: boolean
}

interface RawRow {
  readonly cells: readonly string[]
  readonly line: number
}

const HEADERS: ReadonlyMap<string, 'keyword' | 'reply' | 'match'> = new Map([
  ['关键词', 'keyword'],
  ['关键字', 'keyword'],
  ['问题', 'keyword'],
  ['keyword', 'keyword'],
  ['keywords', 'keyword'],
  ['回复', 'reply'],
  ['答案', 'reply'],
  ['reply', 'reply'],
  ['匹配方式', 'match'],
  ['匹配', 'match'],
  ['match', 'match'],
])

const MATCHES: ReadonlyMap<string, RowMatch> = new Map([
  ['', 'text'],
  ['包含', 'text'],
  ['contains', 'text'],
  ['完全', 'exact'],
  ['exact', 'exact'],
  ['开头', 'starts'],
  ['starts', 'starts'],
  ['结尾', 'ends'],
  ['ends', 'ends'],
  ['正则', 'regex'],
  ['regex', 'regex'],
])

/** Reads a CSV text: comma, tab or semicolon, with or without a header row. Bad rows are reported and left out. */
export function readTable(source: SourceText, context: LoadContext): Table {
  const raw = splitRows(source, context)
  const header = headerOf(raw[0])
  const body = header === null ? raw : raw.slice(1)
  const columns = header ?? { keyword: 0, reply: 1, match: 2 }
  const isReplyTable = header === null ? body.some((row) => row.cells.length > 1) : columns.reply >= 0
  if (!isReplyTable) {
    const words = body.map((row) => row.cells[Math.max(0, columns.keyword)]?.trim() ?? '')
    return { rows: [], words: words.filter((word) => word !== ''), isReplyTable }
  }
  const rows = body.map((row) => readRow(row, columns, source, context)).filter((row) => row !== null)
  return { rows, words: rows.flatMap((row) => row.keywords), isReplyTable }
}

type Columns = { readonly keyword: number; readonly reply: number; readonly match: number }

function headerOf(row: RawRow | undefined): Columns | null {
  const names = (row?.cells ?? []).map((cell) => HEADERS.get(cell.trim().toLowerCase()))
  if (!names.includes('keyword')) return null
  return { keyword: names.indexOf('keyword'), reply: names.indexOf('reply'), match: names.indexOf('match') }
}

function readRow(row: RawRow, columns: Columns, source: SourceText, context: LoadContext): TableRow | null {
  const cell = (index: number) => row.cells[index]?.trim() ?? ''
  const [keyword, reply, matchWord] = [cell(columns.keyword), cell(columns.reply), cell(columns.match)]
  const match = MATCHES.get(matchWord.toLowerCase())
  const keywords = match === 'regex' ? [keyword] : splitOr(keyword)
  const problem =
    keywords.length === 0 || keyword === ''
      ? { zh: '关键词是空的', en: 'the keyword is empty' }
      : reply === ''
        ? { zh: '回复是空的', en: 'the reply is empty' }
        : match === undefined
          ? {
              zh: `不认识匹配方式“${matchWord}”（包含、完全、开头、结尾、正则）`,
              en: `unknown match "${matchWord}"`,
            }
          : null
  if (problem === null && match !== undefined) return { keywords, reply, match, line: row.line }
  reportRow(source, row.line, problem ?? { zh: '坏行', en: 'bad row' }, context)
  return null
}

function reportRow(
  source: SourceText,
  line: number,
  what: { readonly zh: string; readonly en: string },
  context: LoadContext,
): void {
  complain(context, lineRange(source, line), 'E506', {
    zh: `第 ${line} 行：${what.zh}`,
    en: `row ${line}: ${what.en}`,
  })
}

/** Splits `价格 | 多少钱` at bars, half or full width. */
export function splitOr(text: string): string[] {
  return text
    .split(/[|｜]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Cells of every row that holds anything; quotes as spreadsheets write them. */
function splitRows(source: SourceText, context: LoadContext): RawRow[] {
  const separator = separatorOf(source.text)
  const rows: RawRow[] = []
  const { text } = source
  let [cells, cell, line, rowLine, isQuoted, quotedFrom] = [[] as string[], '', 1, 1, false, 1]
  const endRow = () => {
    cells.push(cell)
    if (cells.some((one) => one.trim() !== '')) rows.push({ cells, line: rowLine })
    cells = []
    cell = ''
    rowLine = line
  }
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] ?? ''
    if (sign === '\n') line++
    if (isQuoted) {
      if (sign !== '"') cell += sign
      else if (text[i + 1] === '"') cell += text[++i]
      else isQuoted = false
    } else if (sign === '"' && cell.trim() === '') {
      ;[isQuoted, quotedFrom, cell] = [true, rowLine, '']
    } else if (sign === separator) {
      cells.push(cell)
      cell = ''
    } else if (sign === '\n') endRow()
    else if (sign !== '\r') cell += sign
  }
  endRow()
  if (isQuoted) {
    context.report(
      diagnose(lineRange(source, quotedFrom), 'E506', {
        zh: `第 ${quotedFrom} 行：引号没有闭合`,
        en: `row ${quotedFrom}: a quote is never closed`,
      }),
    )
  }
  return rows
}

function separatorOf(text: string): string {
  const first = text
    .slice(0, text.indexOf('\n') === -1 ? undefined : text.indexOf('\n'))
    .replace(/"[^"]*"/g, '')
  if (first.includes('\t')) return '\t'
  const [commas, semicolons] = [first.split(',').length, first.split(';').length]
  return semicolons > commas ? ';' : ','
}
