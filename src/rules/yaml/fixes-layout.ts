import { lineText, type SourceText } from '../source.ts'
import type { Fix } from './fix.ts'
import { closingQuote, joinLine, type LineParts, openBrackets, splitLine, valueColumn } from './line.ts'

/** How many lines above a complaint an unclosed bracket or quote is looked for. */
const LOOK_BACK = 12

/** Tabs and full-width spaces in front of a line. */
export function indentation(line: number, text: string): Fix[] {
  const lead = /^[\s\u3000\u00a0]*/.exec(text)?.[0] ?? ''
  if (!/[\t\u3000\u00a0]/.test(lead)) return []
  const message = {
    zh: '缩进里有制表符（Tab）或全角空格，YAML 只认普通空格',
    en: 'the indentation contains a tab or a full-width space; YAML takes plain spaces only',
  }
  return ['  ', '    ', ''].map((spaces) => ({
    code: 'E101',
    line,
    corrected: lead.replace(/[\t\u3000]/g, spaces).replaceAll('\u00a0', ' ') + text.slice(lead.length),
    from: Math.max(0, lead.search(/[\t\u3000\u00a0]/)),
    to: lead.length,
    message,
  }))
}

/** Brackets and quotes that were opened here or above and never closed. */
export function unclosed(source: SourceText, line: number): Fix[] {
  const fixes: Fix[] = []
  for (let at = line; at > Math.max(0, line - LOOK_BACK); at--) {
    const parts = splitLine(lineText(source, at))
    fixes.push(...unclosedBracket(at, parts), ...unclosedQuote(at, parts))
  }
  return fixes
}

function unclosedBracket(line: number, parts: LineParts): Fix[] {
  if (!/^[[{]/.test(parts.value)) return []
  const { closers, first } = openBrackets(parts.value)
  if (closers === '') return []
  const from = valueColumn(parts) + first
  const sign = parts.value[first] ?? ''
  const message = {
    zh: `这个“${sign}”没有闭合，后面少了“${closers}”`,
    en: `this "${sign}" is never closed: "${closers}" is missing`,
  }
  return [
    { code: 'E107', line, corrected: joinLine(parts, parts.value + closers), from, to: from + 1, message },
  ]
}

function unclosedQuote(line: number, parts: LineParts): Fix[] {
  const mark = parts.value[0]
  if ((mark !== '"' && mark !== "'") || closingQuote(parts.value, 0) !== -1) return []
  const from = valueColumn(parts)
  const message = { zh: '这个引号没有闭合', en: 'this quote is never closed' }
  return [{ code: 'E114', line, corrected: joinLine(parts, parts.value + mark), from, to: from + 1, message }]
}

/** A line of text under a text, not indented: it was meant to go on. */
export function continued(source: SourceText, line: number): Fix[] {
  const text = lineText(source, line)
  const above = splitLine(lineText(source, line - 1))
  if (/[:：]/.test(text) || text.trim() === '' || above.key === '' || above.value === '') return []
  const indent = text.length - text.trimStart().length
  return [
    {
      code: 'E118',
      line,
      corrected: ' '.repeat(above.lead.length + 2) + text.trim(),
      from: indent,
      to: text.length,
      message: {
        zh: '这一行不是“字段: 值”；如果是接着上一行的文字，要多缩进两格',
        en: 'this line is no "key: value"; indent it if it continues the text above',
      },
      hint: {
        zh: `要分行发送请写“${above.key}: |”，下面每行缩进`,
        en: `to keep line breaks write "${above.key}: |" and indent the lines below`,
      },
    },
  ]
}

/** The line moved to the column of a line above it. */
export function alignment(source: SourceText, line: number): Fix[] {
  const text = lineText(source, line)
  const body = text.trimStart()
  const columns = new Set<number>()
  for (let at = line - 1; at > Math.max(0, line - LOOK_BACK); at--) {
    const above = lineText(source, at)
    if (above.trim() === '') continue
    columns.add(splitLine(above).lead.length).add(above.length - above.trimStart().length)
  }
  columns.delete(text.length - body.length)
  return [...columns].map((column) => ({
    code: 'E118',
    line,
    corrected: ' '.repeat(column) + body,
    from: 0,
    to: Math.max(1, text.length - body.length),
    message: { zh: '这一行的缩进和上面没有对齐', en: 'this line is not aligned with the lines above' },
  }))
}
