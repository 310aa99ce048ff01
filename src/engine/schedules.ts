import { readSchedulePhrase } from '../domain/schedule-phrase.ts'
import type { ConditionSpec, ScheduleSpec } from '../domain/spec.ts'
import type { CompileContext } from './matchers/matcher.ts'

/** Suggested when a zone is not known. */
export const COMMON_ZONES = ['Asia/Shanghai', 'Asia/Hong_Kong', 'Asia/Taipei', 'UTC']

/** What is wrong with a cron line, naming the field; null when it is good. */
export type CronCheck = (line: string) => string | null

/** What must hold when a schedule rings: its `when`, and the day that its phrase names. Null after reporting a problem. */
export function scheduleConditions(
  spec: ScheduleSpec,
  context: CompileContext,
  checkCron: CronCheck | undefined,
): readonly ConditionSpec[] | null {
  const { time, place } = spec
  const own = spec.when === null ? [] : [spec.when]
  if (time.kind === 'cron') {
    const detail = checkCron?.(time.line) ?? null
    if (detail !== null) context.problem('E241', { text: time.line, detail })
    return detail === null ? own : null
  }
  const phrase = readSchedulePhrase(time.phrase)
  if (phrase === null) {
    context.problem('E240', { text: time.phrase })
    return null
  }
  if (phrase.day === null) return own
  return [{ op: 'test', key: 'day', value: phrase.day, place, raw: false }, ...own]
}
