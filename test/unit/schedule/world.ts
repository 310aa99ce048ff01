import type { Event } from '../../../src/domain/event.ts'
import { type AccountKey, asId, type Instant } from '../../../src/domain/ids.ts'
import type { ScheduleSpec } from '../../../src/domain/spec.ts'
import { type MarksPort, Timetable } from '../../../src/schedule/schedule.ts'

export const ACCOUNT = asId<AccountKey>('acc')
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const SHANGHAI = 'Asia/Shanghai'

/** An instant by a clock in Shanghai, which never changes its offset. */
export function at(text: string): Instant {
  return Date.parse(`${text.replace(' ', 'T')}:00+08:00`)
}

export function schedule(time: string, more: Partial<ScheduleSpec> = {}): ScheduleSpec {
  const isCron = /^[\d*]/.test(time) && time.trim().split(/\s+/).length >= 5
  return {
    name: '早安',
    place: { file: 'rules/a.yml', line: 1, column: 1 },
    time: isCron ? { kind: 'cron', line: time } : { kind: 'at', phrase: time },
    timezone: null,
    to: 'owner',
    jitterMs: 0,
    when: null,
    ifMissed: 'skip',
    isEnabled: true,
    actions: [],
    ...more,
  }
}

/** What is remembered of rings: ids of accepted events and marked due times, as a store keeps them. */
export class Marks implements MarksPort {
  readonly accepted = new Set<string>()
  readonly #marks = new Map<string, Set<Instant>>()

  lastMark(_account: AccountKey, name: string): Instant | null {
    const all = this.#marks.get(name)
    return all === undefined ? null : Math.max(...all)
  }

  mark(_account: AccountKey, name: string, dueAt: Instant): boolean {
    const all = this.#marks.get(name) ?? new Set()
    this.#marks.set(name, all)
    const isNew = !all.has(dueAt)
    all.add(dueAt)
    return isNew
  }

  /** Takes events in like the inbox: each id once. Returns the new ones. */
  accept(events: readonly Event[]): readonly Event[] {
    const fresh = events.filter((event) => !this.accepted.has(event.id))
    for (const event of fresh) {
      this.accepted.add(event.id)
      if (event.kind === 'schedule.fired') this.mark(event.account, event.schedule, event.dueAt)
    }
    return fresh
  }
}

/** One process: a timetable over marks that outlive it. */
export class Process {
  readonly rings: { readonly at: Instant; readonly dueAt: Instant; readonly isLate: boolean }[] = []
  readonly timetable: Timetable
  readonly #marks: Marks

  constructor(specs: readonly ScheduleSpec[], now: Instant, marks = new Marks(), timezone = SHANGHAI) {
    this.#marks = marks
    this.timetable = new Timetable(marks)
    this.timetable.replace(specs, timezone, now)
  }

  /** Looks at the clock once. */
  look(now: Instant): void {
    for (const event of this.#marks.accept(this.timetable.due(ACCOUNT, now))) {
      if (event.kind !== 'schedule.fired') throw new TypeError(event.kind)
      this.rings.push({ at: now, dueAt: event.dueAt, isLate: event.isLate })
    }
  }

  /** Looks every `step` from one instant to another, both included. */
  run(from: Instant, to: Instant, step = 30_000): this {
    for (let now = from; now <= to; now += step) this.look(now)
    return this
  }

  get dues(): readonly Instant[] {
    return this.rings.map((ring) => ring.dueAt)
  }
}
