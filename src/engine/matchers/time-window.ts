import { z } from 'zod'
import type { Instant } from '../../domain/ids.ts'
import { addDays, isTimezone, type LocalTime, localTime } from '../../domain/local-time.ts'
import { didYouMean } from '../../domain/problem.ts'
import { readWeekdays } from '../../domain/weekdays.ts'
import type { HolidayCalendar } from '../holidays.ts'
import type { CompileContext } from './matcher.ts'

/** A set of instants that comes back daily or weekly. */
export interface TimeWindow {
  readonly shown: string
  readonly timezone: string
  contains(now: Instant): boolean
}

const written = z.string().min(1)
const spelledOut = z.strictObject({
  days: z
    .union([written, z.array(written).min(1)])
    .optional()
    .describe('周一、周五、工作日…… Days of the week.'),
  hours: z
    .union([written, z.array(written).min(1)])
    .optional()
    .describe('如 09:00-18:00。Hours.'),
  tz: written.optional().describe('时区，默认用设置里的。IANA time zone.'),
  except: z.enum(['holiday', 'workday', 'weekend']).optional().describe('除了这些日子。Except on such days.'),
})
const positive = z.union([written, spelledOut])

/** The value of `time` and of an entry under `times`. */
export const timeSchema = z
  .union([
    positive,
    z.array(positive).min(1),
    z.strictObject({ not: z.union([positive, z.array(positive).min(1)]) }),
  ])
  .describe(
    '时间段：名字、09:00-18:00、每个工作日 09:00-18:00、{days, hours, tz, except}、{not: …}。Time window.',
  )

/** Compiles a window, or several (any of them), or what is outside of them; null after reporting a problem. */
export function compileTime(value: unknown, context: CompileContext): TimeWindow | null {
  if (Array.isArray(value)) return anyOf(value.map((one) => compileTime(one, context)))
  if (typeof value === 'string') return compileText(value, context)
  const form = value as z.output<typeof spelledOut> & { not?: unknown }
  if (form.not !== undefined) {
    const inner = compileTime(form.not, context)
    return inner && { ...inner, shown: `不在 ${inner.shown}`, contains: (now) => !inner.contains(now) }
  }
  return compileForm(form, context)
}

function anyOf(windows: readonly (TimeWindow | null)[]): TimeWindow | null {
  const good = windows.filter((one) => one !== null)
  const [first] = good
  if (first === undefined || good.length !== windows.length) return null
  return {
    shown: good.map((one) => one.shown).join(' 或 '),
    timezone: first.timezone,
    contains: (now) => good.some((one) => one.contains(now)),
  }
}

const PHRASE =
  /^(?:(每天|每日|每个?工作日|工作日|每?个?周末|每?周[一二三四五六日天、,，至到\-~周]+)\s*)?(\d{1,2}[:：]\d{2}\s*[-~－—至到]\s*\d{1,2}[:：]\d{2})?$/

function compileText(text: string, context: CompileContext): TimeWindow | null {
  const named = context.window(text)
  if (named !== null) return named
  const phrase = PHRASE.exec(text.trim())
  if (phrase === null || (phrase[1] === undefined && phrase[2] === undefined)) {
    const looksLikeTime = /[\d:：]/.test(text)
    context.problem(looksLikeTime ? 'E220' : 'E204', looksLikeTime ? { text } : { name: text })
    return null
  }
  const days = phrase[1] === undefined ? undefined : [phrase[1]]
  return compileForm({ ...(days && { days }), ...(phrase[2] && { hours: phrase[2] }) }, context, text)
}

function compileForm(
  form: z.output<typeof spelledOut>,
  context: CompileContext,
  shown = describe(form),
): TimeWindow | null {
  const timezone = form.tz ?? context.timezone
  if (!isTimezone(timezone)) {
    context.problem(
      'E221',
      { name: timezone },
      didYouMean(timezone, ['Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Taipei']),
    )
    return null
  }
  const days = form.days === undefined ? null : compileDays([form.days].flat(), context)
  const hours = form.hours === undefined ? WHOLE_DAY : compileHours([form.hours].flat(), context)
  if (days === 'bad' || hours === null) return null
  const { holidays } = context
  const isDay = (day: LocalTime) =>
    (days === null || days.some((one) => one(day, holidays))) && !isExcepted(form.except, day, holidays)
  return { shown, timezone, contains: (now) => containsTime(localTime(timezone, now), hours, isDay) }
}

