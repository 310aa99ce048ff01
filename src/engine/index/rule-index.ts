import type { Subject } from '../subject.ts'
import { AnchoredTrie } from './anchored-trie.ts'
import { Automaton } from './automaton.ts'
import { Buckets } from './buckets.ts'
import type { IndexTables, WordTables } from './index-tables.ts'

/**
 * Which rules may hold for a message, in time that follows the message and not the number of rules. It may name too
 * many, never too few: the conditions themselves decide.
 */
export class RuleIndex {
  /** What it was built of; plain data, so that another thread can build it. */
  readonly tables: IndexTables
  readonly #anywhere: Searcher<Automaton>
  readonly #starts: Searcher<AnchoredTrie>
  readonly #exacts: Searcher<AnchoredTrie>
  readonly #ends: Searcher<AnchoredTrie>
  readonly #always: Buckets
  readonly #seen: Uint32Array
  readonly #found: number[] = []
  readonly #words: number[] = []
  #generation = 0

  constructor(tables: IndexTables) {
    this.tables = tables
    this.#anywhere = searcher(tables.anywhere, (one) => new Automaton(one))
    this.#starts = searcher(tables.starts, (one) => new AnchoredTrie(one))
    this.#exacts = searcher(tables.exacts, (one) => new AnchoredTrie(one))
    this.#ends = searcher(tables.ends, (one) => new AnchoredTrie(one, true))
    this.#always = new Buckets(tables.always)
    this.#seen = new Uint32Array(tables.size)
  }

  /** Bytes held by the tables. */
  get bytes(): number {
    const tables = [this.#anywhere, this.#starts, this.#exacts, this.#ends]
    return tables.reduce(
      (sum, table) => sum + (table.matcher?.bytes ?? 0) + table.buckets.bytes,
      this.#seen.byteLength,
    )
  }

  /** The numbers of the rules that no text can rule out. */
  unconditional(): ReadonlySet<number> {
    const { undivided, groups } = this.tables.always
    return new Set([...undivided.items, ...groups.items])
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

/** The matcher is null when there are no words. */
interface Searcher<Matcher> {
  readonly matcher: Matcher | null
  readonly buckets: Buckets
}

function searcher<Tables, Matcher>(
  { words, buckets }: WordTables<Tables>,
  open: (tables: Tables) => Matcher,
): Searcher<Matcher> {
  return { matcher: words === null ? null : open(words), buckets: new Buckets(buckets) }
}
