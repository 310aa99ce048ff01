import { z } from 'zod'
import { compileRegex } from '../index/regex.ts'
import { defineMatcher, type Matcher, type Trigger } from './matcher.ts'

const pattern = z.string().min(1)

/** `regex`: a linear-time regular expression on the folded text; named groups become variables. */
export const regex = defineMatcher({
  key: 'regex',
  schema: z
    .union([pattern, z.array(pattern).min(1)])
    .describe(
      '正则表达式（已忽略大小写、全半角、繁简），命名分组可在回复里用。Regular expression on the folded text; named groups become variables.',
    ),
  textual: true,
  compile(value, context): Matcher | null {
    const written = typeof value === 'string' ? [value] : value
    const compiled = written.map((source) => compileRegex(source, context))
    const regexes = compiled.filter((one) => one !== null)
    if (regexes.length !== compiled.length) return null
    const literals = regexes.map((one) => one.literals)
    const triggers = literals.every((one) => one !== null)
      ? literals.flatMap((one) => one ?? []).map((text): Trigger => ({ at: 'anywhere', text }))
      : null
    if (triggers === null && !context.raw) context.problem('W211')
    return {
      expected: `正则 ${written.join(' | ')}`,
      ...(triggers === null || context.raw ? {} : { triggers }),
      test(subject) {
        const hay = subject.haystack(context.raw)
        for (const one of regexes) {
          const hit = one.exec(hay, subject.regexBudget)
          if (hit !== null) return hit
        }
        return null
      },
      actual: (subject) =>
        subject.regexBudget.isSpent ? `${subject.shownText}（正则用时到顶，跳过）` : subject.shownText,
    }
  },
})
