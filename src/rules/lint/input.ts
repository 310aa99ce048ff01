import type { Place } from '../../domain/diagnostic.ts'
import type { ConditionSpec, RulesetSpec } from '../../domain/spec.ts'
import { CODES, type Code } from '../codes.ts'
import type { LoadContext } from '../context.ts'
import { type Bilingual, quoted } from '../diagnostic.ts'
import type { RuleFile } from '../file.ts'
import type { LoweredRule } from '../lower/rule.ts'
import type { SourceText } from '../source.ts'
import type { SourceTree } from '../tree.ts'

/** What the lints look at. */
export interface LintInput {
  readonly spec: RulesetSpec
  readonly files: readonly RuleFile[]
  readonly rules: readonly LoweredRule[]
  readonly tree: SourceTree
  readonly sources: ReadonlyMap<string, SourceText>
  readonly context: LoadContext
  /** Local date `YYYY-MM-DD`; null when unknown. */
  readonly today: string | null
  /** False when something could not be understood, so that what is missing may only be unread. */
  readonly isWhole: boolean
}

/** Reports something about a place, the line quoted. */
export function remark(
  input: LintInput,
  place: Place,
  code: Code,
  message: Bilingual,
  hint?: Bilingual,
): void {
  const { severity } = CODES[code]
  const one = { severity, code, place, message, ...(hint === undefined ? {} : { hint }) }
  input.context.report(quoted(one, input.sources))
}

/** Every single condition of a tree. */
export function testsOf(when: ConditionSpec | null): Extract<ConditionSpec, { op: 'test' }>[] {
  if (when === null) return []
  if (when.op === 'test') return [when]
  return when.op === 'not' ? testsOf(when.of) : when.of.flatMap(testsOf)
}

/** The texts of a value that is a text or a list of them. */
export function textsOf(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string')
}
