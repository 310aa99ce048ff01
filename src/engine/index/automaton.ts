import { LeadPairs, leadBits } from './lead-pairs.ts'
import { type Alphabet, BASE, buildAlphabet, buildTrie, CHECK, FAIL, OUT, packTrie, STRIDE } from './trie.ts'

/** The tables of an {@link Automaton}; plain data, so that another thread can build them. */
export interface AutomatonTables {
  readonly alphabet: Alphabet
  readonly cells: Int32Array
  /** For each word + 1: the longest other word that ends with it, + 1; 0 when there is none. */
  readonly shorter: Int32Array
  readonly pairs: Int32Array
  /** For each class: the state behind the root and the word reported there, 0 when there is none. */
  readonly leads: Int32Array
  readonly leadOuts: Int32Array
}

/**
 * Finds all of a set of distinct, non-empty words in one pass over a text (Aho-Corasick in one typed array). With
 * `withFold` the words are folded ones and texts are given as they were written.
 */
export class Automaton {
  readonly #alphabet: Alphabet
  readonly #cells: Int32Array
  readonly #shorter: Int32Array
  readonly #seen: Uint32Array
  readonly #pairs: LeadPairs
  readonly #leads: Int32Array
  readonly #leadOuts: Int32Array
  #generation = 0

  constructor(source: readonly string[] | AutomatonTables, withFold = false) {
    const tables = 'cells' in source ? source : automatonTables(source, withFold)
    this.#alphabet = tables.alphabet
    this.#cells = tables.cells
    this.#shorter = tables.shorter
    this.#seen = new Uint32Array(tables.shorter.length)
    this.#pairs = new LeadPairs(tables.pairs)
    this.#leads = tables.leads
    this.#leadOuts = tables.leadOuts
  }

  /** Bytes held by the tables. */
  get bytes(): number {
    return (
      this.#cells.byteLength +
      this.#shorter.byteLength +
      this.#seen.byteLength +
      this.#pairs.bytes +
      this.#leads.byteLength * 2 +
      this.#alphabet.classOf.byteLength
    )
  }

  /** Calls `onHit` with the number of each word and the position behind it, for every place where it stands. */
  scan(text: string, onHit: (word: number, end: number) => void): void {
    const cells = this.#cells
    const { classOf } = this.#alphabet
    let state = 0
    for (let i = 0; i < text.length; i++) {
      const one = classOf[text.charCodeAt(i)] ?? 0
      state = one === 0 ? 0 : follow(cells, state, one)
      for (let out = cells[state * STRIDE + OUT] ?? 0; out !== 0; out = this.#shorter[out] ?? 0)
        onHit(out - 1, i + 1)
    }
  }

  /** Appends the number of each word that occurs, once, to `found`. Allocates nothing when nothing occurs. */
  collect(text: string, found: number[]): void {
    const cells = this.#cells
    const { classOf } = this.#alphabet
    const leads = this.#leads
    const pairs = this.#pairs
    const generation = ++this.#generation
    let state = 0
    // The class of the last unit while the state is the one right behind the root for it, else 0.
    let lead = 0
    for (let i = 0; i < text.length; i++) {
      const one = classOf[text.charCodeAt(i)] as number
      const isFresh = one === 0 || state === 0 || (lead !== 0 && !pairs.mayBegin(lead, one))
      if (isFresh) {
        state = leads[one] as number
        lead = state === 0 ? 0 : one
        const out = this.#leadOuts[one] as number
        if (out !== 0) this.#report(out, generation, found)
        continue
      }
      state = follow(cells, state, one)
      lead = state === leads[one] && state !== 0 ? one : 0
      const out = cells[state * STRIDE + OUT] as number
      if (out !== 0) this.#report(out, generation, found)
    }
  }

  /** A word seen before in this text has had its shorter words reported too. */
  #report(first: number, generation: number, found: number[]): void {
    for (let out = first; out !== 0 && this.#seen[out] !== generation; out = this.#shorter[out] ?? 0) {
      this.#seen[out] = generation
      found.push(out - 1)
    }
  }
}

/** Builds the tables of an {@link Automaton}. */
export function automatonTables(words: readonly string[], withFold: boolean): AutomatonTables {
  const alphabet = buildAlphabet(words, withFold)
  const trie = buildTrie(words, alphabet)
  const { cells, stateOf, breadthFirst } = packTrie(trie, alphabet)
  const shorter = new Int32Array(words.length + 1)
  for (let read = 0; read < trie.count; read++) {
    const node = breadthFirst[read] ?? 0
    const state = stateOf[node] ?? 0
    if (node !== 0) finishState(cells, shorter, { state, word: trie.word[node] ?? -1 })
    for (let child = trie.firstChild[node] ?? -1; child >= 0; child = trie.nextSibling[child] ?? -1) {
      const target = (stateOf[child] ?? 0) * STRIDE
      cells[target + FAIL] =
        node === 0 ? 0 : follow(cells, cells[state * STRIDE + FAIL] ?? 0, trie.unitClass[child] ?? 0)
    }
  }
  return { alphabet, cells, shorter, pairs: leadBits(trie), ...leadsOf(cells, alphabet.size) }
}

function finishState(
  cells: Int32Array,
  shorter: Int32Array,
  { state, word }: { readonly state: number; readonly word: number },
): void {
  const inherited = cells[(cells[state * STRIDE + FAIL] ?? 0) * STRIDE + OUT] ?? 0
  if (word >= 0) shorter[word + 1] = inherited
  cells[state * STRIDE + OUT] = word >= 0 ? word + 1 : inherited
}

function leadsOf(cells: Int32Array, size: number): Pick<AutomatonTables, 'leads' | 'leadOuts'> {
  const leads = new Int32Array(size + 1)
  const leadOuts = new Int32Array(size + 1)
  for (let one = 1; one <= size; one++) {
    const state = follow(cells, 0, one)
    leads[one] = state
    leadOuts[one] = state === 0 ? 0 : (cells[state * STRIDE + OUT] ?? 0)
  }
  return { leads, leadOuts }
}

/** Where class `one` leads from `state`, falling back as needed. */
function follow(cells: Int32Array, state: number, one: number): number {
  for (let from = state; ; from = cells[from * STRIDE + FAIL] ?? 0) {
    const target = (cells[from * STRIDE + BASE] ?? 0) + one
    if (cells[target * STRIDE + CHECK] === from && target !== 0) return target
    if (from === 0) return 0
  }
}
