import chineseDays from 'chinese-days'
import type { LocalTime } from '../domain/local-time.ts'

/** One day of a holiday file: off, or a make-up work day. */
export interface HolidayEntry {
  /** `YYYY-MM-DD`. */
  readonly date: string
  readonly name: string
  readonly isOffDay: boolean
}

/** Which days people work, make-up work days included. */
export interface HolidayCalendar {
  isWorkday(day: LocalTime): boolean
  /** A day off that the holiday table names. */
  isHoliday(day: LocalTime): boolean
  /** For a trace. */
  describe(day: LocalTime): string
  /** The last date the table knows; later days are judged by the weekday alone. */
  readonly knownUntil: string
}

interface DayFact {
  readonly isOff: boolean
  readonly name: string
}

/** The mainland calendar shipped with the product, each day overridden by an operator's own entry for it. */
export function holidayCalendar(own: readonly HolidayEntry[] = []): HolidayCalendar {
  const overrides = new Map(own.map((entry) => [entry.date, { isOff: entry.isOffDay, name: entry.name }]))
  const ownUntil = own.reduce((latest, entry) => (entry.date > latest ? entry.date : latest), '')
  const knownUntil =
    [shippedUntil(), ownUntil === '' ? '' : `${ownUntil.slice(0, 4)}-12-31`].sort().at(-1) ?? ''
  const factOf = (day: LocalTime): DayFact | null => overrides.get(day.date) ?? shipped(day.date)
  return {
    knownUntil,
    isWorkday: (day) => !(factOf(day)?.isOff ?? day.weekday >= 6),
    isHoliday: (day) => factOf(day)?.isOff === true,
    describe(day) {
      const fact = factOf(day)
      if (fact !== null) return `${day.date} ${fact.name}${fact.isOff ? '（放假）' : '（调休上班）'}`
      return `${day.date} ${day.weekday >= 6 ? '周末' : '工作日'}`
    },
  }
}

/** Named days come as "English,中文,n"; ordinary days carry the weekday's name only. */
function shipped(date: string): DayFact | null {
  const detail = chineseDays.getDayDetail(date)
  const [, name] = detail.name.split(',')
  return name === undefined ? null : { isOff: !detail.work, name }
}

let cachedUntil: string | null = null

function shippedUntil(): string {
  cachedUntil ??= findShippedUntil()
  return cachedUntil
}

/** The package does not say how far its table reaches, so look for the last year with a National Day holiday. */
function findShippedUntil(): string {
  let year = 2024
  while (year < 2100 && shipped(`${year + 1}-10-01`) !== null) year++
  return `${year}-12-31`
}
