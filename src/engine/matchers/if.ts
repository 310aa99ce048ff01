import { z } from 'zod'
import { parseCondition } from '../../domain/placeholder.ts'
import { timeWords } from '../../domain/time-words.ts'
import type { Subject } from '../subject.ts'
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
    const lookIn = (subject: Subject) => (path: string) =>
      timeOf(subject, path, context.timezone) ?? subject.value(path) ?? context.variable(path)
    return {
      expected: value,
      test: (subject) => (condition.test(lookIn(subject)) ? HELD : null),
      actual: (subject) => condition.show(lookIn(subject)),
    }
  },
})

function timeOf(subject: Subject, path: string, timezone: string): string | null {
  if (!path.startsWith('time.')) return null
  const words: Readonly<Record<string, string | number>> = timeWords(subject.local(timezone))
  return String(words[path.slice('time.'.length)] ?? '')
}
