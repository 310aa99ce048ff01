import { type Context, defaultOperators, Liquid, type Operators } from 'liquidjs'
import { type Comparator, compareLoosely } from '../domain/comparison.ts'

/** Tags that cannot reach a file or another template. */
const TAGS = new Set(['if', 'unless', 'case', 'for', 'assign', 'comment', 'raw', 'break', 'continue'])
/** Built-in filters that rules may use; the rest of ours is below. */
const FILTERS = new Set([
  'default',
  'upcase',
  'downcase',
  'truncate',
  'replace',
  'split',
  'join',
  'first',
  'last',
  'size',
  'plus',
  'minus',
  'times',
  'divided_by',
  'round',
  'date',
  'json',
])

const PARSE_LIMIT = 20_000
/** Steps of one rendering; a bomb of nested loops ends in well under 100 ms. */
const RENDER_LIMIT_MS = 50
const MEMORY_LIMIT = 200_000

/** What a template may look up while it renders, besides its variables. */
export interface LookupTables {
  /** The reply of a table for a keyword; null when there is none. */
  lookup(table: string, key: string): string | null
}

/** Marks a value that a template declared as required and that was not there. */
export class MissingValue extends Error {}

/** One parsed template. */
export interface LiquidTemplate {
  render(values: object): string
  /** Paths of the variables it reads, each as its keys: `['sender', 'name']`. */
  readonly paths: readonly (readonly (string | number)[])[]
  /** Roots read only under `| default`, which may be unknown. */
  readonly defaulted: ReadonlySet<string>
}

type Compare = (left: unknown, right: unknown, context: Context) => ReturnType<Operators[string]>

/** Remembered values and captures are texts, and `{% if 积分 == 10 %}` is meant as people read it: as in `if:`. */
const LOOSE: Operators = Object.fromEntries(
  (['==', '!=', '<', '<=', '>', '>='] as const).map((operator: Comparator) => {
    const ordinary = defaultOperators[operator] as Compare
    const loose: Compare = (left, right, context) =>
      isPlain(left) && isPlain(right)
        ? compareLoosely(operator, String(left ?? ''), String(right ?? ''))
        : ordinary(left, right, context)
    return [operator, loose]
  }),
)

function isPlain(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)
}

/** The locked-down engine. */
export function createLiquid(tables: LookupTables): { parse(source: string): LiquidTemplate } {
  const engine = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    lenientIf: true,
    // A missing value is an empty text, which has to count as "no" in `{% if 城市 %}`.
    jsTruthy: true,
    operators: { ...defaultOperators, ...LOOSE },
    parseLimit: PARSE_LIMIT,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
    templates: {},
    dynamicPartials: false,
  })
  for (const name of Object.keys(engine.tags)) if (!TAGS.has(name)) delete engine.tags[name]
  for (const name of Object.keys(engine.filters)) if (!FILTERS.has(name)) delete engine.filters[name]
  registerFilters(engine, tables)
  return {
    parse(source) {
      const nodes = engine.parse(source)
      return {
        render: (values) => String(engine.renderSync(nodes, values)),
        paths: engine.globalVariableSegmentsSync(nodes) as (string | number)[][],
        defaulted: defaultedRoots(source),
      }
    },
  }
}

const MATH = ['plus', 'minus', 'times', 'divided_by', 'round'] as const

function registerFilters(engine: Liquid, tables: LookupTables): void {
  for (const name of MATH) {
    const original = engine.filters[name]
    if (typeof original !== 'function') continue
    // Captures keep the customer's own characters, and those may be full-width digits.
    engine.registerFilter(name, function (value: unknown, ...rest: unknown[]) {
      return original.call(this, typeof value === 'string' ? value.normalize('NFKC') : value, ...rest)
    })
  }
  // 0 is a value.
  engine.registerFilter('default', (value: unknown, otherwise: unknown) =>
    value === undefined || value === null || value === '' || value === false ? otherwise : value,
  )
  engine.registerFilter('trim', (value: unknown) => String(value ?? '').trim())
  engine.registerFilter('money', (value: unknown) => {
    const amount = Number(value)
    return Number.isFinite(amount) ? amount.toFixed(2) : String(value ?? '')
  })
  engine.registerFilter('pinyin_initial', (value: unknown) => pinyinInitial(String(value ?? '')))
  engine.registerFilter(
    'lookup',
    (value: unknown, table: unknown) => tables.lookup(String(table), String(value ?? '').trim()) ?? '',
  )
  engine.registerFilter('required', (value: unknown) => {
    if (value === undefined || value === null || value === '')
      throw new MissingValue('a required value is missing')
    return value
  })
}

const DEFAULTED = /\{\{-?\s*([\p{L}\p{N}_-]+)[^|}]*\|\s*default\s*:/gu

function defaultedRoots(source: string): ReadonlySet<string> {
  return new Set([...source.matchAll(DEFAULTED)].map((match) => match[1] ?? ''))
}

/** The first syllables in the order of the Chinese collation, one for each initial letter that begins a syllable. */
const FIRST_OF_LETTER = '阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥仨他哇夕丫帀'
const LETTERS = 'ABCDEFGHJKLMNOPQRSTWXYZ'
const collator = new Intl.Collator('zh-Hans-CN-u-co-pinyin')

/** The capital letter with which the first character is pronounced; the character itself when it is not Chinese. */
function pinyinInitial(text: string): string {
  const [character = ''] = text
  if (!/\p{Script=Han}/u.test(character)) return character.toUpperCase()
  let letter = '#'
  for (let i = 0; i < LETTERS.length; i++) {
    if (collator.compare(character, FIRST_OF_LETTER.charAt(i)) < 0) break
    letter = LETTERS.charAt(i)
  }
  return letter
}
