import { nearestKeyword, WordSet } from '../word-set.ts'
import { describeKeywords, expandKeywords, keywordsSchema } from './keywords.ts'
import { defineMatcher } from './matcher.ts'

/** `text`: the message contains one of the keywords; a keyword of one character or only digits must be the whole message. */
export const text = defineMatcher({
  key: 'text',
  schema: keywordsSchema.describe(
    '消息里包含其中一个关键词（不分大小写、全半角、繁简）。一个字或纯数字的关键词要整条相同。The message contains one of the keywords.',
  ),
  textual: true,
  compile(value, context) {
    const keywords = expandKeywords(value, context)
    if (keywords.length === 0) return null
    const words = new WordSet(keywords, context.raw)
    return {
      expected: `包含 ${describeKeywords(keywords)}`,
      ...(words.triggers === null ? {} : { triggers: words.triggers }),
      test: (subject) => words.find(subject.haystack(context.raw)),
      actual: (subject) => subject.shownText,
      nearest: (subject) => nearestKeyword(keywords, subject.haystack(context.raw)),
    }
  },
})
