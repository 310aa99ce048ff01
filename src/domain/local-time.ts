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
