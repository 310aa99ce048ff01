import { compileAnchored } from './anchored.ts'
import { keywordsSchema } from './keywords.ts'
import { defineMatcher } from './matcher.ts'

/** `exact`: see the schema's description; outer spaces and closing punctuation do not count. */
export const exact = defineMatcher({
  key: 'exact',
  schema: keywordsSchema.describe(
    '整条消息就是其中一个关键词（忽略首尾空格和句末标点）。The whole message is one of the keywords.',
  ),
  textual: true,
  compile: (value, context) => compileAnchored('exact', value, context),
})
