import type { ConditionFailure } from '../domain/decision.ts'
import type { Place } from '../domain/diagnostic.ts'
import { HELD, type Hit, type Matcher } from './matchers/matcher.ts'
import type { Subject } from './subject.ts'

/** A compiled condition tree. `path` is the way of keys from the rule's `when`. */
export type Condition =
  | {
      readonly op: 'all' | 'any'
      readonly of: readonly Condition[]
      readonly place: Place
      readonly path: string
    }
  | { readonly op: 'not'; readonly of: Condition; readonly place: Place; readonly path: string }
  | {
      readonly op: 'test'
      readonly key: string
      readonly matcher: Matcher
      readonly place: Place
      readonly path: string
    }

/** The hit of a condition, or null when it does not hold. Captures come from the first branch of `any` that holds, never from `not`. */
export function evaluate(condition: Condition, subject: Subject): Hit | null {
  switch (condition.op) {
    case 'test':
      return condition.matcher.test(subject)
    case 'not':
      return evaluate(condition.of, subject) === null ? HELD : null
    case 'any':
      for (const branch of condition.of) {
        const hit = evaluate(branch, subject)
        if (hit !== null) return hit
      }
      return null
    case 'all':
      return evaluateAll(condition.of, subject)
  }
}

function evaluateAll(branches: readonly Condition[], subject: Subject): Hit | null {
  let all: Hit = HELD
  let rank = 0
  for (const branch of branches) {
    const hit = evaluate(branch, subject)
    if (hit === null) return null
    if (hit === HELD) continue
    const better = hit.matched !== null && matchedRank(branch) > rank
    all = {
      matched: better ? hit.matched : all.matched,
      captures: hit.captures === null ? all.captures : { ...hit.captures, ...all.captures },
    }
    if (better) rank = matchedRank(branch)
  }
  return all
}

/** `matched` is the hit of the outermost `text`; then of another condition at this level; then of a nested one. */
function matchedRank(branch: Condition): number {
  if (branch.op !== 'test') return 1
  return branch.key === 'text' ? 3 : 2
}

/** The first part that did not hold, of a condition that does not hold. `deep` also looks for the nearest miss, which costs more. */
export function explainFailure(condition: Condition, subject: Subject, deep: boolean): ConditionFailure {
  switch (condition.op) {
    case 'test': {
      const nearest = deep ? condition.matcher.nearest?.(subject) : null
      return {
        condition: condition.path,
        expected: condition.matcher.expected,
        actual: condition.matcher.actual(subject),
        place: condition.place,
        ...(nearest == null ? {} : { nearest }),
      }
    }
    case 'not':
      return {
        condition: condition.path,
        expected: `不是（${expectedOf(condition.of)}）`,
        actual: '是',
        place: condition.place,
      }
    case 'all': {
      const failed = condition.of.find((branch) => evaluate(branch, subject) === null)
      return explainFailure(failed ?? condition, subject, deep)
    }
    case 'any': {
      const closest = condition.of.reduce((best, branch) =>
        countHeld(branch, subject) > countHeld(best, subject) ? branch : best,
      )
      const { actual, nearest } = explainFailure(closest, subject, deep)
      return {
        condition: condition.path,
        expected: condition.of.map(expectedOf).join(' 或 '),
        actual,
        place: condition.place,
        ...(nearest === undefined ? {} : { nearest }),
      }
    }
  }
}

/** How many single tests of a tree hold: how near a rule came. */
export function countHeld(condition: Condition, subject: Subject): number {
  switch (condition.op) {
    case 'test':
      return condition.matcher.test(subject) === null ? 0 : 1
    case 'not':
      return evaluate(condition, subject) === null ? 0 : 1
    case 'all':
      return condition.of.reduce((sum, branch) => sum + countHeld(branch, subject), 0)
    case 'any':
      return condition.of.reduce((most, branch) => Math.max(most, countHeld(branch, subject)), 0)
  }
}

/** A tree in short words. */
export function expectedOf(condition: Condition): string {
  switch (condition.op) {
    case 'test':
      return condition.matcher.expected
    case 'not':
      return `不是（${expectedOf(condition.of)}）`
    case 'all':
      return condition.of.map(expectedOf).join('，')
    case 'any':
      return condition.of.map(expectedOf).join(' 或 ')
  }
}
