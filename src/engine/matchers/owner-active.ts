import { durationSchema } from './duration-value.ts'
import { defineMatcher } from './matcher.ts'
import { compileRecency } from './recency.ts'

/** `owner_active`: the owner wrote in this chat from the phone at most this long ago. */
export const ownerActive = defineMatcher({
  key: 'owner_active',
  schema: durationSchema.describe(
    '店主在这段时间内用手机在这个聊天里说过话。The owner wrote here within this time.',
  ),
  textual: false,
  compile: (value, context) =>
    compileRecency('owner_active', value, context, (subject) => subject.facts.ownerSpokeAt(subject.chat.key)),
})
