import type { Haystack } from '../haystack.ts'
import { nearestKeyword } from '../word-set.ts'
import { describeKeywords, expandKeywords, keywordsSchema } from './keywords.ts'
import { defineMatcher, type Trigger } from './matcher.ts'

const LATIN = /[\p{Script=Latin}\p{Nd}_]/u

/** `word`: contains, but a Latin keyword must not be part of a longer word ("hi" not in "this"); CJK characters are boundaries. */
export const word = defineMatcher({
  key: 'word',
  schema: keywordsSchema.describe(
    '包含这个单词：英文按整词匹配（hi 不会匹配 this），中文等同包含。Contains the keyword as a whole word.',
  ),
  textual: true,
  compile(value, context) {
    const keywords = expandKeywords(value, context)
    if (keywords.length === 0) return null
    return {
      expected: `单词 ${describeKeywords(keywords)}`,
      ...(context.raw
        ? {}
        : { triggers: keywords.map((keyword): Trigger => ({ at: 'anywhere', text: keyword.folded })) }),
      test(subject) {
        const hay = subject.haystack(context.raw)
        for (const keyword of keywords) {
          const at = wholeWordAt(hay, keyword.folded)
          if (at >= 0) return { matched: hay.slice(at, at + keyword.folded.length), captures: null }
        }
        return null
      },
      actual: (subject) => subject.shownText,
      nearest: (subject) => nearestKeyword(keywords, subject.haystack(context.raw)),
    }
  },
})

function wholeWordAt(hay: Haystack, wanted: string): number {
  for (let at = hay.indexOf(wanted); at >= 0; at = hay.indexOf(wanted, at + 1)) {
    const end = at + wanted.length
    if (isBoundary(hay.folded, at) && isBoundary(hay.folded, end)) return at
  }
  return -1
}

/** True unless Latin letters or digits stand on both sides of this position. */
function isBoundary(folded: string, at: number): boolean {
  return !(LATIN.test(folded.charAt(at - 1)) && LATIN.test(folded.charAt(at)))
}
