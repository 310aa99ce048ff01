import type { Event } from '../domain/event.ts'
import type { Instant } from '../domain/ids.ts'
import { evaluate } from './condition.ts'
import type { Facts } from './facts.ts'
import type { Ruleset } from './ruleset.ts'
import { Subject } from './subject.ts'
import { isAskable } from './suppress.ts'

/**
 * Answers whether the `when` of a `choose` branch holds for an event, by its key, and with what captures; null when it
 * does not hold or is not known. Conditions see the world as it was before the event, like those of rules.
 */
export function branchTest(input: {
  readonly ruleset: Ruleset
  readonly event: Event
  readonly facts: Facts
  readonly now: Instant
}): (branch: string) => Captures | null {
  let subject: Subject | null = null
  return (branch) => {
    const condition = input.ruleset.branches.get(branch)
    if (condition === undefined) return null
    subject ??= subjectOf(input.event, input.facts, input.now)
    const hit = subject && evaluate(condition, subject)
    return hit && (hit.captures ?? NO_CAPTURES)
  }
}

type Captures = Readonly<Record<string, string>>

const NO_CAPTURES: Captures = Object.freeze({})

function subjectOf(event: Event, facts: Facts, now: Instant): Subject | null {
  if (event.kind === 'schedule.fired') return new Subject(event, facts, event.dueAt)
  return event.kind === 'flow.expired' || isAskable(event) ? new Subject(event, facts, now) : null
}
