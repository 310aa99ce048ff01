import { z } from 'zod'
import { parseDuration } from '../support/duration.ts'
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

const DATE = /^(\d{4})-(\d{1,2})-(\d{1,2})$/

/** `2027-01-31`; the day must exist. */
const dateSchema = z
  .string()
  .refine(
    (text) => readDate(text) !== null,
    saying('E406', '日期要写成 2027-01-31 这样', 'write dates as 2027-01-31'),
  )

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

/** The chance from 0 to 1; null when it is none. */
export function readChance(text: string): number | null {
  const [, digits, percent] = /^\s*(\d*\.?\d+)\s*(%?)\s*$/.exec(text) ?? []
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

/** The keys of a rule that are plain values; `when`, `reply`, `do` and `on_error` are read by their own pieces. */
export const ruleSchema = z.strictObject({
  name: z.string().min(1).optional().describe('名称，显示在日志里。Shown in logs.'),
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
    .optional()
    .describe('固定编号，改名时冷却和计数不丢。Stable key for counters.'),
  priority: z.int().default(0).describe('优先级，大的在前。Higher first.'),
  continue: flag.default(false).describe('回复后继续看后面的规则。Keep looking at lower rules.'),
  guard: flag.default(false).describe('最先判断，用来拦截。Evaluated before everything.'),
  fallback: flag.default(false).describe('别的都没命中时才用。Only when nothing else matched.'),
  cooldown: cooldownSchema.optional().describe('冷却。Cooldown.'),
  limit: z
    .union([limitSchema, z.array(limitSchema)])
    .optional()
    .describe('次数限制。Caps per window.'),
  chance: chanceSchema.optional().describe('概率：0.3 或 30%。Probability.'),
  enabled: flag.optional(),
  disabled: flag.optional(),
  from_date: dateSchema.optional().describe('从哪天起有效。First day.'),
  until: dateSchema.optional().describe('到哪天为止（含当天）。Last day, included.'),
  mode: z.enum(['single', 'queue', 'restart']).default('single'),
  late: z.union([z.enum(['skip', 'answer']), durationSchema]).default('skip'),
  observe: flag.default(false).describe('只记录，不发送。Decide and count, send nothing.'),
  interrupts_flow: flag.default(false),
  ignore_quiet: flag.default(false),
  once: flag.default(false),
  note: z.string().optional(),
  tags: z.union([z.string(), z.array(z.string())]).optional(),
})

/** Plain keys of a rule, checked. */
export type RuleKeys = z.output<typeof ruleSchema>
