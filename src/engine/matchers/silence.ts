import { z } from 'zod'
import { holds, splitComparison } from '../../domain/comparison.ts'
import { formatDuration } from '../../support/duration.ts'
import { compileDuration } from './duration-value.ts'
import { defineMatcher, HELD } from './matcher.ts'

/** `silence`: how long the chat was quiet before this message; with no earlier message it was quiet for ever. */
export const silence = defineMatcher({
  key: 'silence',
  schema: z
    .string()
    .min(1)
    .describe('这个聊天安静了多久，如 "> 2h"。How long the chat was quiet, such as "> 2h".'),
  textual: false,
  compile(value, context) {
    const { operator, operand } = splitComparison(value) ?? { operator: '>' as const, operand: value }
    const ms = compileDuration(operand, context)
    if (ms === null) return null
    return {
      expected: `安静 ${operator} ${operand}`,
      test(subject) {
        const last = subject.facts.lastMessageAt(subject.chat.key)
        const quietMs = last === null ? Number.POSITIVE_INFINITY : subject.now - last
        return holds(operator, quietMs, ms) ? HELD : null
      },
      actual(subject) {
        const last = subject.facts.lastMessageAt(subject.chat.key)
        return last === null ? '之前没有消息' : `安静了 ${formatDuration(subject.now - last)}`
      },
    }
  },
})
