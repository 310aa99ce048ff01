import { z } from 'zod'
import type { Place } from '../../domain/diagnostic.ts'
import type { ScheduleSpec } from '../../domain/spec.ts'
import { parseDuration } from '../../support/duration.ts'
import { complain, type LoadContext } from '../context.ts'
import { saying } from '../issues.ts'
import { expectMap, knownKeys } from '../keys.ts'
import { entry, get, type MapNode, type YamlNode } from '../node.ts'
import { durationSchema } from '../schema.ts'
import { placeAt } from '../source.ts'
import { validate } from '../validate.ts'
import { lowerConsequence } from './actions.ts'
import { lowerWhen } from './condition.ts'

const WHERE = { zh: '定时任务（schedules 的一项）', en: 'a schedule' }
/** Keys of a schedule. */
export const SCHEDULE_KEYS = [
  'name',
  'at',
  'cron',
  'tz',
  'to',
  'jitter',
  'when',
  'do',
  'reply',
  'if_missed',
  'enabled',
  'disabled',
] as const

const CRON = /^\s*(\S+\s+){4,5}\S+\s*$/

const name = z.string().min(1)
const target = z.union([
  name,
  z.strictObject({ room: name }),
  z.strictObject({ remark: name }),
  z.strictObject({ alias: name }),
  z.strictObject({ nick: name }),
])

/** The plain keys of a schedule. */
export const scheduleSchema = z.strictObject({
  name: name.optional(),
  at: name.optional(),
  cron: z
    .string()
    .refine(
      (line) => CRON.test(line),
      saying(
        'E412',
        'cron 要写五段，中间空格：分 时 日 月 星期，如 "0 9 * * 1-5"',
        'cron takes five fields: minute hour day month weekday, such as "0 9 * * 1-5"',
      ),
    )
    .meta({ pattern: CRON.source })
    .optional(),
  tz: name.optional(),
  to: z.union([target, z.array(target).min(1)]),
  jitter: durationSchema.optional(),
  if_missed: z.enum(['skip', 'run_once']).default('skip'),
  enabled: z.boolean().optional(),
  disabled: z.boolean().optional(),
})

/** The long form of one schedule; null after reporting. */
export function lowerSchedule(node: YamlNode, index: number, context: LoadContext): ScheduleSpec | null {
  const raw = expectMap(node, context, WHERE)
  const map = raw && knownKeys(raw, SCHEDULE_KEYS, context, WHERE)
  if (map === null) return null
  const plain = { ...map, entries: map.entries.filter((one) => !['when', 'do', 'reply'].includes(one.key)) }
  const keys = validate(plain, scheduleSchema, context)
  const actions = actionsOf(map, context)
  const when = get(map, 'when')
  const condition = when === undefined ? null : lowerWhen(when, context)
  if (keys === undefined || actions === undefined || condition === undefined) return null
  const time = timeOf(map, keys.at, keys.cron, context)
  return (
    time && {
      name: keys.name ?? `#${index + 1}`,
      place: placeAt(map.at.source, map.at.start),
      time,
      places: {
        time: placeOf(get(map, 'at') ?? get(map, 'cron') ?? map),
        timezone: placeOf(get(map, 'tz') ?? map),
      },
      timezone: keys.tz ?? null,
      to: keys.to,
      jitterMs: keys.jitter === undefined ? 0 : (parseDuration(keys.jitter) ?? 0),
      when: condition,
      ifMissed: keys.if_missed,
      isEnabled: keys.enabled ?? !(keys.disabled ?? false),
      actions,
    }
  )
}

function timeOf(
  map: MapNode,
  at: string | undefined,
  cron: string | undefined,
  context: LoadContext,
): ScheduleSpec['time'] | null {
  if (at !== undefined && cron === undefined) return { kind: 'at', phrase: at }
  if (cron !== undefined && at === undefined) return { kind: 'cron', line: cron }
  complain(context, entry(map, 'cron')?.keyAt ?? map.at, at === undefined ? 'E403' : 'E410', {
    zh: '定时任务要写 at 或 cron，而且只写一个',
    en: 'a schedule needs either at or cron',
  })
  return null
}

function actionsOf(map: MapNode, context: LoadContext) {
  const node = get(map, 'do') ?? get(map, 'reply')
  if (node !== undefined) return lowerConsequence(node, context)
  complain(context, map.entries[0]?.keyAt ?? map.at, 'E403', {
    zh: '定时任务少了 do（要做什么）',
    en: 'the schedule has no do',
  })
  return undefined
}

function placeOf({ at }: YamlNode): Place {
  return placeAt(at.source, at.start)
}
