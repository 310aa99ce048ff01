import { type Document, isMap, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from 'yaml'
import { canonicalKey } from '../names.ts'
import { LEVELS, type LevelName } from './levels.ts'

/** A YAML file to be changed with its comments kept. */
export type EditableDocument = Document.Parsed

/** Reads for editing: every scalar stays the text it was typed as (`0123`, `1e3`). Only for files without syntax errors. */
export function openDocument(text: string): EditableDocument {
  return parseDocument(text, { version: '1.2', schema: 'failsafe', uniqueKeys: false, prettyErrors: false })
}

/** The text of the document in our layout: two spaces, lists indented, no line ever folded. */
export function documentText(document: EditableDocument): string {
  return document.toString({
    indent: 2,
    indentSeq: true,
    lineWidth: 0,
    flowCollectionPadding: false,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
  })
}

/** Calls `visit` with every map whose keys are ours, outer before inner. */
export function visitLevels(
  document: EditableDocument,
  isTestFile: boolean,
  visit: (map: YAMLMap, level: LevelName) => void,
): void {
  const root = document.contents
  // A file that is just a list.
  if (isSeq(root)) walk(root, { level: isTestFile ? 'test' : 'rule' }, visit)
  else walk(root, { level: 'file' }, visit)
}

function walk(
  node: unknown,
  { level, isNamed = false }: { readonly level: LevelName; readonly isNamed?: boolean },
  visit: (map: YAMLMap, level: LevelName) => void,
): void {
  if (isSeq(node)) for (const item of node.items) walk(item, { level }, visit)
  if (!isMap(node)) return
  if (isNamed) {
    for (const pair of node.items) walk(pair.value, { level }, visit)
    return
  }
  visit(node, level)
  for (const pair of node.items) {
    const below = LEVELS[level].below[keyOf(pair)]
    if (below !== undefined) walk(pair.value, below, visit)
  }
}

/** The English spelling of a pair's key; '' when it is no text. */
export function keyOf(pair: Pair): string {
  const { key } = pair
  return isScalar(key) ? canonicalKey(String(key.value).trim()) : ''
}
