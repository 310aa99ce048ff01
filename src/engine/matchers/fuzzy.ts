import { z } from 'zod'
import { editDistance } from '../../domain/problem.ts'
import { coreOf } from '../index/fold.ts'
import { describeKeywords, expandKeywords, keywordsSchema } from './keywords.ts'
import { defineMatcher } from './matcher.ts'

/** `fuzzy`: the whole text is within a small edit distance of a keyword. */
export const fuzzy = defineMatcher({
  key: 'fuzzy',
  schema: z
    .union([
      keywordsSchema,
      z.strictObject({
        text: keywordsSchema,
        distance: z
          .int()
          .min(0)
          .max(3)
          .optional()
          .describe('最多错几个字，默认 1。How many characters may differ, 1 by default.'),
      }),
    ])
    .describe('整条消息和关键词最多差几个字（错别字）。The whole message is a near miss of a keyword.'),
  textual: true,
  compile(value, context) {
    const isPlain = typeof value === 'string' || Array.isArray(value)
    const form = isPlain ? { text: value } : (value as { text: string | string[]; distance?: number })
    const keywords = expandKeywords(form.text, context)
    if (keywords.length === 0) return null
    const distance = form.distance ?? 1
    const cores = keywords.map((keyword) => coreOf(keyword.folded))
    return {
      expected: `约等于 ${describeKeywords(keywords)}（差 ${distance} 个字以内）`,
      test(subject) {
        const hay = subject.haystack(context.raw)
        const { start, end } = hay.core
        const whole = hay.folded.slice(start, end)
        const isNear = cores.some((core) => editDistance(core, whole, distance + 1) <= distance)
        return isNear ? { matched: hay.slice(start, end), captures: null } : null
      },
      actual: (subject) => subject.shownText,
    }
  },
})
