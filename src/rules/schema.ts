import { z } from 'zod'
import { DURATION_PATTERN, parseDuration } from '../support/duration.ts'
import { saying } from './issues.ts'

/** Any text; numbers are taken as they were typed. */
export const textSchema = z.string()

/** `10m`, `2h`, `1d`; a number without a unit is refused because nobody agrees on what it means. */
export const durationSchema = z
  .string()
  .refine(
    (text) => parseDuration(text) !== null,
    saying(
      'E405',
      '看不懂这个时长：要带单位，如 30s、10m、2h、7d',
      'not a duration: a unit is needed, such as 30s, 10m, 2h, 7d',
    ),
  )
  .meta({ pattern: DURATION_PATTERN })

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/

/** `2027-01-31`; the day must exist. */
const dateSchema = z
  .string()
  .refine(
    (text) => readDate(text) !== null,
    saying('E406', '日期要写成 2027-01-31 这样', 'write dates as 2027-01-31'),
  )
  .meta({ pattern: '^\\s*\\d{4}-\\d{1,2}-\\d{1,2}\\s*$' })

/** The date in the form `YYYY-MM-DD`; null when there is no such day. */
export function readDate(text: string): string | null {
  const [, year, month, day] = DATE.exec(text.trim()) ?? []
  if (year === undefined || month === undefined || day === undefined) return null
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const isReal = at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day)
  return isReal ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : null
}

/** 0 to 1, or a percentage. */
const chanceSchema = z
  .string()
  .refine(
    (text) => readChance(text) !== null,
    saying(
      'E409',
      '概率写 0 到 1 之间的数，或 30% 这样',
      'a chance is a number from 0 to 1, or a percentage',
    ),
  )
  .meta({ pattern: '^\\s*\\d*\\.?\\d+\\s*%?\\s*$', minimum: 0, maximum: 1 })

/** The chance from 0 to 1; null when it is none. */
export function readChance(text: string): number | null {
  const [, digits, percent] = /^\s*(\d*\.?\d+)\s*(%?)\s*$/.exec(text.normalize('NFKC')) ?? []
  if (digits === undefined) return null
  const chance = Number(digits) / (percent === '%' ? 100 : 1)
  return chance <= 1 ? chance : null
}

const scope = z.enum(['chat', 'contact', 'rule', 'global'])
const then = z.enum(['silent', 'next', 'reply'])

/** `cooldown: 10m` or the long form. */
const cooldownSchema = z.union([
  durationSchema,
  z.strictObject({
    per: scope.default('chat'),
    for: durationSchema,
    // biome-ignore lint/suspicious/noThenProperty: `then` is the operator's word; nothing awaits a schema.
    then: then.default('silent'),
    reply: textSchema.optional(),
  }),
])

/** One cap; `limit` takes one or a list. */
const limitSchema = z.strictObject({
  per: scope.default('chat'),
  max: z.int().min(1),
  in: durationSchema,
  // biome-ignore lint/suspicious/noThenProperty: as above.
  then: then.default('silent'),
  reply: textSchema.optional(),
})

const flag = z.boolean()

/** The keys of a rule that are plain values (their meanings are in key-texts.ts); `when`, `reply`, `do` and `on_error` are read by their own pieces. */
export const ruleSchema = z.strictObject({
  name: z.string().min(1).optional(),
  id: z
    .string()
    .refine(
      (id) => /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u.test(id),
      saying(
        'E412',
        'id 只能用文字、数字和 - _ .，最多 64 个',
        'an id has letters, digits, - _ . and at most 64 of them',
      ),
    )
    .optional(),
  priority: z.int().default(0),
  continue: flag.default(false),
  guard: flag.default(false),
  fallback: flag.default(false),
  cooldown: cooldownSchema.optional(),
  limit: z.union([limitSchema, z.array(limitSchema)]).optional(),
  chance: chanceSchema.optional(),
  enabled: flag.optional(),
  disabled: flag.optional(),
  from_date: dateSchema.optional(),
  until: dateSchema.optional(),
  mode: z.enum(['single', 'queue', 'restart']).default('single'),
  late: z.union([z.enum(['skip', 'answer']), durationSchema]).default('skip'),
  observe: flag.default(false),
  interrupts_flow: flag.default(false),
  ignore_quiet: flag.default(false),
  once: flag.default(false),
  note: z.string().optional(),
  tags: z.union([z.string(), z.array(z.string())]).optional(),
})

/** Plain keys of a rule, checked. */
export type RuleKeys = z.output<typeof ruleSchema>
