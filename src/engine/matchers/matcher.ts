import { z } from 'zod'
import type { Place } from '../../domain/diagnostic.ts'
import type { ProblemParams } from '../../domain/problem.ts'
import type { Condition } from '../condition.ts'
import type { HolidayCalendar } from '../holidays.ts'
import type { EngineProblemCode } from '../problems.ts'
import type { Subject } from '../subject.ts'
import type { TimeWindow } from './time-window.ts'

/** What a condition found when it held. `matched` and captures are the customer's own characters. */
export interface Hit {
  readonly matched: string | null
  readonly captures: Readonly<Record<string, string>> | null
}

/** Held, with nothing to hand on. */
export const HELD: Hit = { matched: null, captures: null }

/** A folded text that must be in the message, at the named place, for a matcher to hold. */
export interface Trigger {
  readonly at: 'anywhere' | 'exact' | 'start' | 'end'
  readonly text: string
}

/** A compiled condition: answers for one subject, and explains itself for the trace. */
export interface Matcher {
  /** What it asks for, short, for the trace. */
  readonly expected: string
  /** The hit, or null when the condition does not hold. */
  test(subject: Subject): Hit | null
  /** What it met instead; asked only after `test` said no. */
  actual(subject: Subject): string
  /** The keyword or name that came closest; asked only when a person wants an explanation. */
  nearest?(subject: Subject): string | null
  /** Texts one of which must occur; absent when none can be named. The index relies on it. */
  readonly triggers?: readonly Trigger[]
  /** Facet keys one of which the subject must have (`subject.facets`); absent when none can be named. */
  readonly facets?: readonly string[]
}

/** What compiling a condition may look at. */
export interface CompileContext {
  readonly place: Place
  /** Use the original text without folding. */
  readonly raw: boolean
  readonly timezone: string
  readonly holidays: HolidayCalendar
  problem(
    code: EngineProblemCode,
    params?: ProblemParams,
    hint?: { readonly zh: string; readonly en: string },
  ): void
  list(name: string): readonly unknown[] | null
  readonly listNames: Iterable<string>
  window(name: string): TimeWindow | null
  /** The named condition, compiled; null (and reported) when unknown or circular. */
  condition(name: string): Condition | null
  variable(name: string): string | null
  hasFlow(name: string): boolean
  readonly flowNames: Iterable<string>
  /** Notes that messages are to be counted per this scope for at least this long. */
  countMessages(per: 'chat' | 'contact' | 'global', keepMs: number): void
}

/** One entry of the catalogue. */
export interface MatcherKind {
  readonly key: string
  /** The value as an operator writes it. It has no transforms. */
  readonly schema: z.ZodType
  /** True for conditions on the text: they make `kind` default to `text`. */
  readonly textual: boolean
  /** Null after reporting at least one problem to the context. */
  compile(value: unknown, context: CompileContext): Matcher | null
}

/** Makes a catalogue entry whose `compile` sees the value with the type of its schema. */
export function defineMatcher<Schema extends z.ZodType>(kind: {
  readonly key: string
  readonly schema: Schema
  readonly textual: boolean
  compile(value: z.output<Schema>, context: CompileContext): Matcher | null
}): MatcherKind {
  return {
    key: kind.key,
    schema: kind.schema,
    textual: kind.textual,
    compile(value, context) {
      const parsed = kind.schema.safeParse(value)
      if (parsed.success) return kind.compile(parsed.data, context)
      context.problem('E201', { key: kind.key, detail: z.prettifyError(parsed.error) })
      return null
    },
  }
}
