import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { assertNever } from '../../support/assert-never.ts'
import type { Entry, YamlNode } from '../node.ts'
import type { Range, SourceText } from '../source.ts'

/** What the YAML library accepts and we do not. `other` is a second place worth naming. */
export interface BuildProblem {
  readonly code:
    | 'COMPLEX_KEY'
    | 'UNKNOWN_ALIAS'
    | 'CYCLIC_ALIAS'
    | 'ALIAS_BOMB'
    | 'TAG'
    | 'UNUSED_ANCHOR'
    | 'MERGE_KEY'
    | 'DUPLICATE_KEY'
  readonly start: number
  readonly end: number
  readonly other?: number
}

const MAX_ALIASES = 100
const MAX_ALIASED_NODES = 10_000
/** More of them tell nobody anything. */
const MAX_PROBLEMS = 200

interface Anchor {
  readonly start: number
  built: YamlNode | null
  used: boolean
  size: number
}

/** Turns a composed document into our own tree, collecting what we refuse. Each alias shares the anchored node. */
export function buildTree(
  source: SourceText,
  contents: Node | null,
): { root: YamlNode | null; problems: BuildProblem[] } {
  const builder = new Builder(source)
  const root = contents === null ? null : builder.node(contents)
  builder.checkAnchors()
  return { root, problems: builder.problems.sort((a, b) => a.start - b.start) }
}

class Builder {
  readonly problems: BuildProblem[] = []
  readonly #source: SourceText
  readonly #anchors = new Map<string, Anchor>()
  #aliases = 0
  #aliasedNodes = 0
  #size = 0

  constructor(source: SourceText) {
    this.#source = source
  }

  node(node: Node): YamlNode {
    if (isAlias(node)) return this.#alias(node.source, this.#range(node))
    this.#size++
    const before = this.#size
    const anchor = this.#open(node)
    this.#checkTag(node)
    const built = this.#content(node)
    if (anchor !== null) {
      anchor.built = built
      anchor.size = this.#size - before + 1
    }
    return built
  }

  checkAnchors(): void {
    for (const anchor of this.#anchors.values())
      if (!anchor.used) this.#problem('UNUSED_ANCHOR', anchor.start, anchor.start + 1)
  }

  #content(node: Exclude<Node, { type: 'alias' }>): YamlNode {
    if (isScalar(node)) return this.#scalar(node)
    if (isMap(node)) return this.#map(node)
    if (isSeq(node)) return this.#list(node)
    return this.#empty(this.#range(node).start)
  }

  #scalar(node: Scalar): YamlNode {
    const { value } = node
    const isCore =
      value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    return {
      kind: 'scalar',
      text: node.source ?? (value === null ? '' : String(value)),
      value: isCore ? value : String(value),
      isPlain: node.type === 'PLAIN',
      at: this.#range(node),
    }
  }

  #list(node: YAMLSeq): YamlNode {
    const at = this.#range(node)
    const items = node.items.map((item) => (isNode(item) ? this.node(item) : this.#empty(at.start)))
    return { kind: 'list', items, at }
  }

  #map(node: YAMLMap): YamlNode {
    const first = new Map<string, number>()
    const entries: Entry[] = []
    for (const pair of node.items) {
      const entry = this.#entry(pair)
      if (entry === null) continue
      const before = first.get(entry.key)
      if (before === undefined) first.set(entry.key, entry.keyAt.start)
      else this.#problem('DUPLICATE_KEY', entry.keyAt.start, entry.keyAt.end, before)
      if (before === undefined) entries.push(entry)
    }
    return { kind: 'map', entries, at: this.#range(node) }
  }

  #entry(pair: Pair): Entry | null {
    const { key, value } = pair
    if (!isNode(key)) return null
    const keyAt = this.#range(key)
    if (!isScalar(key)) {
      this.#problem(isAlias(key) ? 'UNKNOWN_ALIAS' : 'COMPLEX_KEY', keyAt.start, keyAt.end)
      return null
    }
    const name = key.source ?? String(key.value ?? '')
    if (name === '<<' && key.type === 'PLAIN') this.#problem('MERGE_KEY', keyAt.start, keyAt.end)
    return { key: name, keyAt, value: isNode(value) ? this.node(value) : this.#empty(keyAt.end) }
  }

  #empty(at: number): YamlNode {
    return {
      kind: 'scalar',
      text: '',
      value: null,
      isPlain: true,
      at: { source: this.#source, start: at, end: at },
    }
  }

  #open(node: Node): Anchor | null {
    if (isAlias(node) || node.anchor === undefined) return null
    const start = this.#source.text.lastIndexOf(`&${node.anchor}`, this.#range(node).start)
    const anchor: Anchor = { start: Math.max(0, start), built: null, used: false, size: 0 }
    this.#anchors.set(node.anchor, anchor)
    return anchor
  }

  #alias(name: string, at: Range): YamlNode {
    const anchor = this.#anchors.get(name)
    if (anchor === undefined) this.#problem('UNKNOWN_ALIAS', at.start, at.end)
    else if (anchor.built === null) this.#problem('CYCLIC_ALIAS', at.start, at.end)
    if (anchor === undefined || anchor.built === null) return this.#empty(at.start)
    anchor.used = true
    this.#aliases++
    this.#size += anchor.size
    this.#aliasedNodes += anchor.size
    if (this.#aliases <= MAX_ALIASES && this.#aliasedNodes <= MAX_ALIASED_NODES) return anchor.built
    if (this.problems.every((one) => one.code !== 'ALIAS_BOMB')) this.#problem('ALIAS_BOMB', at.start, at.end)
    return this.#empty(at.start)
  }

  #checkTag(node: Node): void {
    if (isAlias(node) || node.tag === undefined) return
    const { start } = this.#range(node)
    const lineStart = this.#source.text.lastIndexOf('\n', start - 1) + 1
    const mark = this.#source.text.indexOf('!', lineStart)
    if (mark === -1 || mark > start) return
    this.#problem('TAG', mark, start)
  }

  #range(node: Node): Range {
    const [start, end] = node.range ?? [0, 0]
    return { source: this.#source, start, end }
  }

  #problem(code: BuildProblem['code'], start: number, end: number, other?: number): void {
    if (this.problems.length >= MAX_PROBLEMS) return
    this.problems.push({ code, start, end, ...(other === undefined ? {} : { other }) })
  }
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)
}

/** How far a problem of the tree reaches, for people: named here so that new codes are not forgotten. */
export function isQuotable(code: BuildProblem['code']): boolean {
  switch (code) {
    case 'COMPLEX_KEY':
    case 'UNKNOWN_ALIAS':
    case 'TAG':
    case 'UNUSED_ANCHOR':
      return true
    case 'CYCLIC_ALIAS':
    case 'ALIAS_BOMB':
    case 'MERGE_KEY':
    case 'DUPLICATE_KEY':
      return false
    default:
      return assertNever(code)
  }
}
