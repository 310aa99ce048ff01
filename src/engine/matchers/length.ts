import { z } from 'zod'
import { parseNumberTest } from '../number-test.ts'
import { defineMatcher, HELD } from './matcher.ts'

/** `length`: how many characters (as people count them) the text has. */
export const length = defineMatcher({
  key: 'length',
  schema: z
    .union([z.int().min(0), z.string().min(1)])
    .describe('字数，如 "<= 4"、1-10。Number of characters, such as "<= 4" or 1-10.'),
  textual: true,
  compile(value, context) {
    const test = parseNumberTest(String(value))
    if (test === null) {
      context.problem('E223', { text: String(value) })
      return null
    }
    return {
      expected: `字数 ${String(value)}`,
      test: (subject) => (test(subject.haystack(context.raw).length) ? HELD : null),
      actual: (subject) => `${subject.haystack(context.raw).length} 个字`,
    }
  },
})
