import { createHash } from 'node:crypto'
import type { Diagnostic } from '../domain/diagnostic.ts'
import type { RuleSpec, RulesetSpec, ScheduleSpec } from '../domain/spec.ts'
import { collector, complain, type LoadContext } from './context.ts'
import { isClean, sortDiagnostics, withoutSilenced } from './diagnostic.ts'
import { type RuleFile, readRuleFile } from './file.ts'
import { FileReader, includedPaths } from './files.ts'
import { lintRules } from './lint/lint.ts'
import { lowerQuick } from './lower/quick.ts'
import { type LoweredRule, lowerRule, ruleMap, withDefaults } from './lower/rule.ts'
import { lowerSchedule } from './lower/schedule.ts'
import type { Table } from './lower/table.ts'
import { lowerTests } from './lower/tests.ts'
import { get, isNull, itemsOf } from './node.ts'
import { noNames, readSection } from './sections.ts'
import { placeAt, type SourceText } from './source.ts'
import type { TestSpec } from './testing/spec.ts'
import type { SourceTree } from './tree.ts'
import { uniqueIds } from './unique-ids.ts'
import { newFixBudget } from './yaml/read.ts'

/** What the loader is told about the surroundings. */
export interface LoadOptions {
  /** Local date `YYYY-MM-DD`, for the lint about expired rules; none without it. */
  readonly today?: string
}

/** How much there is, for the log line after a load. */
export interface LoadCounts {
  readonly files: number
  readonly rules: number
  readonly quick: number
  readonly flows: number
  readonly schedules: number
  readonly tests: number
}

/** Everything a rules folder said, or everything that is wrong with it. */
export interface LoadResult {
  /** Null when there is any error. */
  readonly spec: RulesetSpec | null
  /** What could be understood, also with errors around it: to look for more mistakes in, never to run. */
  readonly draft: RulesetSpec
  readonly tests: readonly TestSpec[]
  /** Ordered by file and line. */
  readonly diagnostics: readonly Diagnostic[]
  /** Files that were understood, as shown to people. */
  readonly files: readonly string[]
  readonly counts: LoadCounts
  /** Text of every file by the path shown, to quote from. */
  readonly sources: ReadonlyMap<string, SourceText>
  /** Reply tables (CSV) by list name, for the `lookup` filter. */
  readonly tables: ReadonlyMap<string, Table>
}

const NAMED_SECTIONS = ['lists', 'vars', 'templates', 'times', 'conditions', 'flows'] as const

/** Understands a rules folder. Never throws for what an operator wrote, whatever the bytes; all mistakes come together. */
export function loadRules(tree: SourceTree, options: LoadOptions = {}): LoadResult {
  const { list, report } = collector()
  for (const problem of tree.problems) report(problem)
  const context: LoadContext = { report, budget: newFixBudget() }
  const reader = new FileReader(tree, context)
  const files = readFiles(tree, reader, context)
  const folder = readContents(files, tree, reader, context)
  const spec = { ...folder.spec, version: versionOf(tree) }
  const { sources } = reader
  const today = options.today ?? null
  const isWhole = isClean(list)
  lintRules({ spec, files, rules: folder.lowered, tree, sources, context, today, isWhole })
  return {
    spec: isClean(list) ? spec : null,
    draft: spec,
    tests: folder.tests,
    diagnostics: withoutSilenced(sortDiagnostics(list), reader.sources),
    files: files.map((file) => file.source.path),
    counts: { files: files.length, ...folder.counts },
    sources: reader.sources,
    tables: folder.tables,
  }
}

/** Every file of the folder, each followed by what it includes; a file is read once. */
function readFiles(tree: SourceTree, reader: FileReader, context: LoadContext): RuleFile[] {
  const files: RuleFile[] = []
  const done = new Set<string>()
  const visit = (path: string, chain: readonly string[]): void => {
    if (done.has(path)) return
    done.add(path)
    const read = reader.yaml(path)
    const file = read && readRuleFile(path, read.source, read.root, context)
    if (file === null) return
    files.push(file)
    for (const one of includedPaths(file, tree, [...chain, path], context)) visit(one, [...chain, path])
  }
  for (const path of tree.files.keys()) if (isScanned(path)) visit(path, [])
  return files
}

/** YAML files of the folder itself, without those whose path holds a leading underscore. */
function isScanned(path: string): boolean {
  return (
    /\.ya?ml$/i.test(path) && !path.startsWith('../') && !path.split('/').some((part) => part.startsWith('_'))
  )
}

interface Contents {
  readonly spec: Omit<RulesetSpec, 'version'>
  readonly lowered: readonly LoweredRule[]
  readonly tests: readonly TestSpec[]
  readonly tables: ReadonlyMap<string, Table>
  readonly counts: Omit<LoadCounts, 'files'>
}

