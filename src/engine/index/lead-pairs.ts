import type { Trie } from './trie.ts'

/** Bits per pair: one in about ten strangers is taken for known. */
const BITS_PER_PAIR = 8
const MIN_BITS = 2 ** 10
/** 128 KB: beyond, the table would fall out of the near cache, which is its whole point. */
const MAX_BITS = 2 ** 20

/**
 * The pairs of classes with which words begin, as a small hashed set. Most of a text begins no word, and asking here is
 * a near memory access where the big table would be a far one. It may say yes for a pair that begins nothing, never no
 * for one that does.
 */
export class LeadPairs {
  readonly #bits: Int32Array
  readonly #shift: number

  /** `bits` as {@link leadBits} makes them. */
  constructor(bits: Int32Array) {
    this.#bits = bits
    this.#shift = shiftOf(bits)
  }

  get bytes(): number {
    return this.#bits.byteLength
  }

  /** False only when no word begins with these two classes. */
  mayBegin(lead: number, next: number): boolean {
    const bit = mixed(lead, next) >>> this.#shift
    return (((this.#bits[bit >>> 5] as number) >>> (bit & 31)) & 1) === 1
  }
}

/** The set of pairs with which the words of a trie begin. */
export function leadBits(trie: Trie): Int32Array {
  const pairs: number[] = []
  for (let lead = trie.firstChild[0] ?? -1; lead >= 0; lead = trie.nextSibling[lead] ?? -1) {
    for (let next = trie.firstChild[lead] ?? -1; next >= 0; next = trie.nextSibling[next] ?? -1) {
      pairs.push(mixed(trie.unitClass[lead] ?? 0, trie.unitClass[next] ?? 0))
    }
  }
  let size = MIN_BITS
  while (size < MAX_BITS && size < pairs.length * BITS_PER_PAIR) size *= 2
  const bits = new Int32Array(size / 32)
  const shift = shiftOf(bits)
  for (const pair of pairs) {
    const bit = pair >>> shift
    bits[bit >>> 5] = (bits[bit >>> 5] ?? 0) | (1 << (bit & 31))
  }
  return bits
}

function shiftOf(bits: Int32Array): number {
  return 32 - Math.log2(bits.length * 32)
}

function mixed(lead: number, next: number): number {
  return Math.imul((lead << 16) | next, 0x9e3779b1)
}
