import { defineMatcher, HELD } from './matcher.ts'
import { compileSelector, roomSelectorSchema } from './selector.ts'

/** `room`: in which group chat, by its name; holds in group chats only. */
export const room = defineMatcher({
  key: 'room',
  schema: roomSelectorSchema,
  textual: false,
  compile(value, context) {
    const selector = compileSelector(value, context)
    if (selector === null) return null
    return {
      expected: `群 ${selector.shown}`,
      ...(selector.exactNames === null ? {} : { facets: selector.exactNames.map((name) => `room:${name}`) }),
      test: (subject) =>
        subject.chat.kind === 'group' && selector.test(subject.roomNames, subject.trustsNames) ? HELD : null,
      actual: (subject) =>
        subject.chat.kind === 'group' ? `群 ${subject.chat.name}` : `chat=${subject.chat.kind}`,
    }
  },
})
