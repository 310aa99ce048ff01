import { BUILTIN_RULES } from '../domain/builtin.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import type { RuleReader } from '../domain/packed-rules.ts'
import type { CooldownSpec, LimitSpec, RuleSpec, RulesetSpec } from '../domain/spec.ts'
import { BookCompiler } from './book-compiler.ts'
import type { CompiledAction } from './kinds/action.ts'
import type { Recipient } from './kinds/recipient.ts'
import { type LookupTables, needsFullLanguage, prepareTemplates, type Template } from './template.ts'

/** One rule as planning needs it. */
export interface BookRule {
  readonly name: string
  readonly actions: readonly CompiledAction[]
  readonly cooldown: CooldownSpec | null
  readonly limits: readonly LimitSpec[]
  readonly isOnce: boolean
  readonly mode: RuleSpec['mode']
  /** Done when one of the actions cannot be carried out; empty: it is passed over. */
  readonly onError: readonly CompiledAction[]
  /** What each refusing reply says, by its source text. */
  readonly refusals: ReadonlyMap<string, Template>
}

export interface BookStep {
  readonly id: string
  readonly ask: Template | undefined
  readonly retry: Template | undefined
  readonly onGiveUp: readonly CompiledAction[]
}

/** One flow as planning needs it. */
export interface BookFlow {
  readonly timeoutMs: number
  readonly steps: readonly BookStep[]
  readonly onCancel: readonly CompiledAction[] | null
  readonly onTimeout: readonly CompiledAction[]
  readonly done: readonly CompiledAction[]
}

/** One schedule as planning needs it. */
export interface BookSchedule {
  readonly name: string
  readonly to: readonly Recipient[]
  readonly actions: readonly CompiledAction[]
}

/** All actions of a rules folder, compiled. */
export interface ActionBook {
  readonly version: string
  readonly rules: Pick<ReadonlyMap<string, BookRule>, 'get'>
  readonly flows: ReadonlyMap<string, BookFlow>
  /** Flows of versions that ran before in this process, by version; see `keepFlowWords`. */
  readonly earlierFlows: ReadonlyMap<string, ReadonlyMap<string, BookFlow>>
  readonly schedules: ReadonlyMap<string, BookSchedule>
  readonly vars: ReadonlyMap<string, string | number | boolean>
}

/** Compiles every action and template. All mistakes come together; what is wrong is left out of the book. */
export async function compileActions(
  spec: RulesetSpec,
  options: { readonly tables?: LookupTables } = {},
): Promise<{ readonly book: ActionBook; readonly problems: readonly Diagnostic[] }> {
  if (holdsFullTemplate(spec)) await prepareTemplates()
  const compiler = new BookCompiler(spec, options.tables)
  return { book: compiler.compile(), problems: compiler.problems }
}

/** What {@link openActions} is given besides the folder without its rules. */
export interface OpenOptions {
  readonly reader: RuleReader
  readonly tables: LookupTables
  /** See {@link holdsFullTemplate}. */
  readonly needsFullLanguage: boolean
}

/**
 * The book of a folder whose rules are packed text: the actions of a rule are compiled when it first acts. The whole
 * folder was compiled before, so names are not looked up again and nothing is found wrong.
 */
export async function openActions(head: RulesetSpec, options: OpenOptions): Promise<ActionBook> {
  if (options.needsFullLanguage) await prepareTemplates()
  const compiler = new BookCompiler(head, options.tables, true)
  const book = compiler.compile()
  return { ...book, rules: lazyRules(book.rules, options.reader, compiler) }
}

function lazyRules(
  apart: ActionBook['rules'],
  reader: RuleReader,
  compiler: BookCompiler,
): ActionBook['rules'] {
  const builtin: ReadonlySet<string> = new Set(Object.values(BUILTIN_RULES))
  const kept = new Map<string, BookRule>()
  return {
    get(id) {
      const known = apart.get(id) ?? kept.get(id)
      if (known !== undefined || builtin.has(id)) return known
      const spec = reader.at(reader.numberOf(id))
      const rule = spec && compiler.rule(spec)
      if (kept.size >= MAX_KEPT) kept.clear()
      if (rule !== undefined) kept.set(id, rule)
      return rule
    },
  }
}

/** Looks through all texts of a folder for one that needs the full template language. */
export function holdsFullTemplate(value: unknown): boolean {
  return holdsText(value, needsFullLanguage)
}

/** True when any text in a value passes the test; places are no texts. */
export function holdsText(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value)
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof Map) return [...value.values()].some((part) => holdsText(part, test))
  const parts = value as Readonly<Record<string, unknown>>
  for (const key in parts) if (key !== 'place' && holdsText(parts[key], test)) return true
  return false
}

/** Compiled rules kept in a book that compiles them when they act. */
const MAX_KEPT = 4096

/** Versions that people may still be inside. */
const MAX_EARLIER = 8

/** The new version, with the words of the flows it replaces kept for those who are inside. */
export function keepFlowWords(next: ActionBook, previous: ActionBook): ActionBook {
  const earlier = new Map([...previous.earlierFlows, [previous.version, previous.flows]])
  earlier.delete(next.version)
  return { ...next, earlierFlows: new Map([...earlier].slice(-MAX_EARLIER)) }
}
