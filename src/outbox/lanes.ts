import type { ChatKey, Instant } from '../domain/ids.ts'
import type { Random } from '../support/random.ts'
import { MAX_UNCERTAIN_AGE_MS } from './delivery.ts'
import { typingMs } from './pacing.ts'
import type { Step, Typing } from './ports.ts'
import { LONGEST_PAUSE_MS } from './retry.ts'

/** The clocks at one moment. Everything in a lane is monotonic; the wall clock only dates what an earlier process left. */
export interface Moment {
  readonly wall: Instant
  readonly mono: number
}

/** One chat's queue, of which only the head is in memory. */
export interface Lane {
  readonly chat: ChatKey
  readonly step: Step
  /** When the head may go as far as its own delay and failures are concerned. */
  readonly dueAt: number
  /** When the head has waited too long; never for what may be out already. */
  readonly expiresAt: number
  /** When the attempt of unknown outcome began. */
  readonly uncertainSince: number
  /** When this chat was served last: the one that waited longest goes first. */
  readonly servedAt: number
}

export interface LaneOptions {
  readonly typing: Typing | null
  readonly random: Random
  /** How long an unknown outcome waits for an echo to settle it. */
  readonly resendAfterMs: number
}

const NEVER = Number.POSITIVE_INFINITY
/** A retry time read from disk is not trusted further than this: the wall clock may have been set. */
const LONGEST_RETRY_MS = 60_000

function fromNow(at: Instant, { wall, mono }: Moment, longestMs: number): number {
  return mono + Math.min(longestMs, Math.max(0, at - wall))
}

/** The lane of a head that was just read. `servedAt` is when the step before it ended, if this process saw it. */
export function laneOf(step: Step, moment: Moment, servedAt: number, options: LaneOptions): Lane {
  const { delivery } = step
  const isWaiting = delivery.kind === 'ready' || delivery.kind === 'retry'
  const uncertainSince =
    delivery.kind === 'uncertain' ? moment.mono - (moment.wall - delivery.since) : Number.NEGATIVE_INFINITY
  return {
    chat: step.chat,
    step,
    dueAt: dueAt(step, moment, servedAt, options),
    expiresAt: isWaiting ? moment.mono + (step.expiresAt - step.createdAt) - step.ageMs : NEVER,
    uncertainSince,
    servedAt,
  }
}

function dueAt(step: Step, moment: Moment, servedAt: number, options: LaneOptions): number {
  const { delivery } = step
  switch (delivery.kind) {
    case 'ready':
      return delivery.notBefore > step.createdAt
        ? fromNow(delivery.notBefore, moment, LONGEST_PAUSE_MS)
        : startOf(step, moment, servedAt) + delayMs(step, options)
    case 'retry':
      return fromNow(delivery.at, moment, LONGEST_RETRY_MS)
    case 'uncertain':
      return moment.mono + options.resendAfterMs
    default:
      return NEVER
  }
}

/** A delay counts from the end of the step before, and for a first step from its decision. */
function startOf({ previousEndedAt, ageMs }: Step, { wall, mono }: Moment, servedAt: number): number {
  const sincePrevious = previousEndedAt === null ? ageMs : Math.max(0, wall - previousEndedAt)
  return Math.max(servedAt, mono - sincePrevious)
}

function delayMs({ delay, effect }: Step, { typing, random }: LaneOptions): number {
  if (delay.kind === 'fixed') return delay.ms
  return delay.kind === 'human' ? typingMs(effect?.text ?? '', typing, random) : 0
}

/** When the runner must look at this lane even if nothing can be sent. */
export function attentionAt({ step, expiresAt, uncertainSince }: Lane): number {
  // One millisecond late rather than early: looking too early would settle nothing and look again at once.
  return 1 + (step.delivery.kind === 'uncertain' ? uncertainSince + MAX_UNCERTAIN_AGE_MS : expiresAt)
}

/** The next lane to serve and when: due lanes by who waited longest, then by age; else the one that is due first. */
export function pickLane(
  lanes: Iterable<Lane>,
  now: number,
  opensAt: (lane: Lane) => number,
): { readonly lane: Lane; readonly at: number } | null {
  let best: { lane: Lane; at: number } | null = null
  for (const lane of lanes) {
    const at = Math.max(now, opensAt(lane))
    if (at === NEVER) continue
    if (best === null || at < best.at || (at === best.at && isBefore(lane, best.lane))) best = { lane, at }
  }
  return best
}

function isBefore(a: Lane, b: Lane): boolean {
  return a.servedAt === b.servedAt ? a.step.runSeq < b.step.runSeq : a.servedAt < b.servedAt
}
