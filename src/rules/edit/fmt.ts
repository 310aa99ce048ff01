import { isScalar, type Pair, type YAMLMap } from 'yaml'
import { controlCharacterAt } from '../bytes.ts'
import { KEY_ALIASES } from '../names.ts'
import type { YamlNode } from '../node.ts'
import { sourceText } from '../source.ts'
import { commentsOf } from '../yaml/parse.ts'
import { newFixBudget, readYaml } from '../yaml/read.ts'
import { documentText, keyOf, openDocument, visitLevels } from './document.ts'
import { LEVELS, type LevelName } from './levels.ts'
import { lineEndOf } from './text-file.ts'

/** In which language the everyday keys are written; null leaves each as it is. */
export type KeyLanguage = 'zh' | 'en' | null

/** The text in the one layout, or why it was left alone. */
export type Formatted =
  | { readonly kind: 'formatted'; readonly text: string }
  /** It has syntax errors: they come first. */
  | { readonly kind: 'broken' }
  /** The result would not say the same; never expected, always checked. */
  | { readonly kind: 'unsafe' }

export interface FmtOptions {
  readonly isTestFile: boolean
  readonly keys: KeyLanguage
}

/**
 * Lays a rule file out: two spaces, keys of a rule in one order, comments kept. The result is read again and must say
 * exactly what the text said, comments included.
 */
export function formatRules(text: string, options: FmtOptions): Formatted {
  const before = meaning(text)
  if (before === null) return { kind: 'broken' }
  const document = openDocument(text)
  // Nothing but comments.
  if (document.contents === null) return { kind: 'formatted', text }
  visitLevels(document, options.isTestFile, (map, level) => {
    if (options.keys !== null) spell(map, level, options.keys)
    order(map, level)
  })
  const laidOut = documentText(document)
  const formatted = lineEndOf(text) === '\r\n' ? laidOut.replaceAll('\n', '\r\n') : laidOut
  const after = meaning(formatted)
  const isSame = after !== null && after === before
  return isSame ? { kind: 'formatted', text: formatted } : { kind: 'unsafe' }
}

const SPELLINGS: ReadonlyMap<string, string> = new Map([...KEY_ALIASES].map(([alias, key]) => [key, alias]))

function spell(map: YAMLMap, level: LevelName, language: 'zh' | 'en'): void {
  for (const pair of map.items) {
    const english = keyOf(pair)
    if (!isScalar(pair.key) || !LEVELS[level].keys.has(english)) continue
    const wanted = language === 'zh' ? (SPELLINGS.get(english) ?? english) : english
    if (pair.key.value !== wanted) pair.key.value = wanted
  }
}

/** Keys in the order of their level, unknown ones last; a blank line stays in front of the map, not inside it. */
function order(map: YAMLMap, level: LevelName): void {
  const places = LEVELS[level].order
  if (places === null) return
  const placeOf = (pair: Pair) => {
    const place = places.indexOf(keyOf(pair))
    return place === -1 ? places.length : place
  }
  const sorted = [...map.items].sort((a, b) => placeOf(a) - placeOf(b))
  if (sorted.every((pair, index) => pair === map.items[index])) return
  map.items = sorted
  const first = sorted[0]?.key
  if (isScalar(first)) first.spaceBefore = false
}

/** What a text says, in a form that two layouts of it share; null when it cannot be read. */
function meaning(text: string): string | null {
  const { root, diagnostics } = readYaml(sourceText('', text), newFixBudget())
  if (diagnostics.length > 0 || controlCharacterAt(text) !== -1) return null
  return JSON.stringify([root === null ? null : plain(root), commentsOf(text).sort(), lintMarks(text)])
}

/** `# lint: ok` speaks about the line it ends, so it may not come to end another. */
function lintMarks(text: string): string[] {
  const marked = text.split(/\r?\n/).filter((line) => /#\s*lint:/.test(line))
  return marked.map((line) => line.trim().replaceAll(/\s+/g, ' ')).sort()
}

function plain(node: YamlNode): unknown {
  switch (node.kind) {
    case 'scalar':
      return [node.text, node.value]
    case 'list':
      return node.items.map(plain)
    case 'map':
      return Object.fromEntries(
        node.entries
          .map(({ key, value }): [string, unknown] => [`=${canonical(key)}`, plain(value)])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      )
  }
}

/** Either spelling of a key counts as the same, also where it is not ours: only the map's own keys are compared. */
function canonical(key: string): string {
  return KEY_ALIASES.get(key.trim()) ?? key
}
