import { closest, question } from './closest.ts'
import { complain, correctedLine, type LoadContext } from './context.ts'
import type { Bilingual } from './diagnostic.ts'
import { homeOf } from './key-homes.ts'
import { canonicalKey, spellings } from './names.ts'
import type { Entry, MapNode, YamlNode } from './node.ts'
import { lineNumberAt, lineText, placeAt } from './source.ts'
import { fullWidthColon, tightColon } from './yaml/fixes.ts'
import { checkedLine } from './yaml/read.ts'

/** The map with every key in its English spelling; unknown keys and double spellings are reported and left out. */
export function knownKeys(
  map: MapNode,
  known: Iterable<string>,
  context: LoadContext,
  where: Bilingual,
): MapNode {
  const allowed = new Set(known)
  const written = new Set(map.entries.map((one) => canonicalKey(one.key.trim())))
  // A key that is there already is not what somebody meant by another one.
  const open = new Set([...allowed].filter((key) => !written.has(key)))
  const seen = new Map<string, Entry>()
  const meant: Entry[] = []
  for (const one of map.entries) {
    const key = canonicalKey(one.key.trim())
    const before = seen.get(key)
    if (!allowed.has(key)) meant.push({ ...one, key: reportUnknown(one, open, context, where) })
    else if (before !== undefined) reportTwice(one, before, context)
    else seen.set(key, { ...one, key })
  }
  // A misspelt key is read as what was probably meant, so that it is not reported as missing, too.
  for (const one of meant) if (one.key !== '' && !seen.has(one.key)) seen.set(one.key, one)
  return { ...map, entries: [...seen.values()] }
}

/** The key that was probably meant; '' when none is close. */
function reportUnknown(
  entry: Entry,
  open: ReadonlySet<string>,
  context: LoadContext,
  where: Bilingual,
): string {
  const candidates = spellings(open)
  if (entry.key.includes('：') && reportWideColon(entry, context)) return ''
  const nearest = context.budget.suggestions-- > 0 ? closest(entry.key, candidates) : null
  complain(
    context,
    entry.keyAt,
    'E401',
    { zh: `${where.zh}没有“${entry.key}”这个字段`, en: `${where.en} has no key "${entry.key}"` },
    {
      hint: question(nearest) ?? homeOf(entry.key) ?? listOfKeys(candidates),
      correctedLine: nearest === null ? undefined : correctedLine(context, entry.keyAt, nearest),
    },
  )
  return nearest === null ? '' : canonicalKey(nearest)
}

/** `{text：价格}`: the key swallowed its value. */
function reportWideColon(entry: Entry, context: LoadContext): boolean {
  const { source, start } = entry.keyAt
  const at = source.text.indexOf('：', start)
  if (at === -1 || at >= entry.keyAt.end) return false
  const range = { source, start: at, end: at + 1 }
  const key = source.text.slice(start, at)
  complain(
    context,
    range,
    'E102',
    {
      zh: `“${key}”后面是全角冒号“：”，要用半角冒号加空格“: ”`,
      en: `"${key}" is followed by a full-width colon; use ": "`,
    },
    { correctedLine: correctedLine(context, range, ': ') },
  )
  return true
}

function listOfKeys(keys: readonly string[]): Bilingual {
  const shown = keys.slice(0, 12).join('、')
  return {
    zh: `可以写：${shown}${keys.length > 12 ? ' 等' : ''}`,
    en: `known keys: ${keys.slice(0, 12).join(', ')}`,
  }
}

function reportTwice(entry: Entry, before: Entry, context: LoadContext): void {
  const { line, column } = placeAt(before.keyAt.source, before.keyAt.start)
  const other = `“${before.keyAt.source.text.slice(before.keyAt.start, before.keyAt.end)}”`
  complain(context, entry.keyAt, 'E408', {
    zh: `“${entry.key}”和第 ${line} 行第 ${column} 列的${other}是同一个字段，只能写一个`,
    en: `"${entry.key}" is the same key as the one at ${line}:${column}; write one of them`,
  })
}

/** The node as a map; otherwise reports what stands there, above all a colon typed wrongly, and returns null. */
export function expectMap(node: YamlNode, context: LoadContext, where: Bilingual): MapNode | null {
  if (node.kind === 'map') return node
  if (node.kind === 'scalar' && node.isPlain && reportColon(node, context)) return null
  complain(context, node.at, 'E402', {
    zh: `${where.zh}要写成“字段: 值”的形式`,
    en: `${where.en} must be a map of "key: value"`,
  })
  return null
}

/** True when the scalar is `key：value` or `key:value` and that was reported. */
function reportColon(node: YamlNode, context: LoadContext): boolean {
  const { source, start } = node.at
  const line = lineNumberAt(source, start)
  const text = lineText(source, line)
  const lineStart = source.lineStarts[line - 1] ?? 0
  const fix = fullWidthColon(line, text) ?? tightColon(line, text)
  if (fix === null || fix.to < start - lineStart) return false
  complain(context, { source, start: lineStart + fix.from, end: lineStart + fix.to }, fix.code, fix.message, {
    correctedLine: checkedLine(source, line, fix.corrected, context.budget),
  })
  return true
}
