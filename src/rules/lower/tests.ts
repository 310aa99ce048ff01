import { z } from 'zod'
import { actionCatalogue } from '../../actions/kinds/index.ts'
import type { Place } from '../../domain/diagnostic.ts'
import { plainRegex } from '../../engine/index/regex.ts'
import { EVENT_KINDS } from '../../engine/matchers/kind.ts'
import { parseDuration } from '../../support/duration.ts'
import { complain, type LoadContext } from '../context.ts'
import { saying } from '../issues.ts'
import { expectMap, knownKeys } from '../keys.ts'
import { type Entry, entry, get, itemsOf, type MapNode, type YamlNode } from '../node.ts'
import { durationSchema, readDate } from '../schema.ts'
import { placeAt } from '../source.ts'
import type { ExpectSpec, TestSpec, TurnSpec } from '../testing/spec.ts'
import { validate } from '../validate.ts'

const WHERE = { zh: '测试', en: 'a test' }
/** Keys of a test. */
export const TEST_KEYS = [
  'name',
  'at',
  'room',
  'from',
  'mention',
  'kind',
  'say',
  'expect',
  'wait',
  'talk',
  'table',
  'http',
] as const
/** The scene is the same in all turns. */
const TURN = {
  zh: 'talk 的一句（群、人、时间写在 talk 外面）',
  en: 'a turn of talk (its scene stands outside)',
}
const TURN_KEYS = ['say', 'wait', 'expect']

const instant = z
  .string()
  .refine(
    (text) => readMoment(text) !== null,
    saying('E406', '时间要写成 2027-01-01 23:30 这样', 'write times as 2027-01-01 23:30'),
  )
  .meta({ pattern: '^\\s*\\d{4}-\\d{1,2}-\\d{1,2}([ T]+\\d{1,2}:\\d{2})?\\s*$' })

/** The plain keys of a test. */
export const testSchema = z.strictObject({
  name: z.string().min(1).optional(),
  at: instant.optional(),
  room: z.string().min(1).optional(),
  from: z.string().min(1).optional(),
  mention: z.union([z.enum(['me', 'all', 'none']), z.boolean()]).optional(),
  kind: z.enum(EVENT_KINDS).optional(),
})

/** `false` would ask for nothing at all. */
const yes = z
  .boolean()
  .refine((written) => written, saying('E404', '这里只能写 true', 'only true makes sense here'))

/** The keys of `expect`. */
export const expectSchema = z.strictObject({
  text: z.string().min(1).optional(),
  exact: z.string().optional(),
  regex: z
    .string()
    .min(1)
    .refine(
      (text) => plainRegex(text) !== null,
      saying(
        'E412',
        '这个正则写错了，或者用了不支持的写法（向前向后看、反向引用）',
        'this regular expression is wrong, or uses look-around or back-references, which are not offered',
      ),
    )
    .optional(),
  rule: z.string().min(1).optional(),
  actions: z
    .union([z.enum([...actionCatalogue.keys()]), z.array(z.enum([...actionCatalogue.keys()]))])
    .optional(),
  nothing: yes.optional(),
  limited: yes.optional(),
})

/** What stands in for addresses: a body, or its parts. */
export const httpSchema = z.record(
  z.string().min(1),
  z.union([
    z.string(),
    z.strictObject({
      status: z.int().min(100).max(599).optional(),
      json: z.unknown().optional(),
      text: z.string().optional(),
      error: z.string().min(1).optional(),
    }),
  ]),
)

/** `2027-1-1 9:05` as `2027-01-01 09:05`; a date alone is noon. Null when it is neither. */
export function readMoment(text: string): string | null {
  const [day = '', clock = '12:00', extra] = text.trim().split(/[ T]+/)
  const date = readDate(day)
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})$/.exec(clock) ?? []
  if (date === null || extra !== undefined || hour === '' || Number(hour) > 23 || Number(minute) > 59)
    return null
  return `${date} ${hour.padStart(2, '0')}:${minute}`
}

/** The tests of a file, in order; a `table` becomes one test per line. */
export function lowerTests(node: YamlNode, context: LoadContext): TestSpec[] {
  return itemsOf(node).flatMap((item) => {
    const raw = expectMap(item, context, WHERE)
    return raw === null ? [] : lowerTest(knownKeys(raw, TEST_KEYS, context, WHERE), context)
  })
}

type Settings = Omit<TestSpec, 'name' | 'place' | 'turns'>

function lowerTest(map: MapNode, context: LoadContext): TestSpec[] {
  const plain = {
    ...map,
    entries: map.entries.filter((one) => Object.hasOwn(testSchema.shape, one.key)),
  }
  const keys = validate(plain, testSchema, context)
  if (keys === undefined) return []
  const settings: Settings = {
    at: keys.at === undefined ? null : readMoment(keys.at),
    room: keys.room ?? null,
    from: keys.from ?? null,
    mention: keys.mention === true ? 'me' : keys.mention === false ? 'none' : (keys.mention ?? 'none'),
    kind: keys.kind ?? 'text',
    ...standIns(map, context),
  }
  const place = placeOf(map)
  checkForms(map, context)
  const table = get(map, 'table')
  if (table !== undefined) return lowerTable(table, settings, context)
  const turns = turnsOf(map, context)
  const [first] = turns
  if (first === undefined) {
    complain(context, map.entries[0]?.keyAt ?? map.at, 'E403', {
      zh: '测试少了 say、talk 或 table',
      en: 'the test has no say, talk or table',
    })
    return []
  }
  return [{ ...settings, name: keys.name ?? (first.say || settings.kind), place, turns }]
}

