import { FAMILIAR_KEYS } from '../names.ts'
import { lineText, type SourceText } from '../source.ts'
import type { Fix } from './fix.ts'
import { flowPieces, flowPunctuation, signAtFront } from './fixes-flow.ts'
import { alignment, continued, indentation, unclosed } from './fixes-layout.ts'
import { closingQuote, joinLine, type LineParts, quote, splitLine, valueColumn } from './line.ts'

/** Guesses for a complaint on line `line`, the likeliest first. Whoever calls parses each before showing it. */
export function guesses(source: SourceText, line: number): Fix[] {
  const text = lineText(source, line)
  const parts = splitLine(text)
  return [
    ...indentation(line, text),
    ...unclosed(source, line),
    ...colonSigns(line, text),
    ...flowPunctuation(line, parts),
    ...quoting(line, parts),
    ...continued(source, line),
    ...alignment(source, line),
  ]
}

const FULL_WIDTH_COLON = /^([ \t]*(?:-[ \t]*)?)([^\s：:"'[{#-][^：:"'[{#]*?)(\s*：\s*)/
const TIGHT_COLON = /^([ \t]*(?:-[ \t]*)?)([^\s：:"'[{#-][^：:"'[{#\s]*)(:)(?=\S)/
const TIGHT_DASH = /^([ \t]*)(-)(?=[^\s-])/

function colonSigns(line: number, text: string): Fix[] {
  return [fullWidthColon(line, text), tightColon(line, text), tightDash(line, text)].filter(
    (fix) => fix !== null,
  )
}

/** `when：价格` -> `when: 价格`. */
export function fullWidthColon(line: number, text: string): Fix | null {
  const found = FULL_WIDTH_COLON.exec(text)
  if (found === null) return null
  const [all, lead = '', key = '', colon = ''] = found
  return {
    code: 'E102',
    line,
    corrected: `${spaced(lead)}${key}: ${text.slice(all.length)}`.trimEnd(),
    from: lead.length + key.length,
    to: lead.length + key.length + colon.trimEnd().length,
    message: {
      zh: `“${key}”后面是全角冒号“：”，要用半角冒号加空格“: ”`,
      en: `"${key}" is followed by a full-width colon; use ": "`,
    },
  }
}

/** `when:价格` -> `when: 价格`; only after a familiar key, because `https://` is no key. */
export function tightColon(line: number, text: string): Fix | null {
  const found = TIGHT_COLON.exec(text)
  if (found === null) return null
  const [all, lead = '', key = ''] = found
  if (!FAMILIAR_KEYS.has(key) && !/^[\p{Script=Han}]/u.test(key)) return null
  return {
    code: 'E104',
    line,
    corrected: `${spaced(lead)}${key}: ${text.slice(all.length)}`,
    from: lead.length,
    to: all.length,
    message: { zh: `“${key}:”后面少了一个空格`, en: `a space is missing after "${key}:"` },
  }
}

function tightDash(line: number, text: string): Fix | null {
  const found = TIGHT_DASH.exec(text)
  if (found === null) return null
  const lead = found[1] ?? ''
  return {
    code: 'E104',
    line,
    corrected: `${lead}- ${text.slice(lead.length + 1)}`,
    from: lead.length,
    to: lead.length + 1,
    message: { zh: '短横“-”后面少了一个空格', en: 'a space is missing after the dash' },
  }
}

function spaced(lead: string): string {
  return lead.endsWith('-') ? `${lead} ` : lead
}

function quoting(line: number, parts: LineParts): Fix[] {
  if (parts.value === '') return []
  const from = valueColumn(parts)
  const mark = { line, from, to: from + parts.value.length }
  const whole = { ...mark, corrected: joinLine(parts, quote(parts.value)) }
  if (parts.value.startsWith('"') && /\\/.test(parts.value)) return [{ ...mark, ...escapes(parts) }]
  // Quotes around a whole list or map would turn it into text; only the piece that needs them gets them.
  if (/^(?:\[|\{(?!\{))/.test(parts.value)) {
    const isText = !/[\]}]$/.test(parts.value)
    return [...flowPieces(line, parts), ...(isText ? [{ ...whole, ...signAtFront(parts.value) }] : [])]
  }
  if (/\{\{/.test(parts.value)) return templates(parts, mark, whole.corrected)
  return [{ ...whole, ...reasonToQuote(parts.value) }]
}

function escapes(parts: LineParts): Pick<Fix, 'code' | 'corrected' | 'message' | 'hint'> {
  const end = closingQuote(parts.value, 0)
  const inner = parts.value
    .slice(1, end === -1 ? undefined : end)
    .replaceAll('\\"', '"')
    .replaceAll("'", "''")
  return {
    code: 'E108',
    corrected: joinLine(parts, `'${inner}'`),
    message: {
      zh: '双引号里的“\\”是转义符，这种写法 YAML 不认识',
      en: 'inside double quotes a backslash starts an escape, and YAML does not know this one',
    },
    hint: { zh: '正则请用单引号', en: 'use single quotes for regular expressions' },
  }
}

/** Templates: `{{x}}您好` alone, `运费 {{重量 | times: 6}}`. */
function templates(parts: LineParts, mark: Pick<Fix, 'line' | 'from' | 'to'>, whole: string): Fix[] {
  if (!parts.value.startsWith('{{') && /: /.test(parts.value)) return filterArguments(parts, mark, whole)
  const message = {
    zh: '以 {{ 开头的文字要加引号，否则 YAML 当成映射',
    en: 'text that starts with {{ must be quoted, or YAML takes it for a map',
  }
  const hint = {
    zh: '把文字放在前面也可以：您好{{sender.name}}',
    en: 'text may also come first: 您好{{sender.name}}',
  }
  return [{ ...mark, code: 'E106', corrected: whole, message, hint }]
}

function filterArguments(parts: LineParts, mark: Pick<Fix, 'line' | 'from' | 'to'>, whole: string): Fix[] {
  const message = {
    zh: '模板里的“: ”（冒号加空格）会被 YAML 当成另一个字段',
    en: 'the ": " inside the template is taken for another key',
  }
  const hint = {
    zh: '过滤器的冒号后面不要空格，或者给整段文字加引号',
    en: 'write filters without a space after the colon, or quote the text',
  }
  const tight = parts.value.replace(/\{\{.*?\}\}/g, (template) =>
    template.replace(/(\|\s*[a-z_]+):\s+/g, '$1:'),
  )
  return [joinLine(parts, tight), whole].map((corrected) => ({
    ...mark,
    code: 'E103' as const,
    corrected,
    message,
    hint,
  }))
}

function reasonToQuote(value: string): Pick<Fix, 'code' | 'message'> {
  if (/^[^"'[{&*!|>%@`?-].*: /.test(value) || /:$/.test(value)) return COLON_IN_TEXT
  return signAtFront(value)
}

const COLON_IN_TEXT: Pick<Fix, 'code' | 'message'> = {
  code: 'E103',
  message: {
    zh: '这一行的文字里有“: ”，YAML 会把它当成另一个字段',
    en: 'the text of this line contains ": ", which YAML takes for another key',
  },
}
