/**
 * THE PAGE TO READ FIRST: how one message becomes a reply.
 *
 *   accept   events and cursor of a batch in one transaction; only then may the next poll start
 *   decide   a pure question: which rule acts, or why not
 *   plan     the decision as durable steps and state changes, also pure
 *   commit   event handled + run + state in one transaction; the outbox delivers from there
 *
 * A crash between any two is repaired by starting again: an event without a committed decision is decided again. For that
 * reason only accepting waits for the disk; a decision is flushed with the next batch or before its first byte is sent.
 */
import type { PlanNote } from '../actions/planner.ts'
import type { Decision } from '../domain/decision.ts'
import type { Event, SyncBatch } from '../domain/event.ts'
import type { AccountKey, Instant } from '../domain/ids.ts'
import type { Mask } from '../domain/mask.ts'
import type { FactWrite, Run } from '../domain/run.ts'
import type { Pile } from '../engine/merge.ts'
import { nextSlice } from '../events/feed.ts'
import { accept, acceptEvents } from '../events/inbox.ts'
import type { DecisionCommit, Store } from '../store/store.ts'
import { nextTurn } from '../support/clock.ts'
import { maskedEvent, maskedTrace } from './masking.ts'
import type { Merging } from './merging.ts'

/** What decides and plans; the running rules behind one narrow opening, so that a reload is one assignment. */
export interface Judge {
  /** Pure for its arguments: the same event and facts give the same verdict. */
  judge(event: Event, facts: ReturnType<Store['facts']>, now: Instant): Verdict
  /** The verdict about a text that is decided together with a later one. */
  absorb(event: Event, facts: ReturnType<Store['facts']>, now: Instant): Verdict
}

/** What one event leads to. `decision` is null for events that are kept for the record only. */
export interface Verdict {
  readonly decision: Decision | null
  readonly runs: readonly Run[]
  readonly writes: readonly FactWrite[]
  /** What actions want to have logged, and what of a rule could not be carried out. */
  readonly notes: readonly PlanNote[]
  /** The message is our own reply coming back from the server. */
  readonly isEcho: boolean
}

export interface PipelinePorts {
  readonly store: Store
  readonly judge: Judge
  /** Set when texts that come close together are decided as one. */
  readonly merging: Merging | null
  /** Hides numbers of people in what is kept of an event that was decided. */
  readonly mask: Mask
  now(): Instant
  /** Told after the commit, for log lines and counters. */
  onDecided(event: Event, verdict: Verdict): void
  /** An event that could not be decided because our own code failed; it is marked handled so that it cannot block the rest. */
  onPoison(event: Event, problem: unknown): void
  /** There may be something to send. */
  wakeOutbox(): void
}

const NOTHING: Verdict = { decision: null, runs: [], writes: [], notes: [], isEcho: false }

/** Takes a batch in: when this returns nothing of it can be lost. Returns how many events were new and known. */
export function acceptBatch(batch: SyncBatch, store: Store): { fresh: number; duplicates: number } {
  const { accepted, duplicates } = accept(batch, {
    transaction: (work) => store.transaction(work),
    insert: (event) => store.inbox.insert(event),
    saveCursor: (cursor) => store.inbox.saveCursor(cursor),
  })
  return { fresh: accepted.length, duplicates }
}

/** Takes in events of the clock; a schedule's due time is marked in the same transaction. Returns how many were new. */
export function acceptTimed(events: readonly Event[], store: Store): number {
  return store.transaction(() => {
    const fresh = acceptEvents(events, {
      transaction: (work) => store.transaction(work),
      insert: (event) => store.inbox.insert(event),
    })
    for (const event of fresh) {
      if (event.kind === 'schedule.fired') store.schedules.mark(event.account, event.schedule, event.dueAt)
    }
    return fresh.length
  })
}

/** Decides everything that waits, slice by slice, each slice in one (deferred) transaction. Stops between slices when aborted. */
export async function decideWaiting(
  account: AccountKey,
  ports: PipelinePorts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const slice = nextPiles(account, ports)
    if (slice.length === 0) return
    const decided = ports.store.deferred(() => slice.flatMap((pile) => decidePile(pile, ports)))
    for (const { event, verdict } of decided) ports.onDecided(event, verdict)
    ports.wakeOutbox()
    await nextTurn()
  }
}

function nextPiles(account: AccountKey, { merging, store, now }: PipelinePorts): readonly Pile[] {
  if (merging !== null) return merging.next(account, store, now())
  return nextSlice(account, store.inbox).map((event) => ({ event, absorbed: [] }))
}

interface Decided {
  readonly event: Event
  readonly verdict: Verdict
}

function decidePile({ event, absorbed }: Pile, ports: PipelinePorts): Decided[] {
  return [...absorbed.map((one) => decideOne(one, 'absorb', ports)), decideOne(event, 'judge', ports)]
}

function decideOne(event: Event, how: 'judge' | 'absorb', ports: PipelinePorts): Decided {
  const verdict = judgeSafely(event, how, ports)
  ports.store.decisions.commit(toCommit(event, verdict, ports.mask))
  return { event, verdict }
}

function judgeSafely(event: Event, how: 'judge' | 'absorb', ports: PipelinePorts): Verdict {
  try {
    return ports.judge[how](event, ports.store.facts(event.account), ports.now())
  } catch (problem) {
    ports.onPoison(event, problem)
    return NOTHING
  }
}

function toCommit(event: Event, verdict: Verdict, mask: Mask): DecisionCommit {
  const { decision, runs, writes, isEcho } = verdict
  return {
    event,
    kept: maskedEvent(event, mask),
    decision: {
      kind: decision?.kind ?? 'none',
      reason: decision?.kind === 'suppressed' ? decision.reason : null,
      rule: ruleOf(decision),
    },
    trace: decision === null ? null : maskedTrace(decision.trace, event, mask),
    runs,
    writes,
    isEcho,
  }
}

function ruleOf(decision: Decision | null) {
  if (decision?.kind === 'act') return decision.acts[0]?.rule ?? null
  return decision?.kind === 'suppressed' ? decision.rule : null
}
