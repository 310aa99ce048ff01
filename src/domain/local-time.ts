import type { Instant } from './ids.ts'

/** An instant as a clock on the wall of one time zone shows it. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  /** Minutes since local midnight, as the clock shows them. */
  readonly minuteOfDay: number
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number
}

const WEEKDAYS: Readonly<Record<string, number>> = { Mon: 1, Tue: 2, Wed: 3, Thu: 4, Fri: 5, Sat: 6, Sun: 7 }
const MINUTE_MS = 60_000

interface Zone {
  readonly format: Intl.DateTimeFormat
  minute: number
  local: LocalTime | null
}

/** Formats are costly to make and an answer holds for a minute, so both are kept per zone. */
const zones = new Map<string, Zone>()

/** True when the runtime knows this IANA zone name. */
export function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

/** What the clock in `timezone` shows at `instant`. The zone must be known (see {@link isTimezone}). */
export function localTime(timezone: string, instant: Instant): LocalTime {
  let zone = zones.get(timezone)
  if (zone === undefined) {
    zone = { format: makeFormat(timezone), minute: Number.NaN, local: null }
    zones.set(timezone, zone)
  }
  const minute = Math.floor(instant / MINUTE_MS)
  if (zone.local !== null && zone.minute === minute) return zone.local
  zone.local = read(zone.format, minute * MINUTE_MS)
  zone.minute = minute
  return zone.local
}

function makeFormat(timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'gregory',
    hourCycle: 'h23',
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
}

function read(format: Intl.DateTimeFormat, instant: Instant): LocalTime {
  const parts: Record<string, string> = {}
  for (const part of format.formatToParts(instant)) parts[part.type] = part.value
  const [year, month, day] = [Number(parts.year), Number(parts.month), Number(parts.day)]
  const [hour, minute] = [Number(parts.hour), Number(parts.minute)]
  return {
    date: dateText(year, month, day),
    year,
    month,
    day,
    hour,
    minute,
    minuteOfDay: hour * 60 + minute,
    weekday: WEEKDAYS[parts.weekday ?? ''] ?? 1,
  }
}

function dateText(year: number, month: number, day: number): string {
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** The calendar date `days` after (or before) a `YYYY-MM-DD` date. */
export function addDays(date: string, days: number): string {
  const moved = new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000)
  return moved.toISOString().slice(0, 10)
}

/** True on the last day of its month. */
export function isLastOfMonth(local: LocalTime): boolean {
  return addDays(local.date, 1).slice(5, 7) !== local.date.slice(5, 7)
}

/**
 * The instant at which a clock in `timezone` shows `minuteOfDay` on `date` (`YYYY-MM-DD`). A time that is shown twice,
 * when clocks are put back, is the first of the two; one that is left out is the first minute behind the gap.
 */
export function instantAt(timezone: string, date: string, minuteOfDay: number): Instant {
  const wanted = Date.parse(`${date}T00:00:00Z`) + minuteOfDay * MINUTE_MS
  const near = wanted - offsetAt(timezone, wanted)
  const offsets = [offsetAt(timezone, near - HALF_DAY_MS), offsetAt(timezone, near + HALF_DAY_MS)]
  const [earliest, latest] = [wanted - Math.max(...offsets), wanted - Math.min(...offsets)]
  for (const instant of [earliest, latest]) if (shownAt(timezone, instant) === wanted) return instant
  let [before, behind] = [earliest, latest]
  while (behind - before > MINUTE_MS) {
    const middle = before + Math.floor((behind - before) / MINUTE_MS / 2) * MINUTE_MS
    if (shownAt(timezone, middle) < wanted) before = middle
    else behind = middle
  }
  return behind
}

const HALF_DAY_MS = 12 * 3_600_000

/** What the clock shows, as if it were UTC. */
function shownAt(timezone: string, instant: Instant): number {
  const { date, minuteOfDay } = localTime(timezone, instant)
  return Date.parse(`${date}T00:00:00Z`) + minuteOfDay * MINUTE_MS
}

function offsetAt(timezone: string, instant: Instant): number {
  return shownAt(timezone, instant) - Math.floor(instant / MINUTE_MS) * MINUTE_MS
}
