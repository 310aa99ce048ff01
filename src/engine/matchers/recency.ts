import type { Instant } from '../../domain/ids.ts'
import { formatDuration } from '../../support/duration.ts'
import type { Subject } from '../subject.ts'
import { compileDuration } from './duration-value.ts'
import { type CompileContext, HELD, type Matcher } from './matcher.ts'

/** A matcher that holds when something happened in this chat at most `text` ago. */
export function compileRecency(
  key: string,
  text: string,
  context: CompileContext,
  lastAt: (subject: Subject) => Instant | null,
): Matcher | null {
  const ms = compileDuration(text, context)
  if (ms === null) return null
  return {
    expected: `${key}=${text}`,
    test(subject) {
      const last = lastAt(subject)
      return last !== null && subject.now - last <= ms ? HELD : null
    },
    actual(subject) {
      const last = lastAt(subject)
      return last === null ? '从来没有' : `${formatDuration(subject.now - last)} 前`
    },
  }
}
