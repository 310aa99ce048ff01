import { findEmoticons } from './index/emoticons.ts'
import { coreBounds, foldUnits, normalise } from './index/fold.ts'
import { countGraphemes } from './index/graphemes.ts'

/**
 * One text as conditions see it. Positions are those of `folded`; `slice` gives back the customer's own characters.
 * Raw means: nothing taken out, nothing folded. Everything is computed at first use.
 */
export class Haystack {
  readonly original: string
  /** Same positions as `folded`, but the characters as they were written. */
  readonly normal: string
  readonly #offsets: Int32Array | null
  readonly #isRaw: boolean
  #folded: string | null = null
  #core: { readonly start: number; readonly end: number } | null = null
  #tokens: readonly (readonly [number, number])[] | null = null
  #length = -1

  constructor(original: string, isRaw = false) {
    this.original = original
    this.#isRaw = isRaw
    const normal = isRaw ? { text: original, offsets: null } : normalise(original)
    this.normal = normal.text
    this.#offsets = normal.offsets
  }

  /** The text to compare with. */
  get folded(): string {
    this.#folded ??= this.#isRaw ? this.normal : foldUnits(this.normal)
    return this.#folded
  }

  /** Where the text begins and ends when outer spaces and closing punctuation do not count. */
  get core(): { readonly start: number; readonly end: number } {
    this.#core ??= coreBounds(this.normal)
    return this.#core
  }

  /** Characters as a person counts them. */
  get length(): number {
    if (this.#length < 0) this.#length = countGraphemes(this.normal)
    return this.#length
  }

  /** The customer's own characters between two positions of `folded`. */
  slice(start: number, end: number): string {
    const offsets = this.#offsets
    if (offsets === null) return this.original.slice(start, end)
    if (end <= start) return ''
    return this.original.slice(offsets[start] ?? 0, (offsets[end - 1] ?? 0) + 1)
  }

  /** The first place at or after `from` where the folded keyword stands without cutting an emoticon code; -1 if none. */
  indexOf(keyword: string, from = 0): number {
    let at = this.folded.indexOf(keyword, from)
    while (at >= 0 && this.splitsToken(at, at + keyword.length)) at = this.folded.indexOf(keyword, at + 1)
    return at
  }

  /** True when this stretch covers only a part of an emoticon code. */
  splitsToken(start: number, end: number): boolean {
    this.#tokens ??= findEmoticons(this.folded)
    for (const [from, to] of this.#tokens) {
      const overlaps = start < to && from < end
      if (overlaps && !(start <= from && to <= end)) return true
    }
    return false
  }
}
