import type { z } from 'zod'
import { complain, correctedLine, type LoadContext } from './context.ts'
import { type WordedIssue, wordIssues } from './issues.ts'
import { dataMap, type Entry, entry, type ScalarNode, type YamlNode } from './node.ts'
import type { Range } from './source.ts'

/**
 * Checks a node against a schema and returns the data, or reports every issue at its place and returns undefined.
 * Numbers are offered as their source text (`0123`, `1e3` and long ids stay what was typed) and become numbers only
 * where the schema wants numbers; `true` stays a truth value unless text is wanted.
 */
export function validate<T>(node: YamlNode, schema: z.ZodType<T>, context: LoadContext): T | undefined {
  const data = new Map<ScalarNode, unknown>()
  for (let round = 0; ; round++) {
    const parsed = schema.safeParse(toData(node, data), { reportInput: true })
    if (parsed.success) return parsed.data
    if (round === 3 || !adapt(node, parsed.error.issues, data)) {
      for (const issue of wordIssues(parsed.error.issues)) reportIssue(node, issue, context)
      return undefined
    }
  }
}

function toData(node: YamlNode, adapted: ReadonlyMap<ScalarNode, unknown>): unknown {
  switch (node.kind) {
    case 'scalar':
      return adapted.has(node) ? adapted.get(node) : scalarData(node)
    case 'list':
      return node.items.map((item) => toData(item, adapted))
    case 'map':
      return dataMap(node, (value) => toData(value, adapted))
  }
}

function scalarData(node: ScalarNode): unknown {
  if (!node.isPlain) return node.text
  return typeof node.value === 'number' ? node.text : node.value
}

/** Gives scalars the type that the schema asked for; true when something changed. */
function adapt(
  root: YamlNode,
  issues: readonly z.core.$ZodIssue[],
  adapted: Map<ScalarNode, unknown>,
  base: readonly PropertyKey[] = [],
): boolean {
  let changed = false
  for (const issue of issues) {
    const path = [...base, ...issue.path]
    if (issue.code === 'invalid_union') {
      for (const branch of issue.errors) changed = adapt(root, branch, adapted, path) || changed
      continue
    }
    const node = nodeAt(root, path)
    if (node?.kind !== 'scalar' || !node.isPlain || adapted.has(node)) continue
    const value = wanted(node, issue)
    if (value === undefined) continue
    adapted.set(node, value)
    changed = true
  }
  return changed
}

const YES_NO: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  yes: true,
  no: false,
  on: true,
  off: false,
  是: true,
  否: false,
}

function wanted(node: ScalarNode, issue: z.core.$ZodIssue): unknown {
  if (issue.code === 'invalid_value') return issue.values.find((value) => String(value) === node.text)
  if (issue.code !== 'invalid_type') return undefined
  if (issue.expected === 'string' && typeof node.value === 'boolean') return node.text
  if (issue.expected === 'boolean') return YES_NO[node.text.toLowerCase()]
  const wantsNumber = issue.expected === 'number' || issue.expected === 'int'
  return wantsNumber && typeof node.value === 'number' ? node.value : undefined
}

/** The node a path of keys and indexes leads to; undefined when it is not there. */
function nodeAt(root: YamlNode, path: readonly PropertyKey[]): YamlNode | undefined {
  let node: YamlNode | undefined = root
  for (const step of path) {
    if (node?.kind === 'list') node = node.items[Number(step)]
    else if (node?.kind === 'map') node = entry(node, String(step))?.value
    else return undefined
  }
  return node
}

/** As far along the path as there is something to point at; the key itself when its value is missing. */
function rangeOf(root: YamlNode, path: readonly PropertyKey[]): Range {
  let at = root.at
  let node: YamlNode | undefined = root
  for (const step of path) {
    const found: Entry | undefined = node.kind === 'map' ? entry(node, String(step)) : undefined
    node = node.kind === 'list' ? node.items[Number(step)] : found?.value
    if (node === undefined) return at
    at = found !== undefined && node.at.start === node.at.end ? found.keyAt : node.at
  }
  return at
}

function reportIssue(root: YamlNode, issue: WordedIssue, context: LoadContext): void {
  const holder = nodeAt(root, issue.path)
  const keyAt =
    issue.key !== undefined && holder?.kind === 'map' ? entry(holder, issue.key)?.keyAt : undefined
  const missing = holder === undefined && issue.path.length > 0 ? String(issue.path.at(-1)) : null
  const at = keyAt ?? rangeOf(root, issue.path)
  if (missing !== null && issue.code === 'E402') {
    complain(context, at, 'E403', { zh: `少了“${missing}”`, en: `"${missing}" is missing` })
    return
  }
  const { nearest } = issue
  complain(context, at, issue.code, issue.message, {
    hint:
      nearest === undefined ? undefined : { zh: `是不是“${nearest}”？`, en: `did you mean "${nearest}"?` },
    correctedLine: nearest === undefined ? undefined : correctedLine(context, at, nearest),
  })
}
