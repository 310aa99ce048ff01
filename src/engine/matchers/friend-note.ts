import { z } from 'zod'
import { Haystack } from '../haystack.ts'
import { describeKeywords, expandKeywords, keywordsSchema } from './keywords.ts'
import { defineMatcher } from './matcher.ts'

/** `friend_note`: words in the greeting of a friend request. */
export const friendNote = defineMatcher({
  key: 'friend_note',
  schema: z
    .union([keywordsSchema, z.strictObject({ contains: keywordsSchema })])
    .describe('加好友时写的验证消息里包含的文字。Words in the note of a friend request.'),
  textual: false,
  compile(value, context) {
    const words = typeof value === 'string' || Array.isArray(value) ? value : value.contains
    const keywords = expandKeywords(words, context)
    if (keywords.length === 0) return null
    return {
      expected: `验证消息包含 ${describeKeywords(keywords)}`,
      test(subject) {
        if (subject.event.kind !== 'friend.requested') return null
        const hay = new Haystack(subject.event.greeting, context.raw)
        for (const { folded } of keywords) {
          const at = hay.indexOf(folded)
          if (at >= 0) return { matched: hay.slice(at, at + folded.length), captures: null }
        }
        return null
      },
      actual: (subject) =>
        subject.event.kind === 'friend.requested' ? subject.event.greeting : `不是好友申请`,
    }
  },
})
