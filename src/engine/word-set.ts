import type { Haystack } from './haystack.ts'
import { Automaton } from './index/automaton.ts'
import { coreOf } from './index/fold.ts'
import { countGraphemes } from './index/graphemes.ts'
import type { Keyword } from './matchers/keywords.ts'
import type { Hit, Trigger } from './matchers/matcher.ts'

/** Up to this many keywords are looked for one by one; more share an automaton. */
const FEW = 8

/** The keywords of one `text` condition: long ones may stand anywhere, one character or digits only must be the whole text. */
export class WordSet {
  readonly #anywhere: readonly string[]
  readonly #whole: ReadonlySet<string>
  readonly #isRaw: boolean
  #automaton: Automaton | null = null

  constructor(keywords: readonly Keyword[], isRaw: boolean) {
    const folded = [...new Set(keywords.map((keyword) => keyword.folded))]
    this.#anywhere = folded.filter((word) => !mustBeWhole(word))
    this.#whole = new Set(folded.filter(mustBeWhole).map(coreOf))
    this.#isRaw = isRaw
  }

  /** Null for raw keywords, which the folded index cannot find. */
  get triggers(): readonly Trigger[] | null {
    if (this.#isRaw) return null
    return [
      ...this.#anywhere.map((text): Trigger => ({ at: 'anywhere', text })),
      ...[...this.#whole].map((text): Trigger => ({ at: 'exact', text })),
    ]
  }

  /** The leftmost, then longest, hit. */
  find(hay: Haystack): Hit | null {
    const { start, end } = hay.core
    if (this.#whole.size > 0 && this.#whole.has(hay.folded.slice(start, end))) {
      return { matched: hay.slice(start, end), captures: null }
    }
    const span = this.#anywhere.length <= FEW ? this.#findFew(hay) : this.#findMany(hay)
    return span === null ? null : { matched: hay.slice(span[0], span[1]), captures: null }
  }

  #findFew(hay: Haystack): readonly [number, number] | null {
    let [start, end] = [Number.POSITIVE_INFINITY, 0]
    for (const word of this.#anywhere) {
      const at = hay.indexOf(word)
      if (at < 0 || at > start || (at === start && at + word.length <= end)) continue
      ;[start, end] = [at, at + word.length]
    }
    return end === 0 ? null : [start, end]
  }

  #findMany(hay: Haystack): readonly [number, number] | null {
    this.#automaton ??= new Automaton(this.#anywhere)
    const words = this.#anywhere
    let [start, end] = [Number.POSITIVE_INFINITY, 0]
    this.#automaton.scan(hay.folded, (id, stop) => {
      const from = stop - (words[id]?.length ?? 0)
      if (from > start || (from === start && stop <= end) || hay.splitsToken(from, stop)) return
      ;[start, end] = [from, stop]
    })
    return end === 0 ? null : [start, end]
  }
}

/** A keyword of one character or of digits alone would fire inside other words and amounts. */
function mustBeWhole(folded: string): boolean {
  return /^\d+$/.test(folded) || countGraphemes(folded) === 1
}

/** The keyword that shares the longest piece with the text, at least two characters; for explanations only. */
export function nearestKeyword(keywords: readonly Keyword[], hay: Haystack): string | null {
  let best: string | null = null
  let bestLength = 1
  for (const { folded, written } of keywords.slice(0, 200)) {
    const shared = longestSharedPiece(folded, hay.folded)
    if (
      shared > bestLength ||
      (shared === bestLength && best === null && folded.length <= 2 && shared === 1)
    ) {
      best = written
      bestLength = shared
    }
  }
  return best
}

function longestSharedPiece(word: string, text: string): number {
  let longest = 0
  for (let from = 0; from < word.length; from++) {
    while (from + longest < word.length && text.includes(word.slice(from, from + longest + 1))) longest++
  }
  return longest
}
