/** Many texts in one piece of memory outside the heap; handing them to another thread costs nothing. */
export interface PackedTexts {
  readonly bytes: Uint8Array
  /** Where each text ends. */
  readonly ends: Uint32Array
}

const FIRST_BYTES = 1024
/** UTF-8 needs at most this many bytes for one UTF-16 unit. */
const MAX_UNIT_BYTES = 3

/** Packs texts in order. Halves of surrogate pairs do not survive, so JSON is packed, which escapes them. */
export function packTexts(texts: readonly string[]): PackedTexts {
  const encoder = new TextEncoder()
  const ends = new Uint32Array(texts.length)
  let bytes = new Uint8Array(FIRST_BYTES)
  let used = 0
  texts.forEach((text, index) => {
    const most = used + text.length * MAX_UNIT_BYTES
    if (most > bytes.length) {
      const larger = new Uint8Array(Math.max(most, bytes.length * 2))
      larger.set(bytes)
      bytes = larger
    }
    used += encoder.encodeInto(text, bytes.subarray(used)).written
    ends[index] = used
  })
  return { bytes: bytes.slice(0, used), ends }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** One of the texts; undefined when there is no such number. */
export function textAt({ bytes, ends }: PackedTexts, index: number): string | undefined {
  const end = ends[index]
  return end === undefined ? undefined : decoder.decode(bytes.subarray(ends[index - 1] ?? 0, end))
}

/** Numbers by 32-bit hash, in one typed array: pairs of the hash and the number + 1; 0 ends a search. */
export interface HashTable {
  readonly slots: Int32Array
}

const GOLDEN = 0x9e3779b1

/** A 32-bit hash of a text; another `seed` gives another family. */
export function hashText(text: string, seed = 0): number {
  let hash = (0x811c9dc5 ^ Math.imul(seed, GOLDEN)) | 0
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash
}

/** A table in which the hash at place `i` leads to the number `i`. */
export function buildHashTable(hashes: readonly number[]): HashTable {
  let capacity = 4
  while (capacity < hashes.length * 2) capacity *= 2
  const slots = new Int32Array(capacity * 2)
  hashes.forEach((hash, index) => {
    let slot = firstSlot(hash, capacity)
    while (slots[slot * 2 + 1] !== 0) slot = (slot + 1) & (capacity - 1)
    slots[slot * 2] = hash
    slots[slot * 2 + 1] = index + 1
  })
  return { slots }
}

/** Offers every number behind a hash to `accept`, until it takes one; -1 when it takes none. */
export function probe({ slots }: HashTable, hash: number, accept: (index: number) => boolean): number {
  const capacity = slots.length / 2
  for (let slot = firstSlot(hash, capacity); ; slot = (slot + 1) & (capacity - 1)) {
    const index = (slots[slot * 2 + 1] ?? 0) - 1
    if (index < 0) return -1
    if (slots[slot * 2] === hash && accept(index)) return index
  }
}

function firstSlot(hash: number, capacity: number): number {
  return (Math.imul(hash, GOLDEN) >>> 8) & (capacity - 1)
}
