import { FOLD_PAIRS, FOLD_RUNS } from './fold-table.data.ts'

const UNITS = 0x10000

/**
 * Code unit -> code unit: full to half width, lower case, traditional to simplified. Folding twice is folding once, and
 * every unit stays one unit, so positions stay those of the original.
 */
export const FOLD: Uint16Array = buildTable()

function buildTable(): Uint16Array {
  const table = new Uint16Array(UNITS)
  for (let unit = 0; unit < UNITS; unit++) table[unit] = unit
  for (const run of FOLD_RUNS.split(';')) {
    const [start = 0, count = 0, step = 1, shift = 0] = run
      .split(',')
      .map((part) => Number.parseInt(part, 36))
    for (let i = 0; i < count; i++) table[start + i * step] = start + i * step + shift
  }
  for (let i = 0; i < FOLD_PAIRS.length; i += 2)
    table[FOLD_PAIRS.charCodeAt(i)] = FOLD_PAIRS.charCodeAt(i + 1)
  return table
}

/** One code unit folded. */
export function foldUnit(unit: number): number {
  return FOLD[unit] ?? unit
}

const CHUNK = 4096

/** The text folded unit by unit; the same string when nothing changes. */
export function foldUnits(text: string): string {
  let first = 0
  while (first < text.length && FOLD[text.charCodeAt(first)] === text.charCodeAt(first)) first++
  if (first === text.length) return text
  const units: number[] = new Array(text.length - first)
  for (let i = first; i < text.length; i++) units[i - first] = foldUnit(text.charCodeAt(i))
  let folded = text.slice(0, first)
  for (let i = 0; i < units.length; i += CHUNK) folded += String.fromCharCode(...units.slice(i, i + CHUNK))
  return folded
}

const SPACE = 0x20
const ZWJ = 0x200d

/** 1: taken out before matching (no width). 2: the joiner, kept inside emoji. 3: folds to a space. */
const ROLE = buildRoles()

function buildRoles(): Uint8Array {
  const roles = new Uint8Array(UNITS)
  const zeroWidth = [0xad, 0x180e, 0x200b, 0x200c, 0x200e, 0x200f, 0x2060, 0xfe0e, 0xfe0f, 0xfeff]
  for (const unit of zeroWidth) roles[unit] = 1
  for (let unit = 0x202a; unit <= 0x202e; unit++) roles[unit] = 1
  roles[ZWJ] = 2
  for (let unit = 0; unit < UNITS; unit++) if (FOLD[unit] === SPACE) roles[unit] = 3
  return roles
}

/** Text ready for matching: unfolded characters, without those that have no width, and one space for a run of them. */
export interface Normal {
  readonly text: string
  /** For each unit of `text`, and its end, the position in the original; null when nothing was taken out. */
  readonly offsets: Int32Array | null
}

/** Takes out zero-width characters and repeated spaces; costs one look per unit when there are none. */
export function normalise(original: string): Normal {
  const first = firstRemoved(original)
  if (first < 0) return { text: original, offsets: null }
  const offsets = new Int32Array(original.length + 1)
  const kept: string[] = []
  let count = 0
  for (let i = 0; i < original.length; i++) {
    if (i >= first && isRemoved(original, i, kept[count - 1])) continue
    kept.push(original.charAt(i))
    offsets[count++] = i
  }
  offsets[count] = original.length
  return { text: kept.join(''), offsets: offsets.subarray(0, count + 1) }
}

function firstRemoved(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const role = ROLE[text.charCodeAt(i)]
    if (role !== 0 && isRemoved(text, i, i === 0 ? undefined : text.charAt(i - 1))) return i
  }
  return -1
}

function isRemoved(text: string, at: number, before: string | undefined): boolean {
  const previous = before === undefined ? 0 : before.charCodeAt(0)
  switch (ROLE[text.charCodeAt(at)]) {
    case 1:
      return true
    case 2:
      return !joinsEmoji(previous)
    case 3:
      return FOLD[previous] === SPACE
    default:
      return false
  }
}

/** A joiner after a low surrogate or a symbol holds an emoji together; anywhere else it is invisible dirt. */
function joinsEmoji(previous: number): boolean {
  return (previous >= 0xdc00 && previous <= 0xdfff) || (previous >= 0x2190 && previous <= 0x2bff)
}

/** A keyword as it is compared: normalised, then folded. */
export function foldKeyword(keyword: string): string {
  return foldUnits(normalise(keyword).text)
}

const CLOSING = new Set([...'。．.！!？?～~…、，,；;'].map((sign) => foldUnit(sign.charCodeAt(0))))
const BLANK = new Set([SPACE, 0x0a, 0x0d, 0x09])

/** True for a unit that folds to a space, and for a line break. */
export function isBlank(unit: number): boolean {
  return BLANK.has(foldUnit(unit))
}

/** True for a unit that `exact` and `ends` overlook at the end of a text. */
export function isClosing(unit: number): boolean {
  const folded = foldUnit(unit)
  return CLOSING.has(folded) || BLANK.has(folded)
}

/**
 * Where a text, folded or not, begins and ends for `exact`: without outer spaces and closing punctuation, unless
 * nothing else is there.
 */
export function coreBounds(text: string): { readonly start: number; readonly end: number } {
  let start = 0
  while (start < text.length && isBlank(text.charCodeAt(start))) start++
  let blankEnd = text.length
  while (blankEnd > start && isBlank(text.charCodeAt(blankEnd - 1))) blankEnd--
  let end = blankEnd
  while (end > start && isClosing(text.charCodeAt(end - 1))) end--
  return end > start ? { start, end } : { start, end: blankEnd }
}

/** The text between {@link coreBounds}. */
export function coreOf(text: string): string {
  const { start, end } = coreBounds(text)
  return text.slice(start, end)
}
