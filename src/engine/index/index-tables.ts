import type { Condition } from '../condition.ts'
import type { Trigger } from '../matchers/matcher.ts'
import { type AnchoredTables, anchoredTables } from './anchored-trie.ts'
import { type AutomatonTables, automatonTables } from './automaton.ts'
import { type BucketTables, bucketTables } from './buckets.ts'
import { facetsOf, triggersOf } from './triggers.ts'

/** What the index needs to know of one rule; its number is its place in the order of evaluation. */
export interface Indexed {
  readonly when: Condition
}

/** Words of one kind with the rules behind each; null when there are no words. */
export interface WordTables<Tables> {
  readonly words: Tables | null
  readonly buckets: BucketTables
}

/** All that a {@link RuleIndex} consists of: typed arrays, which another thread can build and hand over. */
export interface IndexTables {
  /** How many rules there are. */
  readonly size: number
  readonly anywhere: WordTables<AutomatonTables>
  readonly starts: WordTables<AnchoredTables>
  readonly exacts: WordTables<AnchoredTables>
  readonly ends: WordTables<AnchoredTables>
  /** The rules that no text can rule out. */
  readonly always: BucketTables
}

/** Builds the tables of an index over some rules. */
export function indexTables(rules: readonly Indexed[]): IndexTables {
  const entries: Record<Trigger['at'], Map<string, number[]>> = {
    anywhere: new Map(),
    exact: new Map(),
    start: new Map(),
    end: new Map(),
  }
  const always: number[] = []
  const facets = rules.map((rule) => facetsOf(rule.when))
  rules.forEach((rule, order) => {
    const triggers = triggersOf(rule.when)?.filter((one) => one.text !== '') ?? null
    if (triggers === null) always.push(order)
    for (const { at, text } of triggers ?? []) {
      const list = entries[at].get(text)
      if (list === undefined) entries[at].set(text, [order])
      else if (list.at(-1) !== order) list.push(order)
    }
  })
  return {
    size: rules.length,
    anywhere: wordTables(entries.anywhere, facets, (words) => automatonTables(words, true)),
    starts: wordTables(entries.start, facets, (words) => anchoredTables(words)),
    exacts: wordTables(entries.exact, facets, (words) => anchoredTables(words)),
    ends: wordTables(entries.end, facets, (words) => anchoredTables(words, true)),
    always: bucketTables([always], facets),
  }
}

function wordTables<Tables>(
  entries: ReadonlyMap<string, readonly number[]>,
  facets: readonly (readonly string[] | null)[],
  build: (words: readonly string[]) => Tables,
): WordTables<Tables> {
  const words = [...entries.keys()]
  return {
    words: words.length === 0 ? null : build(words),
    buckets: bucketTables([...entries.values()], facets),
  }
}
