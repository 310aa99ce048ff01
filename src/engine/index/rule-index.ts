import type { Condition } from '../condition.ts'
import type { Trigger } from '../matchers/matcher.ts'
import type { Subject } from '../subject.ts'
import { AnchoredTrie } from './anchored-trie.ts'
import { Automaton } from './automaton.ts'
import { Buckets } from './buckets.ts'
import { facetsOf, triggersOf } from './triggers.ts'

/** What the index needs to know of one rule; its number is its place in the order of evaluation. */
export interface Indexed {
  readonly when: Condition
}

/**
 * Which rules may hold for a message, in time that follows the message and not the number of rules. It may name too
 * many, never too few: the conditions themselves decide.
 */
export class RuleIndex {
  readonly #anywhere: TextTable<Automaton>
  readonly #starts: TextTable<AnchoredTrie>
  readonly #exacts: TextTable<AnchoredTrie>
  readonly #ends: TextTable<AnchoredTrie>
  readonly #always: Buckets
  readonly #seen: Uint32Array
  readonly #found: number[] = []
  readonly #words: number[] = []
  #generation = 0

  constructor(rules: readonly Indexed[]) {
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
    this.#anywhere = textTable(entries.anywhere, facets, (words) => new Automaton(words, true))
    this.#starts = textTable(entries.start, facets, (words) => new AnchoredTrie(words))
    this.#exacts = textTable(entries.exact, facets, (words) => new AnchoredTrie(words))
    this.#ends = textTable(entries.end, facets, (words) => new AnchoredTrie(words, true))
    this.#always = new Buckets([always], facets)
    this.#seen = new Uint32Array(rules.length)
  }

  /** Bytes held by the tables. */
  get bytes(): number {
    const tables = [this.#anywhere, this.#starts, this.#exacts, this.#ends]
    return tables.reduce(
      (sum, table) => sum + (table.matcher?.bytes ?? 0) + table.buckets.bytes,
      this.#seen.byteLength,
    )
  }

  /** The numbers of the rules to ask, in ascending order. The array is used again by the next call. */
  candidates(subject: Subject): readonly number[] {
    const found = this.#found
    found.length = 0
    this.#generation++
    const hay = subject.haystack(false)
    const text = hay.normal
    this.#take(this.#always, 0, subject)
    if (text !== '') {
      this.#words.length = 0
      this.#anywhere.matcher?.collect(text, this.#words)
      for (const word of this.#words) this.#take(this.#anywhere.buckets, word, subject)
      this.#walkAnchored(text, hay.core, subject)
    }
    return found.length > 1 ? found.sort((a, b) => a - b) : found
  }

  #walkAnchored(
    text: string,
    core: { readonly start: number; readonly end: number },
    subject: Subject,
  ): void {
    this.#starts.matcher?.walk(text, { start: core.start, end: text.length }, (word) =>
      this.#take(this.#starts.buckets, word, subject),
    )
    this.#exacts.matcher?.walk(text, core, (word, stop) => {
      if (stop === core.end) this.#take(this.#exacts.buckets, word, subject)
    })
    this.#ends.matcher?.walk(text, core, (word) => this.#take(this.#ends.buckets, word, subject))
  }

  #take(buckets: Buckets, bucket: number, subject: Subject): void {
    buckets.each(bucket, subject, (order) => {
      if (this.#seen[order] === this.#generation) return
      this.#seen[order] = this.#generation
      this.#found.push(order)
    })
  }
}

/** Words of one kind with the rules behind each; the matcher is null when there are no words. */
interface TextTable<Matcher> {
  readonly matcher: Matcher | null
  readonly buckets: Buckets
}

function textTable<Matcher>(
  entries: ReadonlyMap<string, readonly number[]>,
  facets: readonly (readonly string[] | null)[],
  build: (words: readonly string[]) => Matcher,
): TextTable<Matcher> {
  const words = [...entries.keys()]
  return {
    matcher: words.length === 0 ? null : build(words),
    buckets: new Buckets([...entries.values()], facets),
  }
}
