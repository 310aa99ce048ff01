import { z } from 'zod'
import type { Place } from '../domain/diagnostic.ts'
import type { Named, RulesetSpec } from '../domain/spec.ts'
import { matcherCatalogue } from '../engine/matchers/index.ts'
import { complain, type LoadContext } from './context.ts'
import { expectMap } from './keys.ts'
import { lowerWhen } from './lower/condition.ts'
import { lowerFlow } from './lower/flow.ts'
import { readTable, type Table } from './lower/table.ts'
import { type Entry, isNull, type MapNode, type ScalarNode, type YamlNode } from './node.ts'
import { placeAt, type Range, type SourceText } from './source.ts'
import { normalPath, type SourceTree } from './tree.ts'
import { validate } from './validate.ts'

type Mutable<T> = T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : never

/** The named things of a folder while it is being read. Names are global. */
export interface Names {
  readonly lists: Mutable<RulesetSpec['lists']>
  readonly vars: Mutable<RulesetSpec['vars']>
  readonly templates: Mutable<RulesetSpec['templates']>
  readonly times: Mutable<RulesetSpec['times']>
  readonly conditions: Mutable<RulesetSpec['conditions']>
  readonly flows: Mutable<RulesetSpec['flows']>
  /** Reply tables by list name, with the path shown to people. */
  readonly tables: Map<string, { readonly table: Table; readonly path: string }>
}

/** What reading a section may need beyond its node. */
export interface SectionInput {
  readonly names: Names
  readonly tree: SourceTree
  readonly context: LoadContext
  /** `defaults` of the file. */
  readonly defaults: MapNode | null
  /** The text of a list or table file; null after reporting at the range. */
  textFile(path: string, at: Range): SourceText | null
}

/** Nothing defined yet. */
export function noNames(): Names {
  return {
    lists: new Map(),
    vars: new Map(),
    templates: new Map(),
    times: new Map(),
    conditions: new Map(),
    flows: new Map(),
    tables: new Map(),
  }
}

/** Reads one of the sections of named things into the names. */
export function readSection(key: string, node: YamlNode, input: SectionInput): void {
  if (isNull(node)) return
  const { names, context } = input
  const map = expectMap(node, context, { zh: `“${key}”`, en: `"${key}"` })
  for (const one of map?.entries ?? []) {
    if (key === 'lists') define(names.lists, one, readList(one, input), context)
    else if (key === 'vars') define(names.vars, one, readVar(one, context), context)
    else if (key === 'templates')
      define(names.templates, one, validate(one.value, z.string().min(1), context), context)
    else if (key === 'times') define(names.times, one, readTime(one, context), context)
    else if (key === 'conditions') define(names.conditions, one, readCondition(one, context), context)
    else if (key === 'flows') {
      define(names.flows, one, lowerFlow(one.key, one.value, input.defaults, context) ?? undefined, context)
    }
  }
}

function define<T>(
  into: Map<string, Named<T>>,
  entry: Entry,
  value: T | undefined,
  context: LoadContext,
): void {
  const place: Place = placeAt(entry.keyAt.source, entry.keyAt.start)
  const before = into.get(entry.key)
  if (before !== undefined) {
    const { file, line, column } = before.place
    complain(context, entry.keyAt, 'E501', {
      zh: `“${entry.key}”已经在 ${file}:${line}:${column} 定义过了，名字是全局的`,
      en: `"${entry.key}" is already defined at ${file}:${line}:${column}; names are global`,
    })
    return
  }
  if (value !== undefined) into.set(entry.key, { value, place })
}

const name = z.string().min(1)
const selector = z.union([
  name,
  z.strictObject({ remark: name }),
  z.strictObject({ alias: name }),
  z.strictObject({ nick: name }),
  z.strictObject({ topic: name }),
])
/** An entry of `lists`. */
export const listSchema = z.union([selector, z.array(selector), z.strictObject({ file: name })])
/** An entry of `times`: what the condition `time` takes. */
export const timeSectionSchema: z.ZodType = matcherCatalogue.get('time')?.schema ?? z.unknown()

function readList(entry: Entry, input: SectionInput): readonly unknown[] | undefined {
  const written = validate(entry.value, listSchema, input.context)
  if (written === undefined) return undefined
  if (Array.isArray(written)) return written
  if (typeof written === 'string' || !('file' in written)) return [written]
  const fileNode = entry.value.kind === 'map' ? entry.value.entries[0]?.value : undefined
  const source = input.textFile(written.file, fileNode?.at ?? entry.value.at)
  return source === null ? undefined : listFromFile(entry.key, written.file, source, input)
}

function listFromFile(
  listName: string,
  path: string,
  source: SourceText,
  input: SectionInput,
): readonly unknown[] {
  if (/\.txt$/i.test(normalPath(path) ?? path)) return linesOf(source.text)
  const table = readTable(source, input.context)
  if (table.isReplyTable) input.names.tables.set(listName, { table, path: source.path })
  return table.words
}

/** One entry per line; lines that start with `#` are comments, as is everything after ` #`. */
function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}

function readVar(entry: Entry, context: LoadContext): string | number | boolean | undefined {
  const { value } = entry
  if (value.kind === 'scalar' && value.value !== null) return varValue(value)
  complain(context, value.at, 'E402', {
    zh: '变量要写成文字、数字或 true/false',
    en: 'a var is text, a number or true/false',
  })
  return undefined
}

/** A number only when it reads back as it was typed: 0123 and long ids stay text. */
function varValue(node: ScalarNode): string | number | boolean {
  const isFaithful = node.isPlain && node.value !== null && String(node.value) === node.text
  return isFaithful && typeof node.value !== 'string' ? (node.value ?? node.text) : node.text
}

function readTime(entry: Entry, context: LoadContext): unknown {
  return validate(entry.value, timeSectionSchema, context)
}

function readCondition(entry: Entry, context: LoadContext) {
  const condition = lowerWhen(entry.value, context)
  if (condition !== null) return condition
  complain(context, entry.keyAt, 'E407', {
    zh: `条件“${entry.key}”是空的`,
    en: `condition "${entry.key}" is empty`,
  })
  return undefined
}