interface Hours {
  readonly from: number
  readonly to: number
}

const MINUTES_A_DAY = 24 * 60
const WHOLE_DAY: readonly Hours[] = [{ from: 0, to: MINUTES_A_DAY }]

/** A window over midnight belongs to the day on which it began. */
function containsTime(now: LocalTime, hours: readonly Hours[], isDay: (day: LocalTime) => boolean): boolean {
  const minute = now.minuteOfDay
  return hours.some(({ from, to }) => {
    if (from < to) return minute >= from && minute < to && isDay(now)
    return (minute >= from && isDay(now)) || (minute < to && isDay(dayBefore(now)))
  })
}

function dayBefore(day: LocalTime): LocalTime {
  const date = addDays(day.date, -1)
  const [year = 0, month = 1, dayOfMonth = 1] = date.split('-').map(Number)
  return { ...day, date, year, month, day: dayOfMonth, weekday: day.weekday === 1 ? 7 : day.weekday - 1 }
}

const HOURS = /^\s*(\d{1,2})[:：](\d{2})\s*[-~－—至到]\s*(\d{1,2})[:：](\d{2})\s*$/

/** Reads `9:00-18:00` as minutes of the day; null when it is no such range. `24:00` is allowed as an end. */
export function parseHours(text: string): Hours | null {
  const match = HOURS.exec(text)
  if (match === null) return null
  const [h1 = 0, m1 = 0, h2 = 0, m2 = 0] = match.slice(1).map(Number)
  const [from, to] = [h1 * 60 + m1, h2 * 60 + m2]
  const isGood = m1 < 60 && m2 < 60 && from < MINUTES_A_DAY && to <= MINUTES_A_DAY && from !== to
  return isGood ? { from, to } : null
}

function compileHours(texts: readonly string[], context: CompileContext): readonly Hours[] | null {
  const ranges: Hours[] = []
  for (const text of texts) {
    const range = parseHours(text)
    if (range === null) {
      context.problem('E220', { text })
      return null
    }
    ranges.push(range)
  }
  return ranges
}

type DayTest = (day: LocalTime, holidays: HolidayCalendar) => boolean

function compileDays(texts: readonly string[], context: CompileContext): readonly DayTest[] | 'bad' {
  const tests: DayTest[] = []
  for (const text of texts) {
    const test = parseDays(text.trim())
    if (test === null) {
      context.problem('E220', { text })
      return 'bad'
    }
    tests.push(test)
  }
  return tests
}

const ENGLISH = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

function parseDays(text: string): DayTest | null {
  const plain = text.replace(/^每个?/, '').toLowerCase()
  if (plain === '天' || plain === '日' || plain === 'everyday') return () => true
  if (plain === '工作日' || plain === 'workday') return (day, holidays) => holidays.isWorkday(day)
  if (plain === '节假日' || plain === 'holiday') return (day, holidays) => holidays.isHoliday(day)
  if (plain === '周末' || plain === 'weekend') return (day) => day.weekday >= 6
  const english = ENGLISH.indexOf(plain.slice(0, 3))
  if (english >= 0) return (day) => day.weekday === english + 1
  const weekdays = readWeekdays(plain)
  return weekdays === null ? null : (day) => weekdays.has(day.weekday)
}

function isExcepted(
  except: 'holiday' | 'workday' | 'weekend' | undefined,
  day: LocalTime,
  holidays: HolidayCalendar,
): boolean {
  if (except === 'holiday') return holidays.isHoliday(day)
  if (except === 'workday') return holidays.isWorkday(day)
  return except === 'weekend' && day.weekday >= 6
}

function describe(form: z.output<typeof spelledOut>): string {
  return [
    [form.days ?? []].flat().join('、'),
    [form.hours ?? []].flat().join('、'),
    form.except && `除 ${form.except}`,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join(' ')
}
