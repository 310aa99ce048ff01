import { defineMatcher, HELD } from './matcher.ts'
import { compileTime, timeSchema } from './time-window.ts'

/** `time`: whether now is inside a window, by name or written out. The end of a window is exclusive. */
export const time = defineMatcher({
  key: 'time',
  schema: timeSchema,
  textual: false,
  compile(value, context) {
    const window = compileTime(value, context)
    if (window === null) return null
    return {
      expected: `时间 ${window.shown}`,
      test: (subject) => (window.contains(subject.now) ? HELD : null),
      actual: (subject) => subject.shownTime(window.timezone),
    }
  },
})
