import { FOLD } from './fold.ts'

/** Which class each code unit belongs to; 0 is "in no keyword". Frequent units get small numbers, which packs tighter. */
export interface Alphabet {
  readonly classOf: Uint16Array
  /** Classes are 1..size. */
  readonly size: number
}

const UNITS = 0x10000

/** The alphabet of some keywords. `withFold` gives every unit the class of the unit it folds to, so texts need no folding. */
export function buildAlphabet(words: readonly string[], withFold: boolean): Alphabet {
  const counts = new Uint32Array(UNITS)
  for (const word of words) {
    for (let i = 0; i < word.length; i++) {
      const unit = word.charCodeAt(i)
      counts[unit] = (counts[unit] ?? 0) + 1
    }
  }
  const used: number[] = []
  for (let unit = 0; unit < UNITS; unit++) if (counts[unit] !== 0) used.push(unit)
  used.sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b)
  const classOf = new Uint16Array(UNITS)
  used.forEach((unit, index) => {
    classOf[unit] = index + 1
  })
  if (withFold) for (let unit = 0; unit < UNITS; unit++) classOf[unit] = classOf[FOLD[unit] ?? unit] ?? 0
  return { classOf, size: used.length }
}

/** A trie as flat arrays: node 0 is the root, children hang in a list, `word` is the number of the word that ends here or -1. */
export interface Trie {
  readonly count: number
  readonly unitClass: Uint16Array
  readonly firstChild: Int32Array
  readonly nextSibling: Int32Array
  readonly word: Int32Array
}

/** The trie of distinct words. */
export function buildTrie(words: readonly string[], alphabet: Alphabet): Trie {
  const order = words.map((_, index) => index)
  order.sort((a, b) => ((words[a] ?? '') < (words[b] ?? '') ? -1 : 1))
  const capacity = words.reduce((sum, word) => sum + word.length, 1)
  const trie = {
    count: 1,
    unitClass: new Uint16Array(capacity),
    firstChild: new Int32Array(capacity).fill(-1),
    nextSibling: new Int32Array(capacity).fill(-1),
    word: new Int32Array(capacity).fill(-1),
  }
  const path: number[] = [0]
  let previous = ''
  for (const index of order) {
    const word = words[index] ?? ''
    let depth = sharedLength(previous, word)
    let newest = path[depth + 1] ?? -1
    path.length = depth + 1
    for (; depth < word.length; depth++) {
      const parent = path[depth] ?? 0
      const node = trie.count++
      trie.unitClass[node] = alphabet.classOf[word.charCodeAt(depth)] ?? 0
      if (newest >= 0) trie.nextSibling[newest] = node
      else trie.firstChild[parent] = node
      newest = -1
      path.push(node)
    }
    trie.word[path[depth] ?? 0] = index
    previous = word
  }
  return trie
}

function sharedLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  let i = 0
  while (i < end && a.charCodeAt(i) === b.charCodeAt(i)) i++
  return i
}

/** Fields of one state's record in the packed array. */
export const STRIDE = 4
export const BASE = 0
export const CHECK = 1
export const FAIL = 2
export const OUT = 3

/** A trie packed as a double array; state s goes on class c to `base[s] + c` if `check` there names s. The root is state 0. */
export interface Packed {
  readonly cells: Int32Array
  /** State of each trie node. */
  readonly stateOf: Int32Array
  /** Trie nodes, nearest to the root first. */
  readonly breadthFirst: Int32Array
}

/** How many places to try before opening fresh room. */
const MAX_TRIES = 100_000
/** After this many misses in a row the room before is too crowded for nodes of this width: the next search starts here. */
const CROWDED = 1000

/**
 * Packs a trie: first fit over the free cells, the nodes with most children first. Those fit into few gaps; the many
 * with one child fill what is left between them.
 */
export function packTrie(trie: Trie, alphabet: Alphabet): Packed {
  const room = new Room(trie.count + alphabet.size + 2)
  const bases = new Int32Array(trie.count)
  for (const node of widestFirst(trie)) bases[node] = room.place(childClasses(trie, node))
  const states = room.highest + alphabet.size + 2
  const cells = new Int32Array(states * STRIDE)
  for (let state = 1; state < states; state++) cells[state * STRIDE + CHECK] = -1
  const stateOf = new Int32Array(trie.count)
  const breadthFirst = new Int32Array(trie.count)
  let filled = 1
  for (let read = 0; read < filled; read++) {
    const node = breadthFirst[read] ?? 0
    const state = stateOf[node] ?? 0
    const base = bases[node] ?? 0
    cells[state * STRIDE + BASE] = base
    for (let child = trie.firstChild[node] ?? -1; child >= 0; child = trie.nextSibling[child] ?? -1) {
      const target = base + (trie.unitClass[child] ?? 0)
      cells[target * STRIDE + CHECK] = state
      stateOf[child] = target
      breadthFirst[filled++] = child
    }
  }
  return { cells, stateOf, breadthFirst }
}

