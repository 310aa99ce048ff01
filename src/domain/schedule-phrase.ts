import { readWeekdays } from './weekdays.ts'

/** A phrase such as `每个工作日 09:00`: one cron line per time of day, and the sort of day it is for when cron cannot say. */
export interface SchedulePhrase {
  readonly crons: readonly string[]
  /** To be judged by the holiday table, make-up work days included. */
  readonly day: 'workday' | 'holiday' | null
}

const TIME = String.raw`\d{1,2}[:：]\d{2}`
const PHRASE = new RegExp(String.raw`^(?:(\S+)\s+)?(${TIME}(?:\s*[、,，和]\s*${TIME})*)$`)
const EVERY = /^每个?/

/** Reads the phrase of a schedule; null when it is none. Days: see {@link readDays}; `每小时` needs no time. */
export function readSchedulePhrase(text: string): SchedulePhrase | null {
  const plain = text.trim()
  if (plain === '每小时' || plain === '每个小时') return { crons: ['0 * * * *'], day: null }
  const phrase = PHRASE.exec(plain)
  const days = phrase === null ? null : readDays(phrase[1] ?? '每天')
  const times = (phrase?.[2] ?? '').split(/[、,，和]/).map(readTime)
  const good = times.filter((one) => one !== null)
  if (days === null || good.length !== times.length) return null
  return {
    crons: good.map(({ hour, minute }) => `${minute} ${hour} ${days.dates} * ${days.weekdays}`),
    day: days.day,
  }
}

interface Days {
  /** The cron fields day of month and day of week. */
  readonly dates: string
  readonly weekdays: string
  readonly day: SchedulePhrase['day']
}

const ANY: Days = { dates: '*', weekdays: '*', day: null }

/** 每天, 工作日, 节假日, 周末, 周一, 周一、三、五, 周一至周五, 每月1号, 每月最后一天; 每 in front is a matter of taste. */
function readDays(text: string): Days | null {
  const monthly = /^每月(?:(\d{1,2})[号日]|最后一天)$/.exec(text)
  if (monthly !== null) {
    const date = monthly[1] === undefined ? 'L' : String(Number(monthly[1]))
    return date === '0' || Number(date) > 31 ? null : { ...ANY, dates: date }
  }
  const plain = text.replace(EVERY, '')
  switch (plain) {
    case '天':
    case '日':
      return ANY
    case '工作日':
      return { ...ANY, day: 'workday' }
    case '节假日':
      return { ...ANY, day: 'holiday' }
    case '周末':
      return { ...ANY, weekdays: '6,7' }
  }
  const weekdays = readWeekdays(plain)
  return weekdays === null ? null : { ...ANY, weekdays: [...weekdays].sort((a, b) => a - b).join(',') }
}

function readTime(text: string): { readonly hour: number; readonly minute: number } | null {
  const [hour = Number.NaN, minute = Number.NaN] = text.trim().split(/[:：]/).map(Number)
  return hour < 24 && minute < 60 ? { hour, minute } : null
}
