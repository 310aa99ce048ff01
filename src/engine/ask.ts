import type { ConditionFailure, SuppressReason, TraceEntry, TraceOutcome } from '../domain/decision.ts'
import { cooldownKey, limitKey } from '../domain/fact-keys.ts'
import type { Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import { formatDuration } from '../support/duration.ts'
import { takesChance } from './choose.ts'
import { evaluate, explainFailure } from './condition.ts'
import { HELD, type Hit } from './matchers/matcher.ts'
import type { CompiledRule } from './ruleset.ts'
import type { Subject } from './subject.ts'

/** Whether one rule acts for the subject. */
export type Answer =
  | { readonly kind: 'no'; readonly failure: () => ConditionFailure }
  /** Its conditions hold, but it does not act; `next` says what follows. */
  | {
      readonly kind: 'refused'
      readonly reason: SuppressReason
      readonly detail: string
      readonly hit: Hit
      readonly next: 'silent' | 'next' | { readonly reply: string }
    }
  | { readonly kind: 'yes'; readonly hit: Hit }

/** What asking needs besides the rule. */
export interface Asking {
  readonly subject: Subject
  readonly policy: Policy
  /** Also name the nearest miss. */
  readonly deep: boolean
}

/** Asks one rule: its conditions, its lifetime, its chance, then what it did lately. */
export function askRule(rule: CompiledRule, asking: Asking): Answer {
  const { subject, policy } = asking
  subject.trustsNames = rule.section === 'guard'
  const hit = evaluate(rule.when, subject)
  if (hit === null) {
    return { kind: 'no', failure: () => explainFailure(rule.when, subject, asking.deep) }
  }
  if (isUnnamedRoom(rule, asking))
    return no(rule, 'room', '规则里写明的群，或有人@我', `群 ${subject.chat.name}`)
  const ended = outsideLifetime(rule, subject.local(policy.timezone).date)
  if (ended !== null) return { kind: 'refused', reason: 'rule-ended', detail: ended, hit, next: 'next' }
  if (!takesChance(subject.event.id, rule.id, rule.chance))
    return no(rule, 'chance', String(rule.chance), '没抽中')
  return refusal(rule, subject, hit) ?? { kind: 'yes', hit }
}

function no(rule: CompiledRule, condition: string, expected: string, actual: string): Answer {
  return { kind: 'no', failure: () => ({ condition, expected, actual, place: rule.place }) }
}

/** Rooms stay silent until a rule names them or we are mentioned. */
function isUnnamedRoom(rule: CompiledRule, { subject, policy }: Asking): boolean {
  if (rule.section === 'guard' || rule.namesRoom || policy.replyInUnnamedRooms) return false
  return subject.chat.kind === 'group' && !subject.mentions.self
}

function outsideLifetime(rule: CompiledRule, today: string): string | null {
  if (rule.fromDate !== null && today < rule.fromDate) return `${rule.fromDate} 起`
  return rule.untilDate !== null && today > rule.untilDate ? `到 ${rule.untilDate}` : null
}

function refusal(rule: CompiledRule, subject: Subject, hit: Hit): Answer | null {
  const { facts, now, chat } = subject
  const owner = { rule: rule.id, chat: chat.key, contact: subject.sender?.key ?? null }
  const refuse = (
    reason: SuppressReason,
    detail: string,
    next: 'silent' | 'next' | { readonly reply: string },
  ): Answer => ({ kind: 'refused', reason, detail, hit, next })
  if (rule.mode === 'single' && facts.isRunActive(rule.id, chat.key))
    return refuse('still-running', '', 'silent')
  const until = rule.cooldown && facts.cooldownUntil(cooldownKey(rule.cooldown.per, owner))
  if (rule.cooldown !== null && until !== null && until > now) {
    return refuse('cooldown', `还有 ${formatDuration(until - now)}`, rule.cooldown.then)
  }
  for (const limit of rule.limits) {
    const hits = facts.hitsSince(limitKey(limit.per, owner), now - limit.inMs)
    if (hits >= limit.max) return refuse('limit', `${formatDuration(limit.inMs)} 内已 ${hits} 次`, limit.then)
  }
  return null
}

/** How old the message may be for this rule: `late` alone lifts the limit of the settings. */
export function isTooOld(rule: CompiledRule, ageMs: number, policy: Policy): boolean {
  if (rule.late === 'answer') return false
  const maxAgeMs = rule.late === 'skip' ? policy.maxAgeMs : rule.late.maxAgeMs
  return maxAgeMs !== null && ageMs > maxAgeMs
}

/** How long ago an event happened, never negative. */
export function ageOf(at: Instant, now: Instant): number {
  return Math.max(0, now - at)
}

/** The line of a trace for one answer. */
export function traceEntry(rule: CompiledRule, outcome: TraceOutcome): TraceEntry {
  return { rule: rule.id, name: rule.name, place: rule.place, outcome }
}

/** What an answer says in a trace. */
export function outcomeOf(rule: CompiledRule, answer: Answer): TraceOutcome {
  switch (answer.kind) {
    case 'no':
      return { kind: 'failed', failure: answer.failure() }
    case 'refused':
      return { kind: 'suppressed', reason: answer.reason, detail: answer.detail }
    case 'yes':
      if (rule.observe) return { kind: 'suppressed', reason: 'observe', detail: answer.hit.matched ?? '' }
      return {
        kind: 'matched',
        matched: answer.hit.matched ?? '',
        captures: answer.hit.captures ?? HELD_CAPTURES,
      }
  }
}

const HELD_CAPTURES: Readonly<Record<string, string>> = Object.freeze({ ...HELD.captures })
