import { complain, correctedLine } from '../context.ts'
import { diagnose } from '../diagnostic.ts'
import { get, itemsOf, type ScalarNode, type YamlNode } from '../node.ts'
import { lineNumberAt, lineText, placeAt, type Range } from '../source.ts'
import { type LintInput, remark } from './input.ts'

/** Texts long enough to be a key, or a word for one followed by a value. */
const SECRET =
  /\bsk-[A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\b[A-Fa-f0-9]{32,}\b|(?:password|passwd|secret|token|api[_-]?key|密钥|口令)\s*[:：=]\s*[A-Za-z0-9_\-+/]{8,}/i

/** Lints of the text as it was typed. */
export function lintText(input: LintInput): void {
  for (const rule of input.rules) {
    const [reply, list, when] = [get(rule.map, 'reply'), get(rule.map, 'do'), get(rule.map, 'when')]
    for (const node of [reply, list]) if (node !== undefined) lintReplies(node, input)
    if (when !== undefined) lintKeywords(when, input)
  }
  for (const file of input.files) {
    const quick = get(file.map, 'quick')
    if (quick?.kind !== 'map') continue
    for (const one of quick.entries) {
      if (one.key.includes('｜')) fullWidthBar(one.keyAt, input)
      if (one.key !== 'from') lintReplies(one.value, input)
    }
  }
}

function scalarsOf(node: YamlNode): ScalarNode[] {
  if (node.kind === 'scalar') return [node]
  return node.kind === 'list'
    ? node.items.flatMap(scalarsOf)
    : node.entries.flatMap((one) => scalarsOf(one.value))
}

function lintReplies(node: YamlNode, input: LintInput): void {
  for (const scalar of scalarsOf(node)) {
    cutAtHash(scalar, input)
    secret(scalar, input)
  }
}

/** `reply: 你好 # 注释`: what follows the sign is not part of the text, which surprises people. */
function cutAtHash(scalar: ScalarNode, input: LintInput): void {
  if (!scalar.isPlain || scalar.text === '') return
  const { source, start, end } = scalar.at
  const line = lineNumberAt(source, Math.max(start, end - 1))
  const text = lineText(source, line)
  const lineStart = source.lineStarts[line - 1] ?? 0
  const rest = text.slice(end - lineStart)
  const found = /^[ \t]+#(?!\s*lint:)/.exec(rest)
  if (found === null) return
  const at = end + found[0].length - 1
  const whole: Range = { source, start, end: lineStart + text.trimEnd().length }
  const isOneLine = start >= lineStart
  const value = source.text.slice(whole.start, whole.end)
  complain(
    input.context,
    { source, start: at, end: whole.end },
    'W202',
    { zh: '“ #”后面是注释，不会发给对方', en: 'what follows " #" is a comment and is not sent' },
    {
      hint: {
        zh: '如果是文字，请给整句加引号；如果真是注释，请写在单独一行',
        en: 'quote the text if it belongs to it; put a real comment on a line of its own',
      },
      correctedLine:
        isOneLine && !value.includes('"') ? correctedLine(input.context, whole, `"${value}"`) : undefined,
    },
  )
}

function secret(scalar: ScalarNode, input: LintInput): void {
  if (!SECRET.test(scalar.text)) return
  const message = {
    zh: '这段文字里像是有密钥或口令，会被发给客人',
    en: 'this text seems to hold a key or password, and it is sent to people',
  }
  // The line is not quoted: diagnostics end up in logs.
  const { quotedLine: _, lineBefore: __, ...bare } = diagnose(scalar.at, 'W234', message)
  input.context.report(bare)
}

const KEYWORD_KEYS = new Set(['text', 'exact', 'starts', 'ends', 'contains_all', 'word'])

function lintKeywords(when: YamlNode, input: LintInput): void {
  if (when.kind !== 'map') {
    for (const item of itemsOf(when)) if (item.kind === 'scalar') keyword(item, when.kind === 'list', input)
    return
  }
  for (const { key, value } of when.entries) {
    if (key === 'all' || key === 'any' || key === 'not') {
      for (const item of itemsOf(value)) lintKeywords(item, input)
    } else if (KEYWORD_KEYS.has(key)) {
      for (const item of itemsOf(value))
        if (item.kind === 'scalar') keyword(item, value.kind === 'list', input)
    }
  }
}

function keyword(scalar: ScalarNode, isInList: boolean, input: LintInput): void {
  cutAtHash(scalar, input)
  if (!scalar.isPlain) return
  if (WIDE_QUOTES.test(scalar.text)) wideQuotes(scalar, input)
  else if (/[，、]/.test(scalar.text) && (isInList || isEnumeration(scalar.text))) {
    fullWidthComma(scalar, isInList, input)
  } else if (/[|｜]/.test(scalar.text)) barInKeyword(scalar, input)
}

const WIDE_QUOTES = /^[“”「『‘’].+[“”」』‘’]$/s

/** `when: “价格”`: quotes that YAML does not know become part of the keyword, which then never hits. */
function wideQuotes(scalar: ScalarNode, input: LintInput): void {
  complain(
    input.context,
    scalar.at,
    'W233',
    {
      zh: '中文引号会被当成关键词的一部分，客人一般不会打',
      en: 'full-width quotes become part of the keyword, and customers do not type them',
    },
    { correctedLine: correctedLine(input.context, scalar.at, `"${scalar.text.slice(1, -1)}"`) },
  )
}

/** `when: 价格，多少钱`: short words in a row, not a sentence. */
function isEnumeration(text: string): boolean {
  return text.split(/[，、]/).every((word) => /^\S{1,6}$/u.test(word.trim()))
}

function fullWidthComma(scalar: ScalarNode, isInList: boolean, input: LintInput): void {
  const words = scalar.text.replace(/\s*[，、]\s*/g, ', ')
  complain(
    input.context,
    scalar.at,
    'W203',
    {
      zh: `“${scalar.text}”里有全角逗号，会被当成一个关键词`,
      en: `"${scalar.text}" holds a full-width comma and counts as one keyword`,
    },
    {
      hint: { zh: '用半角逗号“, ”分开', en: 'separate keywords with ", "' },
      correctedLine: correctedLine(input.context, scalar.at, isInList ? words : `[${words}]`),
    },
  )
}

function barInKeyword(scalar: ScalarNode, input: LintInput): void {
  const words = scalar.text.split(/\s*[|｜]\s*/).filter((word) => word !== '')
  complain(
    input.context,
    scalar.at,
    'W233',
    {
      zh: '竖线“|”只在 quick 里表示“或”，这里会被当成文字',
      en: 'a bar means "or" only in quick; here it is part of the keyword',
    },
    { correctedLine: correctedLine(input.context, scalar.at, `[${words.join(', ')}]`) },
  )
}

function fullWidthBar(keyAt: Range, input: LintInput): void {
  remark(input, placeAt(keyAt.source, keyAt.start), 'W233', {
    zh: '这里用了全角竖线“｜”，已当成“|”（或）',
    en: 'a full-width bar was taken for "|" (or)',
  })
}
