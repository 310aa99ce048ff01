import type { Haystack } from '../haystack.ts'
import { coreOf } from '../index/fold.ts'
import { nearestKeyword } from '../word-set.ts'
import { describeKeywords, expandKeywords, type Keyword } from './keywords.ts'
import type { CompileContext, Hit, Matcher, Trigger } from './matcher.ts'

/** Where an anchored keyword must stand: `exact`, `start` and `end` compare with the text without outer spaces and closing punctuation. */
export type Anchor = 'exact' | 'start' | 'end'

interface Anchored {
  readonly core: string
  readonly keyword: Keyword
}

/** The matcher behind `exact`, `starts` and `ends`; null when no usable keyword was left. */
export function compileAnchored(
  anchor: Anchor,
  value: string | readonly string[],
  context: CompileContext,
): Matcher | null {
  const keywords = expandKeywords(value, context)
  if (keywords.length === 0) return null
  const words = keywords.map((keyword) => ({ core: anchorCore(anchor, keyword.folded), keyword }))
  const cores = new Set(words.map((word) => word.core))
  return {
    expected: `${LABEL[anchor]} ${describeKeywords(keywords)}`,
    ...(context.raw ? {} : { triggers: words.map((word): Trigger => ({ at: anchor, text: word.core })) }),
    test: (subject) => find(anchor, words, cores, subject.haystack(context.raw)),
    actual: (subject) => subject.shownText,
    nearest: (subject) => nearestKeyword(keywords, subject.haystack(context.raw)),
  }
}

const LABEL: Readonly<Record<Anchor, string>> = { exact: '等于', start: '开头是', end: '结尾是' }

/** A start keyword keeps its own closing punctuation, since text follows it. */
function anchorCore(anchor: Anchor, folded: string): string {
  return anchor === 'start' ? folded.trimStart() : coreOf(folded)
}

function find(
  anchor: Anchor,
  words: readonly Anchored[],
  cores: ReadonlySet<string>,
  hay: Haystack,
): Hit | null {
  const { start, end } = hay.core
  if (anchor === 'exact') {
    return cores.has(hay.folded.slice(start, end)) ? hitAt(hay, start, end) : null
  }
  let longest: Anchored | null = null
  for (const word of words) {
    const isHere = anchor === 'start' ? hay.folded.startsWith(word.core, start) : endsAt(hay, word.core)
    if (isHere && word.core.length > (longest?.core.length ?? 0)) longest = word
  }
  if (longest === null) return null
  const { length } = longest.core
  return anchor === 'start' ? hitAt(hay, start, start + length) : hitAt(hay, end - length, end)
}

function endsAt(hay: Haystack, core: string): boolean {
  const at = hay.core.end - core.length
  return at >= hay.core.start && hay.folded.startsWith(core, at) && !hay.splitsToken(at, hay.core.end)
}

function hitAt(hay: Haystack, start: number, end: number): Hit {
  return { matched: hay.slice(start, end), captures: null }
}
