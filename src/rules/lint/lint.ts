import type { RulesetSpec } from '../../domain/spec.ts'
import type { LoadContext } from '../context.ts'
import type { RuleFile } from '../file.ts'
import type { LoweredRule } from '../lower/rule.ts'
import type { TestSpec } from '../testing/spec.ts'

/** What the lints look at. */
export interface LintInput {
  readonly spec: RulesetSpec
  readonly files: readonly RuleFile[]
  readonly rules: readonly LoweredRule[]
  readonly tests: readonly TestSpec[]
  readonly context: LoadContext
  /** Local date `YYYY-MM-DD`; null when unknown. */
  readonly today: string | null
}

/** Reports everything that is allowed but probably not meant. */
export function lintRules(input: LintInput): void {
  void input
}