function readContents(
  files: readonly RuleFile[],
  tree: SourceTree,
  reader: FileReader,
  context: LoadContext,
): Contents {
  const names = noNames()
  for (const file of files) {
    const textFile = reader.textFile.bind(reader)
    const input = { names, tree, context, defaults: file.defaults, textFile }
    for (const key of NAMED_SECTIONS) {
      const node = get(file.map, key)
      if (node !== undefined) readSection(key, node, input)
    }
  }
  const quick = files.map((file) =>
    readQuick(
      file,
      (name) => (names.lists.has(name) ? (names.tables.get(name) ?? null) : undefined),
      context,
    ),
  )
  const lowered = files.map((file) => readRules(file, context))
  const scheduleNames = new Map<string, ScheduleSpec>()
  const schedules = files.flatMap((file) => readSchedules(file, context, scheduleNames))
  const tests = files.flatMap((file) => sectionOf(file, 'tests', (node) => lowerTests(node, context)))
  const rules = files.flatMap((file, index) => inLineOrder(file, quick[index] ?? [], lowered[index] ?? []))
  const { tables, ...named } = names
  return {
    spec: {
      ...named,
      rules: uniqueIds(rules, lowered.flat(), context),
      schedules: schedules.map((value) => ({ value, place: value.place })),
    },
    lowered: lowered.flat(),
    tests,
    tables: new Map([...tables].map(([name, { table }]) => [name, table])),
    counts: {
      rules: lowered.flat().length,
      quick: quick.flat().length,
      flows: names.flows.size,
      schedules: schedules.length,
      tests: tests.length,
    },
  }
}

function readQuick(
  file: RuleFile,
  table: Parameters<typeof lowerQuick>[1]['table'],
  context: LoadContext,
): RuleSpec[] {
  const settings = { file: file.path, defaults: file.defaults, table }
  return sectionOf(file, 'quick', (node) => lowerQuick(node, settings, context))
}

function readRules(file: RuleFile, context: LoadContext): LoweredRule[] {
  return sectionOf(file, 'rules', (node) =>
    itemsOf(node).flatMap((item) => {
      const map = ruleMap(item, context)
      const rule = map && lowerRule(withDefaults(map, file.defaults, context), file.path, context)
      return rule === null ? [] : [rule]
    }),
  )
}

/** Schedules go by their names, so a name is given once; nameless ones are told apart by file and number. */
function readSchedules(
  file: RuleFile,
  context: LoadContext,
  known: Map<string, ScheduleSpec>,
): ScheduleSpec[] {
  return sectionOf(file, 'schedules', (node) =>
    itemsOf(node).flatMap((item, index) => {
      const lowered = lowerSchedule(item, index, context)
      if (lowered === null) return []
      const schedule = /^#\d+$/.test(lowered.name)
        ? { ...lowered, name: `${file.path} ${lowered.name}` }
        : lowered
      const before = known.get(schedule.name)
      known.set(schedule.name, before ?? schedule)
      if (before === undefined) return [schedule]
      const { file: where, line } = before.place
      complain(context, item.at, 'E501', {
        zh: `定时任务“${schedule.name}”在 ${where}:${line} 已经有了`,
        en: `schedule "${schedule.name}" is already defined at ${where}:${line}`,
      })
      return []
    }),
  )
}

function sectionOf<T>(file: RuleFile, key: string, read: (node: Parameters<typeof itemsOf>[0]) => T[]): T[] {
  const node = get(file.map, key)
  return node === undefined || isNull(node) ? [] : read(node)
}

/** The quick answers stand in one piece, where the section stands. */
function inLineOrder(
  file: RuleFile,
  quick: readonly RuleSpec[],
  lowered: readonly LoweredRule[],
): RuleSpec[] {
  const rules = lowered.map((one) => one.spec)
  const section = get(file.map, 'quick')
  if (section === undefined || quick.length === 0) return rules
  const { line } = placeAt(section.at.source, section.at.start)
  const later = rules.findIndex((rule) => rule.place.line > line)
  return later === -1 ? [...rules, ...quick] : [...rules.slice(0, later), ...quick, ...rules.slice(later)]
}

function versionOf(tree: SourceTree): string {
  const hash = createHash('sha256')
  for (const [path, bytes] of tree.files) hash.update(`${path}\0${bytes.length}\0`).update(bytes)
  return hash.digest('hex').slice(0, 12)
}

export { type CompiledRules, compileRules } from './compile.ts'
export { readRulesFolder } from './folder.ts'
export { formatDiagnostic } from './format.ts'
