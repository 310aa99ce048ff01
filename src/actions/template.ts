import { fillPlaceholders, type Piece, splitPlaceholders } from '../domain/placeholder.ts'
import { didYouMean } from '../domain/problem.ts'
import type { createLiquid, LookupTables } from './template-liquid.ts'

/** Where a template gets its values. A path that is not known has no value. */
export interface Values {
  /** A text for the short path: `sender.name`, `match[1]`, `积分`. */
  text(path: string): string | null
  /** The value of a root name for the full language: a text, a number or a map of them. */
  root(name: string): unknown
}

/** What came of rendering; `problem` is a sentence for the log when nothing can be said. */
export type Rendered =
  | { readonly kind: 'text'; readonly text: string; readonly isCut: boolean }
  | { readonly kind: 'problem'; readonly problem: string }

/** A compiled template. Values are never read as templates. */
export interface Template {
  readonly source: string
  render(values: Values): Rendered
}

/** Longer output is cut. */
export const MAX_OUTPUT = 4000

/** One mistake in a template, at an offset of its source. */
export interface TemplateProblem {
  readonly code: 'E252' | 'E253' | 'E254'
  /** The name that is unknown, or what the parser says. */
  readonly detail: string
  readonly offset: number
  readonly hint?: { readonly zh: string; readonly en: string }
}

/** Which names a template may use. */
export interface KnownNames {
  has(name: string): boolean
  readonly all: Iterable<string>
  /** What may stand behind the dot of `sender.name`; null when that is not known beforehand. */
  members(name: string): ReadonlySet<string> | null
}

export type { LookupTables }

type Engine = ReturnType<typeof createLiquid>

let create: typeof createLiquid | null = null
/** One engine for each set of tables, so that rules being tried out do not change those that run. */
const engines = new WeakMap<LookupTables, Engine>()

/** For templates of a folder without tables. */
const NO_TABLES: LookupTables = { lookup: () => null }

/**
 * Loads the full template language, once; most rules never need it and it costs 72 ms of start. Templates beyond plain
 * `{{a.b}}` compile only afterwards.
 */
export async function prepareTemplates(): Promise<void> {
  create ??= (await import('./template-liquid.ts')).createLiquid
}

function engineFor(tables: LookupTables): Engine {
  if (create === null)
    throw new TypeError('prepareTemplates() must have resolved before this template is compiled')
  const engine = engines.get(tables) ?? create(tables)
  engines.set(tables, engine)
  return engine
}

/** True when the source needs {@link prepareTemplates}. */
export function needsFullLanguage(source: string): boolean {
  return (source.includes('{{') || source.includes('{%')) && splitPlaceholders(source) === null
}

/** Compiles a template and reports what is wrong with it; `template` is null exactly when there is a problem. */
export function compileTemplate(
  source: string,
  known: KnownNames,
  tables: LookupTables = NO_TABLES,
): { readonly template: Template | null; readonly problems: readonly TemplateProblem[] } {
  const pieces =
    source.includes('{{') || source.includes('{%') ? splitPlaceholders(source) : [textPiece(source)]
  if (pieces !== null) {
    const problems = pieces.flatMap((piece) =>
      piece.kind === 'value' ? unknownName(keysOf(piece.path), source, known) : [],
    )
    return { template: problems.length === 0 ? plainTemplate(source, pieces) : null, problems }
  }
  return compileFull(source, known, engineFor(tables))
}

/** The mistakes of a template, without keeping it. Loads the full language when it is needed. */
export async function checkTemplate(source: string, known: KnownNames): Promise<readonly TemplateProblem[]> {
  if (needsFullLanguage(source)) await prepareTemplates()
  return compileTemplate(source, known).problems
}

function textPiece(text: string): Piece {
  return { kind: 'text', text }
}

function plainTemplate(source: string, pieces: readonly Piece[]): Template {
  return { source, render: (values) => cut(fillPlaceholders(pieces, (path) => values.text(path))) }
}

function keysOf(path: string): readonly string[] {
  return path.split(/[.[\]]+/).filter((key) => key !== '')
}

/** What can be asked of any value in the full language. */
const ANY_MEMBER = new Set(['size', 'first', 'last'])

/** The mistake of a path that can never have a value: neither a known name, nor one of a known group. */
function unknownName(
  [root = '', member]: readonly (string | number)[],
  source: string,
  known: KnownNames,
): readonly TemplateProblem[] {
  const name = String(root)
  if (!known.has(name)) return [unknown(name, source, known.all)]
  const members = known.members(name)
  if (typeof member !== 'string' || members === null || members.has(member) || ANY_MEMBER.has(member))
    return []
  return [
    unknown(
      `${name}.${member}`,
      source,
      [...members].map((one) => `${name}.${one}`),
    ),
  ]
}

