import { readMoment } from '../../rules/lower/tests.ts'
import { instantOf } from '../../rules/testing/scene.ts'
import { type Options, textOption, UsageError } from '../command.ts'

/** The instant that an option names as local date and time; null when it was not given. */
export function momentOption(options: Options, name: string, timezone: string): number | null {
  const text = textOption(options, name)
  if (text === null) return null
  const moment = readMoment(text)
  if (moment !== null) return instantOf(moment, timezone)
  throw new UsageError({
    zh: `时间要写成 2027-01-05 23:10: ${text}`,
    en: `a time looks like 2027-01-05 23:10: ${text}`,
  })
}
