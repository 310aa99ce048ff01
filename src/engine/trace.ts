import type { Trace } from '../domain/decision.ts'
import type { RuleId } from '../domain/ids.ts'

/** What a trace alone tells about the decision it belongs to. */
export type Prediction =
  | { readonly kind: 'act'; readonly rules: readonly RuleId[] }
  | { readonly kind: 'suppressed' }
  | { readonly kind: 'no-match' }

/**
 * Reads the decision back from its trace: the rules that matched act; otherwise a refusal or built-in safety kept it
 * silent; otherwise nothing matched. Rules that a guard or an observer took note of are not acts.
 */
export function predict(trace: Trace, isSilent: (rule: RuleId) => boolean): Prediction {
  const acted = trace.tried.filter((entry) => entry.outcome.kind === 'matched' && !isSilent(entry.rule))
  if (acted.length > 0) return { kind: 'act', rules: acted.map((entry) => entry.rule) }
  const isQuieted = trace.tried.some(
    (entry) =>
      entry.outcome.kind === 'matched' ||
      (entry.outcome.kind === 'suppressed' &&
        entry.outcome.reason !== 'observe' &&
        entry.outcome.reason !== 'rule-ended'),
  )
  return trace.safety !== null || isQuieted ? { kind: 'suppressed' } : { kind: 'no-match' }
}
