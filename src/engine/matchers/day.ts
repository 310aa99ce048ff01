import { z } from 'zod'
import { isLastOfMonth, type LocalTime } from '../../domain/local-time.ts'
import type { HolidayCalendar } from '../holidays.ts'
import { defineMatcher, HELD } from './matcher.ts'

const TESTS: Readonly<Record<string, (day: LocalTime, holidays: HolidayCalendar) => boolean>> = {
  workday: (day, holidays) => holidays.isWorkday(day),
  holiday: (day, holidays) => holidays.isHoliday(day),
  weekend: (day, holidays) => day.weekday >= 6 && !holidays.isWorkday(day),
  last_of_month: (day) => isLastOfMonth(day),
}

const name = z.enum(['workday', 'holiday', 'weekend', 'last_of_month'])

/** `day`: the sort of day, by the holiday table with its make-up work days. */
export const day = defineMatcher({
  key: 'day',
  schema: z
    .union([name, z.array(name).min(1), z.strictObject({ not: z.union([name, z.array(name).min(1)]) })])
    .describe('workday 工作日（含调休）、holiday 法定假日、weekend 周末、last_of_month 月末。Sort of day.'),
  textual: false,
  compile(value, context) {
    const isNot = typeof value === 'object' && 'not' in value
    const wanted = [isNot ? value.not : value].flat()
    return {
      expected: `${isNot ? '不是 ' : ''}${wanted.join('、')}`,
      test(subject) {
        const today = subject.local(context.timezone)
        const isOne = wanted.some((one) => TESTS[one]?.(today, context.holidays))
        return isOne !== isNot ? HELD : null
      },
      actual: (subject) => context.holidays.describe(subject.local(context.timezone)),
    }
  },
})
