import { z } from 'zod'
import { messageCountKey } from '../../domain/fact-keys.ts'
import { parseNumberTest } from '../number-test.ts'
import type { Subject } from '../subject.ts'
import { compileDuration, durationSchema } from './duration-value.ts'
import { defineMatcher, HELD } from './matcher.ts'

/** `count`: how many messages came in a window, the present one included. */
export const count = defineMatcher({
  key: 'count',
  schema: z
    .strictObject({
      of: z.literal('messages').optional(),
      per: z.enum(['chat', 'contact', 'global']).optional().describe('默认 contact。By default contact.'),
      in: durationSchema,
      is: z.union([z.int(), z.string().min(1)]).describe('如 ">= 5"。Such as ">= 5".'),
    })
    .describe(
      '一段时间内的消息数，如 {of: messages, per: contact, in: 1m, is: ">= 5"}。Messages within a window.',
    ),
  textual: false,
  compile(value, context) {
    const windowMs = compileDuration(value.in, context)
    const test = parseNumberTest(String(value.is))
    if (test === null) context.problem('E223', { text: String(value.is) })
    if (windowMs === null || test === null) return null
    const per = value.per ?? 'contact'
    context.countMessages(per, windowMs)
    const counted = (subject: Subject): number => {
      const owner = { chat: subject.chat.key, contact: subject.sender?.key ?? null }
      return subject.facts.hitsSince(messageCountKey(per, owner), subject.now - windowMs) + 1
    }
    return {
      expected: `${value.in} 内消息数 ${String(value.is)}`,
      test: (subject) => (test(counted(subject)) ? HELD : null),
      actual: (subject) => `${counted(subject)} 条`,
    }
  },
})
