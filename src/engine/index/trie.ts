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

/** From this many children on a node fits into few gaps; such nodes are placed first and look for room from a place of their own. */
const WIDE = 4
/** How many places to try before opening fresh room. */
const MAX_TRIES = 128
const MAX_TRIES_WIDE = 2048
/** After this many misses in a row the room before is too crowded for wide nodes: the next search starts here. */
const CROWDED = 64

/** Packs a trie: first fit over the free cells. */
export function packTrie(trie: Trie, alphabet: Alphabet): Packed {
  const cells = new Cells(trie.count + alphabet.size + 2)
  const stateOf = new Int32Array(trie.count)
  const breadthFirst = new Int32Array(trie.count)
  let filled = 1
  const classes: number[] = []
  for (let read = 0; read < filled; read++) {
    const node = breadthFirst[read] ?? 0
    classes.length = 0
    for (let child = trie.firstChild[node] ?? -1; child >= 0; child = trie.nextSibling[child] ?? -1) {
      classes.push(trie.unitClass[child] ?? 0)
    }
    if (classes.length === 0) continue
    const state = stateOf[node] ?? 0
    const base = cells.place(classes, state)
    for (let child = trie.firstChild[node] ?? -1; child >= 0; child = trie.nextSibling[child] ?? -1) {
      stateOf[child] = base + (trie.unitClass[child] ?? 0)
      breadthFirst[filled++] = child
    }
  }
  return { cells: cells.finish(alphabet.size), stateOf, breadthFirst }
}

const GROWTH = 1.5

/** The growing double array with its list of free cells. Cell 0 is the root and never free. */
class Cells {
  #size: number
  #base: Int32Array
  #check: Int32Array
  /** For a free cell, the next free one; -1 ends the list. */
  #next: Int32Array
  #previous: Int32Array
  #firstFree = 1
  /** The free cell from which wide nodes look for room; -1 when none is left behind it. */
  #wideFrom = 1
  #lastFree: number
  #highest = 0

  constructor(size: number) {
    this.#size = Math.max(16, size)
    this.#base = new Int32Array(this.#size)
    this.#check = new Int32Array(this.#size).fill(-1)
    this.#next = new Int32Array(this.#size)
    this.#previous = new Int32Array(this.#size)
    for (let i = 1; i < this.#size; i++) {
      this.#next[i] = i + 1 < this.#size ? i + 1 : -1
      this.#previous[i] = i - 1
    }
    this.#lastFree = this.#size - 1
    this.#check[0] = 0
  }

  /** Finds room for the children of `state`, claims it, and returns the base. */
  place(classes: readonly number[], state: number): number {
    const lowest = classes.reduce((low, one) => (one < low ? one : low))
    const base = this.#findBase(classes, lowest)
    for (const one of classes) this.#claim(base + one, state)
    this.#base[state] = base
    return base
  }

  #findBase(classes: readonly number[], lowest: number): number {
    const isWide = classes.length >= WIDE
    const most = isWide ? MAX_TRIES_WIDE : MAX_TRIES
    let tries = 0
    for (let cell = isWide ? this.#wideFrom : this.#firstFree; cell >= 0; cell = this.#next[cell] ?? -1) {
      if (cell < lowest) continue
      if (this.#fits(cell - lowest, classes)) return cell - lowest
      if (++tries === CROWDED && isWide) this.#wideFrom = cell
      if (tries > most) break
    }
    return Math.max(0, this.#highest + 1 - lowest)
  }

  #fits(base: number, classes: readonly number[]): boolean {
    for (const one of classes) {
      const cell = base + one
      if (cell < this.#size && this.#check[cell] !== -1) return false
    }
    return true
  }

  #claim(cell: number, state: number): void {
    if (cell >= this.#size) this.#grow(cell + 1)
    const [before, after] = [this.#previous[cell] ?? 0, this.#next[cell] ?? -1]
    if (cell === this.#wideFrom) this.#wideFrom = after
    if (cell === this.#firstFree) this.#firstFree = after
    else this.#next[before] = after
    if (after >= 0) this.#previous[after] = before
    if (cell === this.#lastFree) this.#lastFree = cell === this.#firstFree ? -1 : before
    this.#check[cell] = state
    if (cell > this.#highest) this.#highest = cell
  }

  #grow(needed: number): void {
    const old = this.#size
    this.#size = Math.max(needed, Math.ceil(old * GROWTH))
    this.#base = enlarge(this.#base, this.#size, 0)
    this.#check = enlarge(this.#check, this.#size, -1)
    this.#next = enlarge(this.#next, this.#size, -1)
    this.#previous = enlarge(this.#previous, this.#size, 0)
    for (let i = old; i < this.#size; i++) {
      this.#next[i] = i + 1 < this.#size ? i + 1 : -1
      this.#previous[i] = i === old ? this.#lastFree : i - 1
    }
    if (this.#wideFrom < 0) this.#wideFrom = old
    if (this.#firstFree < 0) this.#firstFree = old
    else this.#next[this.#lastFree] = old
    this.#lastFree = this.#size - 1
  }

  /** The records, long enough that any state plus any class is inside. */
  finish(classes: number): Int32Array {
    const states = this.#highest + classes + 2
    const cells = new Int32Array(states * STRIDE)
    for (let i = 0; i < states; i++) {
      cells[i * STRIDE + BASE] = i <= this.#highest ? (this.#base[i] ?? 0) : 0
      cells[i * STRIDE + CHECK] = i <= this.#highest ? (this.#check[i] ?? -1) : -1
    }
    return cells
  }
}

function enlarge(old: Int32Array, size: number, filler: number): Int32Array {
  const larger = new Int32Array(size).fill(filler)
  larger.set(old)
  return larger
}
