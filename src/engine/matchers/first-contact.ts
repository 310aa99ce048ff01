import { z } from 'zod'
import { formatDuration } from '../../support/duration.ts'
import { compileDuration, durationSchema } from './duration-value.ts'
import { defineMatcher, HELD } from './matcher.ts'

/** `first_contact`: the first message of this person ever, or the first after a long pause. */
export const firstContact = defineMatcher({
  key: 'first_contact',
  schema: z
    .union([z.boolean(), durationSchema])
    .describe('true 第一次联系；30d 三十天没联系过。First contact ever, or after this long.'),
  textual: false,
  compile(value, context) {
    const afterMs = typeof value === 'string' ? compileDuration(value, context) : Number.POSITIVE_INFINITY
    if (afterMs === null) return null
    const wanted = value !== false
    return {
      expected: `first_contact=${String(value)}`,
      test(subject) {
        const last = subject.lastContactAt()
        const isFirst = last === null || subject.now - last > afterMs
        return isFirst === wanted ? HELD : null
      },
      actual(subject) {
        const last = subject.lastContactAt()
        return last === null ? '从没联系过' : `${formatDuration(subject.now - last)} 前联系过`
      },
    }
  },
})
