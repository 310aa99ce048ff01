import type { Condition } from '../condition.ts'
import type { Trigger } from '../matchers/matcher.ts'

/** Texts one of which must occur for the condition to hold; null when none can be named. */
export function triggersOf(condition: Condition): readonly Trigger[] | null {
  switch (condition.op) {
    case 'test':
      return condition.matcher.triggers ?? null
    case 'not':
      return null
    case 'any':
      return unionOf(condition.of.map(triggersOf))
    case 'all':
      return best(condition.of.map(triggersOf), selectivity)
  }
}

/** Facets one of which the subject must have; null when none can be named. */
export function facetsOf(condition: Condition): readonly string[] | null {
  switch (condition.op) {
    case 'test':
      return condition.matcher.facets ?? null
    case 'not':
      return null
    case 'any':
      return unionOf(condition.of.map(facetsOf))
    case 'all':
      return best(condition.of.map(facetsOf), facetRank)
  }
}

/** All of several sets together; null when one of them is unknown. */
export function unionOf<T>(sets: readonly (readonly T[] | null)[]): readonly T[] | null {
  const known = sets.filter((set) => set !== null)
  return known.length === sets.length && sets.length > 0 ? known.flat() : null
}

function best<T>(sets: readonly (readonly T[] | null)[], rank: (one: T) => number): readonly T[] | null {
  let chosen: readonly T[] | null = null
  let chosenRank = Number.NEGATIVE_INFINITY
  for (const set of sets) {
    if (set === null) continue
    const weakest = set.reduce((low, one) => Math.min(low, rank(one)), Number.POSITIVE_INFINITY)
    if (weakest > chosenRank || (weakest === chosenRank && set.length < (chosen?.length ?? 0))) {
      chosen = set
      chosenRank = weakest
    }
  }
  return chosen
}

/** A whole text is rarer than a word in it, a long word rarer than a short one. */
function selectivity({ at, text }: Trigger): number {
  const bonus = at === 'exact' ? 100 : at === 'anywhere' ? 0 : 4
  return bonus + text.length
}

function facetRank(facet: string): number {
  if (facet.startsWith('room:') || facet.startsWith('from:')) return 3
  if (facet.startsWith('kind:')) return facet === 'kind:text' ? 1 : 2
  return 0
}