/** A test is one message, a talk or a table; what stands beside the other two would be ignored. */
function checkForms(map: MapNode, context: LoadContext): void {
  const form = ['table', 'talk'].find((key) => entry(map, key) !== undefined)
  if (form === undefined) return
  for (const key of ['talk', ...TURN_KEYS].filter((one) => one !== form)) {
    const other = entry(map, key)
    if (other === undefined) continue
    complain(context, other.keyAt, 'E410', {
      zh: `写了 ${form} 的测试不能再写 ${key}；写进 ${form} 里，或另写一个测试`,
      en: `a test with ${form} takes no ${key}: put it into ${form}, or write another test`,
    })
  }
}

function standIns(map: MapNode, context: LoadContext): Pick<TestSpec, 'http'> {
  const node = get(map, 'http')
  const http = node && validate<z.output<typeof httpSchema>>(node, httpSchema, context)
  return http === undefined ? {} : { http: http as NonNullable<TestSpec['http']> }
}

function turnsOf(map: MapNode, context: LoadContext): TurnSpec[] {
  const talk = get(map, 'talk')
  // Somebody who joins, or sends a picture, says nothing.
  const isWordless = get(map, 'kind') !== undefined
  if (talk === undefined)
    return get(map, 'say') === undefined && !isWordless ? [] : [lowerTurn(map, context, isWordless)]
  return itemsOf(talk).flatMap((item) => {
    const raw = expectMap(item, context, WHERE)
    return raw === null ? [] : [lowerTurn(knownKeys(raw, TURN_KEYS, context, TURN), context)]
  })
}

function lowerTurn(map: MapNode, context: LoadContext, isWordless = false): TurnSpec {
  const say = get(map, 'say')
  const wait = get(map, 'wait')
  const expected = entry(map, 'expect')
  const waited = wait && validate(wait, durationSchema, context)
  return {
    say: say === undefined ? (isWordless ? '' : null) : sayText(say, context),
    waitMs: waited === undefined ? 0 : (parseDuration(waited) ?? 0),
    expect: expected === undefined ? null : lowerExpect(expected, context),
    place: placeOf(map),
  }
}

function sayText(node: YamlNode, context: LoadContext): string {
  return validate(node, z.string(), context) ?? ''
}

function lowerTable(table: YamlNode, settings: Settings, context: LoadContext): TestSpec[] {
  const map = expectMap(table, context, { zh: 'table', en: 'table' })
  return (map?.entries ?? []).flatMap((one) => {
    const place = placeAt(one.keyAt.source, one.keyAt.start)
    const expect = lowerExpect(one, context)
    return [{ ...settings, name: one.key, place, turns: [{ say: one.key, waitMs: 0, expect, place }] }]
  })
}

const EMPTY = {
  text: null,
  texts: null,
  exact: null,
  regex: null,
  rule: null,
  actions: null,
  nothing: false,
  limited: false,
}

function lowerExpect({ keyAt, value: node }: Entry, context: LoadContext): ExpectSpec {
  const place = placeOf(node)
  if (isVacuous(node, keyAt, context)) return { ...EMPTY, place }
  if (node.kind === 'scalar') return expectWord(node.text, place)
  if (node.kind === 'list') {
    return { ...EMPTY, texts: validate(node, z.array(z.string()).min(1), context) ?? [], place }
  }
  const keys = knownKeys(node, Object.keys(expectSchema.shape), context, { zh: 'expect', en: 'expect' })
  const written = validate(keys, expectSchema, context)
  return {
    ...EMPTY,
    text: written?.text ?? null,
    exact: written?.exact ?? null,
    regex: written?.regex ?? null,
    rule: written?.rule ?? null,
    actions: written?.actions === undefined ? null : [written.actions].flat(),
    nothing: written?.nothing ?? false,
    limited: written?.limited ?? false,
    place,
  }
}

/** `nothing` and `limited` are words of ours; any other text must be contained in the reply. */
function expectWord(text: string, place: Place): ExpectSpec {
  if (text === 'nothing' || text === '不回') return { ...EMPTY, nothing: true, place }
  if (text === 'limited') return { ...EMPTY, nothing: true, limited: true, place }
  return { ...EMPTY, text, place }
}

/** True (and reported) for an expectation that anything would meet. */
function isVacuous(node: YamlNode, keyAt: YamlNode['at'], context: LoadContext): boolean {
  const isEmpty =
    node.kind === 'map' ? node.entries.length === 0 : node.kind === 'scalar' && node.text.trim() === ''
  if (isEmpty) {
    const at = node.at.start === node.at.end ? keyAt : node.at
    complain(
      context,
      at,
      'E407',
      { zh: 'expect 是空的，什么都能通过', en: 'expect is empty: anything would do' },
      { hint: { zh: '不该回复就写 expect: nothing', en: 'for silence write expect: nothing' } },
    )
  }
  return isEmpty
}

function placeOf(node: YamlNode): Place {
  return placeAt(node.at.source, node.at.start)
}
