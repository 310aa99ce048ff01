import { InvariantError } from '../domain/errors.ts'
import type { Instant, LoginGeneration } from '../domain/ids.ts'
import type { Delivery, HeldReason, SendOutcome } from '../domain/run.ts'
import { assertNever } from '../support/assert-never.ts'

/** The server sees a reply at most this often: once, and once more after a refusal or an unknown outcome. */
export const MAX_ATTEMPTS = 2
/** How long after a plain refusal the one further attempt is made. */
export const REFUSAL_RETRY_MS = 30_000
/** An unknown outcome older than this is not tried again. */
export const MAX_UNCERTAIN_AGE_MS = 60_000

/** What can happen to a step. */
export type DeliveryInput =
  | { readonly kind: 'begin'; readonly generation: LoginGeneration }
  | {
      readonly kind: 'outcome'
      readonly outcome: SendOutcome
      readonly retryAt: Instant
      /** True when an earlier attempt of this step may have reached the server. */
      readonly wasUncertain: boolean
    }
  /** Decided by `judgeUncertain`: nobody may try it again by itself. */
  | { readonly kind: 'hold'; readonly reason: HeldReason }
  | { readonly kind: 'silence'; readonly reason: 'takeover' | 'muted' | 'paused' }
  | { readonly kind: 'expire' }
  /** The program cannot carry it out: its text is gone. */
  | { readonly kind: 'fail'; readonly detail: string }

/**
 * The one table of legal moves of a step. `now` stamps the new state. Throws `InvariantError` for a move that must not
 * happen, such as sending what is settled.
 */
export function transition(from: Delivery, input: DeliveryInput, now: Instant): Delivery {
  switch (input.kind) {
    case 'begin':
      return begin(from, input.generation, now)
    case 'outcome':
      return settle(from, input.outcome, { ...input, now })
    case 'hold':
      return isWaiting(from) || from.kind === 'uncertain'
        ? { kind: 'held', reason: input.reason, since: now }
        : illegal(from, input)
    case 'silence':
      return silence(from, input.reason, now)
    case 'expire':
      return isWaiting(from) ? { kind: 'expired', at: now } : illegal(from, input)
    case 'fail':
      return isWaiting(from) || from.kind === 'uncertain'
        ? { kind: 'dead', reason: 'failed', detail: input.detail, at: now }
        : illegal(from, input)
    default:
      return assertNever(input)
  }
}

function isWaiting(delivery: Delivery): delivery is Extract<Delivery, { kind: 'ready' | 'retry' }> {
  return delivery.kind === 'ready' || delivery.kind === 'retry'
}

function begin(from: Delivery, generation: LoginGeneration, now: Instant): Delivery {
  const mayBegin = isWaiting(from) || from.kind === 'uncertain'
  if (!mayBegin || from.attempt >= MAX_ATTEMPTS) return illegal(from, { kind: 'begin' })
  return { kind: 'sending', attempt: from.attempt + 1, generation, since: now }
}

/** Pausing keeps a step for a person; a takeover or mute means its moment is over. */
function silence(from: Delivery, reason: 'takeover' | 'muted' | 'paused', now: Instant): Delivery {
  if (from.kind === 'uncertain') return { kind: 'held', reason: 'uncertain', since: now }
  if (!isWaiting(from)) return illegal(from, { kind: 'silence' })
  return reason === 'paused'
    ? { kind: 'held', reason: 'paused', since: now }
    : { kind: 'cancelled', reason, at: now }
}

interface Settling {
  readonly now: Instant
  readonly retryAt: Instant
  readonly wasUncertain: boolean
}

function settle(from: Delivery, outcome: SendOutcome, { now, retryAt, wasUncertain }: Settling): Delivery {
  if (from.kind !== 'sending') return illegal(from, outcome)
  const { attempt } = from
  // The one further try did not get through, and the first may have: waiting longer only makes a double likelier.
  if (wasUncertain && outcome.kind !== 'sent') return { kind: 'held', reason: 'uncertain', since: now }
  switch (outcome.kind) {
    case 'sent':
      return { kind: 'sent', messageId: outcome.messageId, at: now }
    case 'not-sent':
      // Nothing reached the server, so this attempt does not count.
      return { kind: 'retry', at: retryAt, attempt: attempt - 1, problem: outcome.problem }
    case 'throttled':
    case 'session-gone':
      return { kind: 'ready', notBefore: retryAt, attempt: attempt - 1 }
    case 'refused':
      return refuse(attempt, outcome, { now, retryAt })
    case 'uncertain':
      return { kind: 'uncertain', since: from.since, attempt, problem: outcome.problem }
    case 'unresolved':
      return { kind: 'held', reason: outcome.reason, since: now }
    default:
      return assertNever(outcome)
  }
}

function refuse(
  attempt: number,
  outcome: Extract<SendOutcome, { kind: 'refused' }>,
  { now, retryAt }: Pick<Settling, 'now' | 'retryAt'>,
): Delivery {
  const detail = `ret ${outcome.ret}`
  if (outcome.isUnwritable) return { kind: 'dead', reason: 'unwritable', detail, at: now }
  if (attempt >= MAX_ATTEMPTS) return { kind: 'dead', reason: 'refused', detail, at: now }
  return { kind: 'retry', at: retryAt, attempt, problem: detail }
}

function illegal(from: Delivery, input: { readonly kind: string }): never {
  throw new InvariantError(`a step that is ${from.kind} cannot take ${input.kind}`)
}

/** What is known about a step of unknown outcome when it is looked at. */
export interface UncertainFacts {
  readonly policy: 'resend' | 'hold'
  readonly attempt: number
  /** Since the attempt began. Negative when the wall clock was set back across a restart. */
  readonly ageMs: number
  readonly isSameGeneration: boolean
}

/** Whether a send of unknown outcome is tried once more (same id, same login, young) or kept for a person. */
export function judgeUncertain({
  policy,
  attempt,
  ageMs,
  isSameGeneration,
}: UncertainFacts): 'resend' | 'hold' {
  const isYoung = Math.abs(ageMs) <= MAX_UNCERTAIN_AGE_MS
  return policy === 'resend' && attempt < MAX_ATTEMPTS && isYoung && isSameGeneration ? 'resend' : 'hold'
}

/**
 * True when the next attempt must not use the id of the last one: the server refused that one for certain, or it
 * belongs to another login. After an unknown outcome the id stays, so that a server that drops repeats can.
 */
export function needsNewId(outcome: SendOutcome): boolean {
  return outcome.kind === 'refused' || outcome.kind === 'throttled' || outcome.kind === 'session-gone'
}
