import type { Place } from '../domain/diagnostic.ts'
import type { ConditionSpec, RulesetSpec } from '../domain/spec.ts'

/** Tables for a year come out late in the year before, so a missing one matters from December on. */
const WARNING_MONTH = '-12-01'

/** True when the table ends before the days that matter soon; false while today is unknown. */
export function endsTooSoon(knownUntil: string, today: string | undefined): boolean {
  if (today === undefined) return false
  return today > knownUntil || today >= `${knownUntil.slice(0, 4)}${WARNING_MONTH}`
}

/** The first place of a folder whose meaning depends on the holiday table; null when none does. */
export function firstUseOfHolidays(spec: RulesetSpec): Place | null {
  for (const { value, place } of spec.times.values()) if (speaksOfHolidays(value)) return place
  const trees = [
    ...[...spec.conditions.values()].map(({ value }) => value),
    ...spec.rules.map((rule) => rule.when),
    ...spec.schedules.map(({ value }) => value.when),
  ]
  for (const tree of trees) {
    const place = tree === null ? null : useIn(tree)
    if (place !== null) return place
  }
  const phrased = spec.schedules.find(
    ({ value: { time } }) => time.kind === 'at' && speaksOfHolidays(time.phrase),
  )
  return phrased?.place ?? null
}

function useIn(tree: ConditionSpec): Place | null {
  switch (tree.op) {
    case 'test':
      return (tree.key === 'day' || tree.key === 'time') && speaksOfHolidays(tree.value) ? tree.place : null
    case 'not':
      return useIn(tree.of)
    case 'all':
    case 'any':
      return tree.of.reduce<Place | null>((found, one) => found ?? useIn(one), null)
  }
}

function speaksOfHolidays(value: unknown): boolean {
  return /工作日|节假日|workday|holiday|weekend/.test(JSON.stringify(value))
}
