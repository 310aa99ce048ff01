import type { ScheduleFired } from '../domain/event.ts'
import { type AccountKey, type Instant, scheduleEventId } from '../domain/ids.ts'
import { readSchedulePhrase } from '../domain/schedule-phrase.ts'
import type { ScheduleSpec } from '../domain/spec.ts'
import { seededRandom } from '../support/random.ts'
import { Dues } from './dues.ts'
import type { TimerSource } from './timers.ts'

/** Which due times fired; survives restarts. */
export interface MarksPort {
  lastMark(account: AccountKey, schedule: string): Instant | null
  /** False when it was marked before. */
  mark(account: AccountKey, schedule: string, dueAt: Instant): boolean
}

/** A ring this much after its time is still in time; later ones count as missed. */
export const LATE_AFTER_MS = 60_000

interface Entry {
  readonly spec: ScheduleSpec
  readonly dues: Dues
  /** All due times up to here are dealt with; null until it was looked at for an account. */
  cursor: Instant | null
}

/**
 * Which schedules ring now. A ring becomes an event whose id holds the due minute, so ringing twice is harmless; of
 * several missed due times at most the last one rings, and only with `run_once`.
 */
export class Timetable implements TimerSource {
  readonly #marks: MarksPort
  #entries = new Map<string, Entry>()
  /** The account the cursors belong to; null before the first look, when marks of an earlier process count. */
  #account: AccountKey | null = null

  constructor(marks: MarksPort) {
    this.#marks = marks
  }

  /**
   * Takes over a new set, with the zone of those that name none. Schedules that stay by name go on where they were; new
   * ones begin now, so that what was due before they were written does not count as missed.
   */
  replace(specs: readonly ScheduleSpec[], timezone: string, now: Instant): void {
    const entries = specs.map((spec): [string, Entry] => {
      const dues = new Dues(cronsOf(spec), spec.timezone ?? timezone)
      const cursor = this.#entries.get(spec.name)?.cursor ?? (this.#account === null ? null : now)
      return [spec.name, { spec, dues, cursor }]
    })
    this.#entries = new Map(entries)
  }

  due(account: AccountKey, now: Instant): readonly ScheduleFired[] {
    this.#begin(account, now)
    return [...this.#entries.values()].flatMap((entry) => {
      const due = this.#pass(entry, now)
      if (due === null) return []
      const isLate = now - ringAt(entry.spec, due) > LATE_AFTER_MS
      return isLate && entry.spec.ifMissed === 'skip' ? [] : [eventOf(account, entry.spec, due, now, isLate)]
    })
  }

  nextAt(account: AccountKey, now: Instant): Instant | null {
    this.#begin(account, now)
    let next: Instant | null = null
    for (const { spec, dues, cursor } of this.#entries.values()) {
      const due = dues.nextAfter(cursor ?? now)
      const at = due === null ? null : ringAt(spec, due)
      if (at !== null && (next === null || at < next)) next = at
    }
    return next
  }

  /** The last due time that rings now, passed over together with all before it; null when none does. */
  #pass(entry: Entry, now: Instant): Instant | null {
    // After the clock was put back, what rang already keeps its event id and is dropped by the inbox.
    const from = Math.min(entry.cursor ?? now, now)
    let pending = now + 1
    let due = entry.dues.latestIn(from, now)
    while (due !== null && ringAt(entry.spec, due) > now) {
      pending = due
      due = entry.dues.latestIn(from, due - 1)
    }
    entry.cursor = due ?? pending - 1
    return due
  }

  /** Sets the cursors of an account: where its marks end, or here for schedules it never had. */
  #begin(account: AccountKey, now: Instant): void {
    const isOther = this.#account !== account
    this.#account = account
    for (const entry of this.#entries.values()) {
      if (entry.cursor !== null && !isOther) continue
      const last = this.#marks.lastMark(account, entry.spec.name)
      if (last === null) this.#marks.mark(account, entry.spec.name, now)
      entry.cursor = last ?? now
    }
  }
}

function cronsOf({ time }: ScheduleSpec): readonly string[] {
  return time.kind === 'cron' ? [time.line] : (readSchedulePhrase(time.phrase)?.crons ?? [])
}

/** The due time moved by its jitter, which is the same whenever it is asked for. */
function ringAt({ name, jitterMs }: ScheduleSpec, dueAt: Instant): Instant {
  if (jitterMs === 0) return dueAt
  return dueAt + Math.floor(seededRandom(`${name}|${dueAt}`).next() * (jitterMs + 1))
}

function eventOf(
  account: AccountKey,
  { name }: ScheduleSpec,
  dueAt: Instant,
  now: Instant,
  isLate: boolean,
): ScheduleFired {
  return {
    kind: 'schedule.fired',
    id: scheduleEventId(account, name, dueAt),
    account,
    at: dueAt,
    receivedAt: now,
    messageId: '',
    schedule: name,
    dueAt,
    isLate,
  }
}
