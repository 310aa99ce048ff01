import { durationSchema } from './duration-value.ts'
import { defineMatcher } from './matcher.ts'
import { compileRecency } from './recency.ts'

/** `replied_recently`: we replied in this chat at most this long ago. */
export const repliedRecently = defineMatcher({
  key: 'replied_recently',
  schema: durationSchema.describe(
    '机器人在这段时间内回过这个聊天。The bot replied in this chat within this time.',
  ),
  textual: false,
  compile: (value, context) =>
    compileRecency('replied_recently', value, context, (subject) =>
      subject.facts.lastReplyAt(subject.chat.key),
    ),
})
