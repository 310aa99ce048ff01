import { z } from 'zod'
import { nearestKeyword } from '../word-set.ts'
import { describeKeywords, expandKeywords } from './keywords.ts'
import { defineMatcher, type Hit, type Trigger } from './matcher.ts'

/** `contains_all`: every keyword occurs, in any order; one-character keywords are plain contains here. */
export const containsAll = defineMatcher({
  key: 'contains_all',
  schema: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe('所有关键词都出现，顺序不限。All keywords occur, in any order.'),
  textual: true,
  compile(value, context) {
    const keywords = expandKeywords(value, context)
    if (keywords.length === 0) return null
    const words = keywords.map((keyword) => keyword.folded)
    const longest = words.reduce((best, word) => (word.length > best.length ? word : best), '')
    const trigger: Trigger = { at: 'anywhere', text: longest }
    return {
      expected: `同时包含 ${describeKeywords(keywords)}`,
      ...(context.raw ? {} : { triggers: [trigger] }),
      test(subject): Hit | null {
        const hay = subject.haystack(context.raw)
        let [first, end] = [Number.POSITIVE_INFINITY, 0]
        for (const word of words) {
          const at = hay.indexOf(word)
          if (at < 0) return null
          if (at < first) [first, end] = [at, at + word.length]
        }
        return { matched: hay.slice(first, end), captures: null }
      },
      actual: (subject) => subject.shownText,
      nearest(subject) {
        const hay = subject.haystack(context.raw)
        return nearestKeyword(
          keywords.filter((keyword) => hay.indexOf(keyword.folded) < 0),
          hay,
        )
      },
    }
  },
})
