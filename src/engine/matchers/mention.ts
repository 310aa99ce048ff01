import { z } from 'zod'
import type { Mentions } from '../../domain/event.ts'
import { defineMatcher, HELD } from './matcher.ts'

const TESTS = {
  me: (mentions: Mentions) => mentions.self,
  all: (mentions: Mentions) => mentions.all,
  any: (mentions: Mentions) => mentions.self || mentions.all || mentions.others,
  none: (mentions: Mentions) => !(mentions.self || mentions.all || mentions.others),
} as const

const who = z.enum(['me', 'all', 'any', 'none'])

/** `mention`: who is @-mentioned. `@所有人` is not `me`. */
export const mention = defineMatcher({
  key: 'mention',
  schema: z
    .union([who, z.array(who).min(1)])
    .describe('me 有人@我、all @所有人、any @了任何人、none 没有@。Who is mentioned.'),
  textual: false,
  compile(value) {
    const wanted = typeof value === 'string' ? [value] : value
    return {
      expected: `mention=${wanted.join('、')}`,
      test: (subject) => (wanted.some((one) => TESTS[one](subject.mentions)) ? HELD : null),
      actual: (subject) => {
        const { self, all, others } = subject.mentions
        const found = [self ? 'me' : '', all ? 'all' : '', others ? '别人' : ''].filter((one) => one !== '')
        return found.length === 0 ? '没有@' : `@${found.join('、@')}`
      },
    }
  },
})
