import { type Alphabet, BASE, buildAlphabet, buildTrie, CHECK, OUT, packTrie, STRIDE } from './trie.ts'

/** The tables of an {@link AnchoredTrie}; plain data, so that another thread can build them. */
export interface AnchoredTables {
  readonly alphabet: Alphabet
  readonly cells: Int32Array
}

/** Distinct folded words that stand at the beginning of a text; texts are given as they were written. */
export class AnchoredTrie {
  readonly #alphabet: Alphabet
  readonly #cells: Int32Array
  readonly #step: 1 | -1

  /** `fromEnd` reads texts from their last unit backwards, like the words the tables were made of. */
  constructor({ alphabet, cells }: AnchoredTables, fromEnd = false) {
    this.#step = fromEnd ? -1 : 1
    this.#alphabet = alphabet
    this.#cells = cells
  }

  get bytes(): number {
    return this.#cells.byteLength + this.#alphabet.classOf.byteLength
  }

  /**
   * Walks over `text[start, end)` from its first unit (or from its last backwards) and calls `onHit` with the number of
   * each word that stands there and the position at which it stops.
   */
  walk(
    text: string,
    bounds: { readonly start: number; readonly end: number },
    onHit: (word: number, stop: number) => void,
  ): void {
    const cells = this.#cells
    const { classOf } = this.#alphabet
    const step = this.#step
    const first = step === 1 ? bounds.start : bounds.end - 1
    let state = 0
    for (let i = first; i >= bounds.start && i < bounds.end; i += step) {
      const one = classOf[text.charCodeAt(i)] ?? 0
      const target = (cells[state * STRIDE + BASE] ?? 0) + one
      if (one === 0 || cells[target * STRIDE + CHECK] !== state || target === 0) return
      state = target
      const out = cells[state * STRIDE + OUT] ?? 0
      if (out !== 0) onHit(out - 1, step === 1 ? i + 1 : i)
    }
  }
}

/** Builds the tables of an {@link AnchoredTrie}. */
export function anchoredTables(words: readonly string[], fromEnd = false): AnchoredTables {
  const read = fromEnd ? words.map(reverse) : words
  const alphabet = buildAlphabet(read, true)
  const trie = buildTrie(read, alphabet)
  const { cells, stateOf } = packTrie(trie, alphabet)
  for (let node = 0; node < trie.count; node++) {
    cells[(stateOf[node] ?? 0) * STRIDE + OUT] = (trie.word[node] ?? -1) + 1
  }
  return { alphabet, cells }
}

function reverse(word: string): string {
  let reversed = ''
  for (let i = word.length - 1; i >= 0; i--) reversed += word.charAt(i)
  return reversed
}
