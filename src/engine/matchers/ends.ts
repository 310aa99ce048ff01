import { compileAnchored } from './anchored.ts'
import { keywordsSchema } from './keywords.ts'
import { defineMatcher } from './matcher.ts'

/** `ends`: see the schema's description; outer spaces and closing punctuation do not count. */
export const ends = defineMatcher({
  key: 'ends',
  schema: keywordsSchema.describe(
    '消息以其中一个关键词结尾（忽略句末标点）。The message ends with one of the keywords.',
  ),
  textual: true,
  compile: (value, context) => compileAnchored('end', value, context),
})
