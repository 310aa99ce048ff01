import type { EventId, RuleId } from '../domain/ids.ts'
import { seededRandom } from '../support/random.ts'

/** Whether a rule with this chance fires for this event: the same answer every time it is asked. */
export function takesChance(event: EventId, rule: RuleId, chance: number): boolean {
  if (chance >= 1) return true
  return chance > 0 && seededRandom(`${event}|${rule}|chance`).next() < chance
}
