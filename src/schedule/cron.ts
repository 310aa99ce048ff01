import { createTask, validateDetailed } from 'node-cron'

/** On which days and at which minutes of the day something is due, in whatever zone the days are read. */
export interface DayPattern {
  /** `YYYY-MM-DD`. */
  isOn(date: string): boolean
  /** Ascending, without repeats. */
  readonly minutes: readonly number[]
}

const FIELDS: Readonly<Record<string, string>> = {
  second: '“秒”这一段不对 ',
  minute: '“分”这一段不对 ',
  hour: '“时”这一段不对 ',
  dayOfMonth: '“日”这一段不对 ',
  month: '“月”这一段不对 ',
  dayOfWeek: '“星期”这一段不对 ',
}

/** What is wrong with a cron line, naming the field; null when it is good. */
export function cronProblem(line: string): string | null {
  const { valid, errors, fields } = validateDetailed(line)
  if (!valid)
    return errors.map(({ field, message }) => `${FIELDS[field] ?? ''}${field}: ${message}`).join('; ')
  const isOncePerMinute = fields?.second.length === 1 && fields.second[0] === 0
  return isOncePerMinute ? null : 'second: 不能按秒，去掉第一段 (leave the seconds out)'
}

/** Reads a good cron line. Throws `TypeError` for one that {@link cronProblem} refuses. */
export function readCron(line: string): DayPattern {
  const { fields } = validateDetailed(line)
  if (fields === undefined || cronProblem(line) !== null) throw new TypeError(`not a cron line: ${line}`)
  const [date, month, weekday] = line.trim().split(/\s+/).slice(-3)
  // The package judges days only, as days of UTC: zones, and clocks that are put forward or back, are ours to handle.
  const task = createTask(`0 0 0 ${date} ${month} ${weekday}`, () => {}, { timezone: 'UTC' })
  // Never started; taken out of the package's list of tasks, it still answers.
  void task.destroy()
  const minutes = fields.hour.flatMap((hour) => fields.minute.map((minute) => hour * 60 + minute))
  return {
    isOn: (day) => task.match(new Date(`${day}T00:00:00Z`)),
    minutes: [...new Set(minutes)].sort((a, b) => a - b),
  }
}
