import type { ConditionSpec } from '../../domain/spec.ts'
import { matcherCatalogue } from '../../engine/matchers/index.ts'
import { complain, type LoadContext } from '../context.ts'
import { knownKeys } from '../keys.ts'
import { JOIN_KEYS } from '../names.ts'
import { type Entry, isNull, itemsOf, type MapNode, type YamlNode } from '../node.ts'
import { placeAt } from '../source.ts'
import { validate } from '../validate.ts'

const WHERE = { zh: '条件（when）', en: 'a condition (when)' }

/** Every key a `when` may hold. */
function conditionKeys(): string[] {
  return [...matcherCatalogue.keys(), ...JOIN_KEYS]
}

/** `when: any` says "always" aloud. */
export function isAlways(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.isPlain && (node.text === 'any' || node.text === '任何')
}

/** A `when` as a map: text and lists mean `text:`. Null after reporting. */
export function whenMap(node: YamlNode, context: LoadContext): MapNode | null {
  if (isAlways(node)) return { kind: 'map', entries: [], at: node.at }
  if (node.kind === 'map') return knownKeys(node, conditionKeys(), context, WHERE)
  if (node.kind === 'list' && node.items.length === 0) {
    complain(context, node.at, 'E407', { zh: '关键词列表是空的', en: 'the list of keywords is empty' })
    return null
  }
  if (isNull(node)) {
    complain(context, node.at, 'E407', { zh: 'when 后面是空的', en: 'when is empty' })
    return null
  }
  return { kind: 'map', entries: [{ key: 'text', keyAt: node.at, value: node }], at: node.at }
}

/** The condition tree of a `when`; null means always, undefined that something was wrong and reported. */
export function lowerWhen(node: YamlNode, context: LoadContext): ConditionSpec | null | undefined {
  const map = whenMap(node, context)
  return map === null ? undefined : lowerMap(map, context, false)
}

/** The tree of a map whose keys are already known; null for an empty map. */
export function lowerMap(
  map: MapNode,
  context: LoadContext,
  isRaw: boolean,
): ConditionSpec | null | undefined {
  const place = placeAt(map.at.source, map.at.start)
  const raw = rawFlag(map, context) ?? isRaw
  const parts = map.entries.filter((one) => one.key !== 'raw').map((one) => lowerEntry(one, context, raw))
  const good = parts.filter((part) => part !== undefined && part !== null)
  if (good.length !== parts.length) return undefined
  const [only] = good
  if (good.length === 1) return only
  return good.length === 0 ? null : { op: 'all', of: good, place }
}

function rawFlag(map: MapNode, context: LoadContext): boolean | undefined {
  const raw = map.entries.find((one) => one.key === 'raw')?.value
  if (raw === undefined) return undefined
  if (raw.kind === 'scalar' && typeof raw.value === 'boolean') return raw.value
  complain(context, raw.at, 'E402', { zh: 'raw 只能写 true 或 false', en: 'raw must be true or false' })
  return undefined
}

function lowerEntry(entry: Entry, context: LoadContext, raw: boolean): ConditionSpec | null | undefined {
  const { key, value } = entry
  const place = placeAt(value.at.source, value.at.start)
  if (key === 'all' || key === 'any') {
    const of = lowerBranches(entry, context, raw)
    return of && { op: key, of, place }
  }
  if (key === 'not') {
    const of = lowerBranches(entry, context, raw, value.kind === 'map')
    return of && { op: 'not', of: joined(of, value.kind === 'map' ? 'all' : 'any', place), place }
  }
  const schema = matcherCatalogue.get(key)?.schema
  if (schema === undefined) return undefined
  if (isEmptyValue(entry, context)) return undefined
  const checked = validate(value, schema, context)
  return checked === undefined ? undefined : { op: 'test', key, value: checked, place, raw }
}

function joined(
  of: readonly ConditionSpec[],
  op: 'all' | 'any',
  place: ConditionSpec['place'],
): ConditionSpec {
  const [only] = of
  return of.length === 1 && only !== undefined ? only : { op, of, place }
}

/** The branches of a join: each key of a map, or each item of a list (a map, or text for `text:`). */
function lowerBranches(
  entry: Entry,
  context: LoadContext,
  raw: boolean,
  asOne = false,
): ConditionSpec[] | undefined {
  // Items of a list keep their keys together; a map directly under `any` or `all` is split into its keys.
  const whole = asOne || entry.value.kind === 'list'
  const branches = itemsOf(entry.value).flatMap((item) => splitKeys(item, context, whole))
  const lowered = branches.map((map) => (map === null ? undefined : lowerMap(map, context, raw)))
  if (branches.length === 0 || lowered.includes(null)) {
    complain(context, entry.keyAt, 'E407', { zh: `“${entry.key}”里是空的`, en: `"${entry.key}" is empty` })
    return undefined
  }
  const good = lowered.filter((one) => one !== undefined && one !== null)
  return good.length === lowered.length ? good : undefined
}

function splitKeys(item: YamlNode, context: LoadContext, whole: boolean): (MapNode | null)[] {
  const known = whenMap(item, context)
  if (known === null || whole) return [known]
  const flags = known.entries.filter((one) => one.key === 'raw')
  const others = known.entries.filter((one) => one.key !== 'raw')
  return others.length === 0 ? [known] : others.map((one) => ({ ...known, entries: [one, ...flags] }))
}

function isEmptyValue(entry: Entry, context: LoadContext): boolean {
  const { value } = entry
  const isEmpty =
    (value.kind === 'list' && value.items.length === 0) ||
    (value.kind === 'scalar' && (value.value === null || value.text.trim() === ''))
  if (!isEmpty) return false
  const at = value.at.start === value.at.end ? entry.keyAt : value.at
  complain(context, at, 'E407', { zh: `“${entry.key}”是空的`, en: `"${entry.key}" is empty` })
  return true
}
