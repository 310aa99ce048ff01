import type { LocalTime } from './local-time.ts'

const WEEKDAYS = ['周一', '周二', '周三', '周四', '周五', '周六', '周日']

/** What stands behind the dot of `time.hour`, in templates and in `if`. */
export type TimeWord = 'hour' | 'minute' | 'date' | 'weekday' | 'period' | 'now'

/** A local time as templates show it. */
export function timeWords(local: LocalTime): Readonly<Record<TimeWord, string | number>> {
  const { hour, minute, date, weekday } = local
  return {
    hour,
    minute,
    date,
    weekday: WEEKDAYS[weekday - 1] ?? '',
    period: hour < 12 ? '早上' : hour < 18 ? '下午' : '晚上',
    now: `${twoDigits(hour)}:${twoDigits(minute)}`,
  }
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
