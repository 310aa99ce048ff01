import type { Person } from '../../domain/chat.ts'
import { defineMatcher, HELD } from './matcher.ts'
import { compileSelector, personSelectorSchema } from './selector.ts'

/** `from`: who wrote it, by remark, alias, nick or the name in the room. An ambiguous sender passes only a guard's selector. */
export const from = defineMatcher({
  key: 'from',
  schema: personSelectorSchema,
  textual: false,
  compile(value, context) {
    const selector = compileSelector(value, context)
    if (selector === null) return null
    return {
      expected: `发送人 ${selector.shown}`,
      ...(selector.exactNames === null ? {} : { facets: selector.exactNames.map((name) => `from:${name}`) }),
      test: (subject) =>
        subject.sender !== null && selector.test(subject.senderNames, subject.trustsNames) ? HELD : null,
      actual: (subject) =>
        subject.sender === null
          ? '没有发送人'
          : `${subject.sender.name}${isUnsure(subject.sender) ? '（有同名的人，认不准）' : ''}`,
    }
  },
})

function isUnsure({ isAmbiguous, name, sharedNames }: Person): boolean {
  return isAmbiguous || sharedNames?.includes(name) === true
}
