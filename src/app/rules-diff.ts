import { hash } from 'node:crypto'
import type { RuleSpec } from '../domain/spec.ts'

/** The rules of one version as numbers: whether a rule is there in another version, and whether it is the same. */
export interface RulePrints {
  /** From the id of each rule. */
  readonly ids: Float64Array
  /** From all that a rule says. */
  readonly contents: Float64Array
}

/** Takes the prints of rules; where a rule stands in its file does not matter. */
export function printRules(rules: readonly RuleSpec[]): RulePrints {
  return {
    ids: Float64Array.from(rules, (rule) => print(rule.id)),
    contents: Float64Array.from(rules, (rule) => print(JSON.stringify(rule).replaceAll(PLACE, ''))),
  }
}

/** A place in JSON. Inside a text its quotes would stand behind backslashes. */
const PLACE = /"place":\{[^{}]*\}/g

/** Two texts of 100,000 share a print once in 50,000 reloads; then one name is missing from one log line. */
const PRINT_BYTES = 6

function print(text: string): number {
  return hash('sha1', text, 'buffer').readUIntBE(0, PRINT_BYTES)
}

/** How many rules, and the numbers of the first of them. */
interface Some<T> {
  readonly count: number
  readonly first: readonly T[]
}

/** Which rules a reload added, changed and removed. */
export interface RulesDiff<T = string> {
  readonly added: Some<T>
  readonly changed: Some<T>
  readonly removed: Some<T>
}

/** So many are named in the log line about a reload. */
export const NAMES_SHOWN = 5

/** Compares two versions rule by rule. Rules are numbered as they are printed: removed ones in the older version. */
export function diffRules(before: RulePrints, after: RulePrints): RulesDiff<number> {
  const old = byId(before)
  const fresh = byId(after)
  return {
    added: some(after.ids, (id) => !old.has(id)),
    changed: some(after.ids, (id, content) => (old.get(id) ?? content) !== content, after.contents),
    removed: some(before.ids, (id) => !fresh.has(id)),
  }
}

function byId({ ids, contents }: RulePrints): ReadonlyMap<number, number> {
  const found = new Map<number, number>()
  ids.forEach((id, index) => {
    found.set(id, contents[index] ?? 0)
  })
  return found
}

function some(
  ids: Float64Array,
  isOne: (id: number, content: number) => boolean,
  contents: Float64Array = ids,
): Some<number> {
  const first: number[] = []
  let count = 0
  ids.forEach((id, index) => {
    if (isOne(id, contents[index] ?? 0) && ++count <= NAMES_SHOWN) first.push(index)
  })
  return { count, first }
}

/** The same with names in place of numbers. */
export function namesOfDiff(
  { added, changed, removed }: RulesDiff<number>,
  before: (index: number) => string,
  after: (index: number) => string,
): RulesDiff {
  const named = ({ count, first }: Some<number>, name: (index: number) => string) => ({
    count,
    first: first.map(name),
  })
  return { added: named(added, after), changed: named(changed, after), removed: named(removed, before) }
}
