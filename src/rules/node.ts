import type { Range } from './source.ts'

/** A scalar. `text` is what stands in the file (quotes and escapes resolved), so `0123` and long ids survive. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly text: string
  /** What YAML's core schema makes of it. */
  readonly value: string | number | boolean | null
  /** True when written without quotes or a block mark. */
  readonly isPlain: boolean
  readonly at: Range
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
  readonly at: Range
}

/** One `key: value`; `key` is the canonical (English) spelling once keys were normalised. */
export interface Entry {
  readonly key: string
  readonly keyAt: Range
  readonly value: YamlNode
}

export interface MapNode {
  readonly kind: 'map'
  readonly entries: readonly Entry[]
  readonly at: Range
}

/** What a YAML file says, free of YAML: positions kept, aliases followed, keys are text and unique. */
export type YamlNode = ScalarNode | ListNode | MapNode

/** The value of `key`, or undefined. */
export function get(map: MapNode, key: string): YamlNode | undefined {
  return entry(map, key)?.value
}

/** The entry of `key`, or undefined. */
export function entry(map: MapNode, key: string): Entry | undefined {
  return map.entries.find((one) => one.key === key)
}

/** True for nothing at all: `key:` with no value, `~`, `null`. */
export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null
}

/** The items of a list, or the node itself as the only one. */
export function itemsOf(node: YamlNode): readonly YamlNode[] {
  return node.kind === 'list' ? node.items : [node]
}

/** A prototype-free object from a map, so `__proto__` is a key like any other. */
export function dataMap(map: MapNode, convert: (node: YamlNode) => unknown): Record<string, unknown> {
  const data: Record<string, unknown> = Object.create(null)
  for (const one of map.entries) data[one.key] = convert(one.value)
  return data
}
