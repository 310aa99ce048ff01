import { z } from 'zod'
import { parseCondition } from '../../domain/placeholder.ts'
import { defineMatcher, HELD } from './matcher.ts'

/** `if`: one comparison between values, `{{积分}} > 100`; a missing value is empty. */
export const ifMatcher = defineMatcher({
  key: 'if',
  schema: z.string().min(1).describe('一个比较，如 {{积分}} > 100。One comparison of template values.'),
  textual: false,
  compile(value, context) {
    const condition = parseCondition(value)
    if (condition === null) {
      context.problem('E224', { text: value })
      return null
    }
    return {
      expected: value,
      test: (subject) =>
        condition.test((path) => subject.value(path) ?? context.variable(path)) ? HELD : null,
      actual: (subject) => condition.show((path) => subject.value(path) ?? context.variable(path)),
    }
  },
})