function childClasses(trie: Trie, node: number): number[] {
  const classes: number[] = []
  for (let child = trie.firstChild[node] ?? -1; child >= 0; child = trie.nextSibling[child] ?? -1) {
    classes.push(trie.unitClass[child] ?? 0)
  }
  return classes
}

/** The nodes that have children, by falling number of children. */
function widestFirst(trie: Trie): Int32Array {
  const widths = new Int32Array(trie.count)
  let parents = 0
  for (let node = 0; node < trie.count; node++) {
    let width = 0
    for (let child = trie.firstChild[node] ?? -1; child >= 0; child = trie.nextSibling[child] ?? -1) width++
    widths[node] = width
    if (width > 0) parents++
  }
  const nodes = new Int32Array(parents)
  let filled = 0
  for (let node = 0; node < trie.count; node++) if ((widths[node] ?? 0) > 0) nodes[filled++] = node
  return nodes.sort((one, other) => (widths[other] ?? 0) - (widths[one] ?? 0) || one - other)
}

const GROWTH = 1.5

/** Which cells are taken, with a list of the free ones. Cell 0 is the root and never free. */
class Room {
  highest = 0
  #size: number
  #taken: Uint8Array
  /** For a free cell, the next free one; -1 ends the list. */
  #next: Int32Array
  #previous: Int32Array
  #firstFree = 1
  #lastFree: number
  /** Where nodes of the present width begin to look; -1 when nothing is left behind it. */
  #from = 1
  #width = 0

  constructor(size: number) {
    this.#size = Math.max(16, size)
    this.#taken = new Uint8Array(this.#size)
    this.#next = new Int32Array(this.#size)
    this.#previous = new Int32Array(this.#size)
    for (let i = 1; i < this.#size; i++) {
      this.#next[i] = i + 1 < this.#size ? i + 1 : -1
      this.#previous[i] = i - 1
    }
    this.#lastFree = this.#size - 1
    this.#taken[0] = 1
  }

  /** Finds room for children of these classes, claims it, and returns the base. */
  place(classes: readonly number[]): number {
    const lowest = classes.reduce((low, one) => (one < low ? one : low))
    const base = this.#findBase(classes, lowest)
    for (const one of classes) this.#claim(base + one)
    return base
  }

  #findBase(classes: readonly number[], lowest: number): number {
    if (classes.length !== this.#width) {
      this.#width = classes.length
      this.#from = this.#firstFree
    }
    let tries = 0
    for (let cell = this.#from; cell >= 0; cell = this.#next[cell] ?? -1) {
      if (cell < lowest) continue
      if (this.#fits(cell - lowest, classes)) return cell - lowest
      if (++tries === CROWDED) this.#from = cell
      if (tries > MAX_TRIES) break
    }
    return Math.max(0, this.highest + 1 - lowest)
  }

  #fits(base: number, classes: readonly number[]): boolean {
    for (const one of classes) if (this.#taken[base + one] === 1) return false
    return true
  }

  #claim(cell: number): void {
    if (cell >= this.#size) this.#grow(cell + 1)
    const [before, after] = [this.#previous[cell] ?? 0, this.#next[cell] ?? -1]
    if (cell === this.#from) this.#from = after
    if (cell === this.#firstFree) this.#firstFree = after
    else this.#next[before] = after
    if (after >= 0) this.#previous[after] = before
    if (cell === this.#lastFree) this.#lastFree = cell === this.#firstFree ? -1 : before
    this.#taken[cell] = 1
    if (cell > this.highest) this.highest = cell
  }

  #grow(needed: number): void {
    const old = this.#size
    this.#size = Math.max(needed, Math.ceil(old * GROWTH))
    const taken = new Uint8Array(this.#size)
    taken.set(this.#taken)
    this.#taken = taken
    this.#next = enlarge(this.#next, this.#size, -1)
    this.#previous = enlarge(this.#previous, this.#size, 0)
    for (let i = old; i < this.#size; i++) {
      this.#next[i] = i + 1 < this.#size ? i + 1 : -1
      this.#previous[i] = i === old ? this.#lastFree : i - 1
    }
    if (this.#from < 0) this.#from = old
    if (this.#firstFree < 0) this.#firstFree = old
    else this.#next[this.#lastFree] = old
    this.#lastFree = this.#size - 1
  }
}

function enlarge(old: Int32Array, size: number, filler: number): Int32Array {
  const larger = new Int32Array(size).fill(filler)
  larger.set(old)
  return larger
}
