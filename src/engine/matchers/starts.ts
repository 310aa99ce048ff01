import { compileAnchored } from './anchored.ts'
import { keywordsSchema } from './keywords.ts'
import { defineMatcher } from './matcher.ts'

/** `starts`: see the schema's description; outer spaces and closing punctuation do not count. */
export const starts = defineMatcher({
  key: 'starts',
  schema: keywordsSchema.describe('消息以其中一个关键词开头。The message begins with one of the keywords.'),
  textual: true,
  compile: (value, context) => compileAnchored('start', value, context),
})
