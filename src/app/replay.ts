import type { Decision } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import type { AccountKey, Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import { Session, type SessionRules } from '../rules/testing/session.ts'
import type { KeptEvent } from '../store/kept.ts'

/** What became, or would become, of one message. */
export interface ReplayOutcome {
  readonly rule: string | null
  /** Null when the words are not known any more. */
  readonly replies: readonly string[] | null
}

/** One message about which the other rules would decide differently. */
export interface ReplayChange {
  readonly event: Event
  readonly before: ReplayOutcome
  readonly after: ReplayOutcome
  readonly sort: 'new-reply' | 'no-reply' | 'other-reply'
}

export interface ReplayReport {
  /** Messages that were compared. */
  readonly compared: number
  /** Answered by another rule with the same words. */
  readonly otherRule: number
  /** Left out: what was decided did not come from rules alone (a pause), or is not known. */
  readonly leftOut: number
  readonly changes: readonly ReplayChange[]
}

export interface ReplayInput {
  /** Oldest first; those before `since` only fill the memory. */
  readonly events: readonly KeptEvent[]
  readonly since: Instant
  readonly rules: SessionRules
  /** The rules in force, to tell a change of rules from a lack of memory; null when they cannot be used. */
  readonly current: SessionRules | null
  readonly policy: Policy
}

/** Lets other rules decide about what is kept, on a memory that is filled by the same events, and tells the differences. */
export function replay({ events, since, rules, current, policy }: ReplayInput): ReplayReport {
  const then = new Past(rules, policy)
  const now = current === null ? null : new Past(current, policy)
  const changes: ReplayChange[] = []
  let [compared, otherRule, leftOut] = [0, 0, 0]
  for (const kept of events) {
    if (!isReplayable(kept)) continue
    const after = then.live(kept)
    const again = now?.live(kept) ?? null
    if (kept.event.receivedAt < since || kept.event.kind === 'owner.spoke') continue
    if (!isComparable(kept)) {
      leftOut++
      continue
    }
    compared++
    const before = baseline(kept, again, current)
    const sort = compare(before, after)
    if (sort === 'other-rule') otherRule++
    else if (sort !== 'same') changes.push({ event: kept.event, before, after, sort })
  }
  return { compared, otherRule, leftOut, changes }
}

/** Rings and ends of flows are made anew; echoes of our own words are nobody's. */
function isReplayable({ event, decision }: KeptEvent): boolean {
  switch (event.kind) {
    case 'message.received':
    case 'message.recalled':
    case 'friend.requested':
    case 'room.member-joined':
    case 'chat.noticed':
      return true
    case 'owner.spoke':
      return decision !== 'none'
    default:
      return false
  }
}

function isComparable({ decision, reason }: KeptEvent): boolean {
  return decision !== null && decision !== 'none' && reason !== 'paused' && reason !== 'still-running'
}

/**
 * What was decided. Where the rules in force, given the same memory, decide otherwise than they did, something is missing
 * from that memory, and the new rules are measured against what the present ones make of it.
 */
function baseline(kept: KeptEvent, again: ReplayOutcome | null, current: SessionRules | null): ReplayOutcome {
  const was: ReplayOutcome = {
    rule: kept.decision === 'act' ? kept.ruleName || kept.rule : null,
    replies: kept.decision === 'act' ? kept.replies : [],
  }
  const isOfCurrent = current !== null && kept.rulesVersion === current.spec.version
  if (!isOfCurrent || again === null || compare(was, again) === 'same') return was
  return compare(was, again) === 'other-rule' ? was : again
}

function compare(before: ReplayOutcome, after: ReplayOutcome): ReplayChange['sort'] | 'same' | 'other-rule' {
  if (before.replies === null || after.replies === null)
    return before.rule === after.rule ? 'same' : 'other-reply'
  const isSaid = (outcome: ReplayOutcome) => (outcome.replies ?? []).length > 0
  if (!isSaid(before) && !isSaid(after)) return before.rule === after.rule ? 'same' : 'other-rule'
  if (!isSaid(before)) return 'new-reply'
  if (!isSaid(after)) return 'no-reply'
  if (before.replies.join('\n') !== after.replies.join('\n')) return 'other-reply'
  return before.rule === after.rule ? 'same' : 'other-rule'
}

/** One set of rules living through what happened, each account by itself. */
class Past {
  readonly #rules: SessionRules
  readonly #policy: Policy
  readonly #sessions = new Map<AccountKey, Session>()

  constructor(rules: SessionRules, policy: Policy) {
    this.#rules = rules
    this.#policy = policy
  }

  live({ event, handledAt }: KeptEvent): ReplayOutcome {
    const at = handledAt ?? event.receivedAt
    const session =
      this.#sessions.get(event.account) ??
      new Session(this.#rules, { policy: this.#policy, startAt: at, explains: false })
    this.#sessions.set(event.account, session)
    const { decision, replies } = session.live(event, at)
    return { rule: this.#nameOf(decision), replies }
  }

  #nameOf(decision: Decision): string | null {
    if (decision.kind !== 'act') return null
    const [act] = decision.acts
    if (act === undefined) return null
    return this.#rules.book.rules.get(act.rule)?.name ?? act.flow?.flow ?? act.rule
  }
}