function unknown(name: string, source: string, candidates: Iterable<string>): TemplateProblem {
  const hint = didYouMean(name, candidates)
  const offset = Math.max(0, source.indexOf(name))
  return { code: 'E253', detail: name, offset, ...(hint === undefined ? {} : { hint }) }
}

/** The mistakes in the names of paths that are read outside of templates, as `if` does. */
export function unknownPaths(paths: readonly string[], known: KnownNames): readonly TemplateProblem[] {
  return paths.flatMap((path) => unknownName(keysOf(path), path, known))
}

function compileFull(
  source: string,
  known: KnownNames,
  engine: Engine,
): { readonly template: Template | null; readonly problems: readonly TemplateProblem[] } {
  try {
    const parsed = engine.parse(source)
    const roots = [...new Set(parsed.paths.map((path) => String(path[0])))]
    const problems = distinct(parsed.paths)
      .filter(([root]) => !parsed.defaulted.has(String(root)))
      .flatMap((path) => unknownName(path, source, known))
    if (problems.length > 0) return { template: null, problems }
    return { template: { source, render: (values) => renderFull(parsed, roots, values) }, problems }
  } catch (error) {
    return { template: null, problems: [parseProblem(source, error)] }
  }
}

type Path = readonly (string | number)[]

/** Each path once, as far as it is looked at. */
function distinct(paths: readonly Path[]): readonly Path[] {
  return [...new Map(paths.map((path) => [path.slice(0, 2).join('.'), path])).values()]
}

function renderFull(
  parsed: { render(values: object): string },
  roots: readonly string[],
  values: Values,
): Rendered {
  const scope: Record<string, unknown> = Object.create(null)
  for (const root of roots) scope[root] = values.root(root) ?? ''
  try {
    return cut(parsed.render(scope))
  } catch (error) {
    return { kind: 'problem', problem: error instanceof Error ? firstLine(error.message) : 'template failed' }
  }
}

function cut(text: string): Rendered {
  if (text.length <= MAX_OUTPUT) return { kind: 'text', text, isCut: false }
  // Never end in the middle of a pair.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(MAX_OUTPUT - 1)) ? MAX_OUTPUT - 1 : MAX_OUTPUT
  return { kind: 'text', text: text.slice(0, end), isCut: true }
}

const UNKNOWN_FILTER = /undefined filter: ([^,]+)/
const POSITION = /, line:(\d+), col:(\d+)/

function parseProblem(source: string, error: unknown): TemplateProblem {
  const message = error instanceof Error ? firstLine(error.message) : String(error)
  const position = POSITION.exec(message)
  const offset = position === null ? 0 : offsetAt(source, Number(position[1]), Number(position[2]))
  const filter = UNKNOWN_FILTER.exec(message)
  if (filter === null) return { code: 'E252', detail: inWords(message.replace(POSITION, '')), offset }
  const name = (filter[1] ?? '').trim()
  const hint = didYouMean(name, FILTER_NAMES)
  const at = source.indexOf(name, offset)
  return { code: 'E254', detail: name, offset: at < 0 ? offset : at, ...(hint === undefined ? {} : { hint }) }
}

/** What the parser says, for people. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^output .* not closed/s, '“{{”后面少了“}}” (no "}}" after "{{")'],
  [/^tag "(\w+)" not found/s, '没有“{% $1 %}”这个标签，可以用 if、unless、case、for、assign (no such tag)'],
  [/^tag \{%-?\s*(\w+).* not closed/s, '“{% $1 %}”后面少了“{% end$1 %}” ("{% end$1 %}" is missing)'],
  [/^tag .* not closed/s, '“{%”后面少了“%}” (no "%}" after "{%")'],
  [/^(?:unexpected token|invalid value expression:?|expected)\s*(.*)$/s, '看不懂“$1” (cannot read "$1")'],
]

function inWords(message: string): string {
  for (const [pattern, words] of WORDS) if (pattern.test(message)) return message.replace(pattern, words)
  return message
}

function offsetAt(source: string, line: number, column: number): number {
  const before = source.split('\n').slice(0, line - 1)
  return before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}

/** The filters that templates may use. */
export const FILTER_NAMES: readonly string[] =
  'default upcase downcase trim truncate replace split join first last size plus minus times divided_by round money date json pinyin_initial lookup required'.split(
    ' ',
  )
