/** The door of the room: file + environment + flags -> one frozen Config, or everything that is wrong with them. */
import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { CONFIG_FILE_ENV, catalogue } from './catalogue.ts'
import type { Config } from './config.ts'
import { type Environment, layEnvironment, layFlags } from './environment.ts'
import { checkFit } from './fit.ts'
import { diagnose, placeAt } from './issues.ts'
import { lower } from './lower.ts'
import { warnNotYet } from './not-yet.ts'
import { renameOldKeys } from './old-keys.ts'
import { placeOf, report } from './report.ts'
import { settingsSchema } from './schema.ts'
import { resolveSecrets } from './secrets-in-tree.ts'
import { describeSetting, type SettingSource } from './show.ts'
import { emptyMap, type Layered } from './tree.ts'
import { readText, readYaml } from './yaml-file.ts'

export interface LoadOptions {
  /** `--config`; null: WXREPLY_CONFIG, else config/config.yaml in `cwd`. Only a file named here must exist. */
  readonly file: string | null
  readonly env: Environment
  /** Setting path -> text as typed. */
  readonly flags: Readonly<Record<string, string>>
  readonly cwd: string
}

export interface Loaded {
  /** null when any diagnostic is an error. Frozen at every depth. */
  readonly config: Config | null
  readonly diagnostics: readonly Diagnostic[]
  /** Every setting with its value as text (secrets masked) and where it came from. */
  readonly sources: readonly SettingSource[]
  /** The settings file that was looked for, and whether it was there. */
  readonly file: { readonly path: string; readonly isThere: boolean }
}

/** Reads and checks all settings: flag > environment > file > default. Never throws for what an operator wrote. */
export function loadConfig(options: LoadOptions): Loaded {
  const file = resolve(options.cwd, options.file ?? options.env[CONFIG_FILE_ENV] ?? 'config/config.yaml')
  const layered: Layered = { root: emptyMap(), spots: new Map() }
  const found = layFile(layered, file, options)
  const laid = [
    ...found.diagnostics,
    ...renameOldKeys(layered),
    ...layEnvironment(layered, options.env),
    ...layFlags(layered, options.flags),
    ...resolveSecrets(layered, options.env),
  ]
  const sources = catalogue.map((row) => describeSetting(row, layered))
  const parsed = settingsSchema.safeParse(layered.root)
  const path = { path: file, isThere: found.isThere }
  if (!parsed.success) {
    return {
      config: null,
      diagnostics: inOrder([...laid, ...diagnose(layered, parsed.error.issues)]),
      sources,
      file: path,
    }
  }
  const absolute = (written: string) => resolve(options.cwd, written)
  const holidays = holidayFile(parsed.data.holidays.file, file, absolute, layered)
  const diagnostics = [...laid, ...checkFit(parsed.data, layered), ...holidays.diagnostics]
  const hasErrors = diagnostics.some((one) => one.severity === 'error')
  if (hasErrors) return { config: null, diagnostics: inOrder(diagnostics), sources, file: path }
  const config = freeze(lower(parsed.data, { absolute, holidayFile: holidays.file }))
  return { config, diagnostics: [...diagnostics, ...warnNotYet(layered)], sources, file: path }
}

/** Those of one file together and from top to bottom, as a person mends them; files and variables as they came. */
function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(diagnostics.map((one) => one.place.file))]
  const rank = ({ place }: Diagnostic) => files.indexOf(place.file)
  return diagnostics.toSorted(
    (a, b) => rank(a) - rank(b) || a.place.line - b.place.line || a.place.column - b.place.column,
  )
}

function layFile(layered: Layered, file: string, options: LoadOptions) {
  const shown = shownName(file, options.cwd)
  const content = readText(file)
  if ('problem' in content) {
    const isFine = content.isMissing && options.file === null
    const message = isFine
      ? { zh: '不存在，使用默认设置', en: 'not there, default settings apply' }
      : content.problem
    return {
      isThere: !content.isMissing,
      diagnostics: [report(isFine ? 'I701' : 'E701', placeOf(shown), message)],
    }
  }
  const read = readYaml(content.text, shown)
  if (read.root !== null) Object.assign(layered.root, read.root)
  for (const [path, spot] of read.spots) layered.spots.set(path, spot)
  return { isThere: true, diagnostics: read.diagnostics }
}

/** Relative to where the operator stands when that is shorter to read. */
function shownName(file: string, cwd: string): string {
  const near = relative(cwd, file)
  return near.startsWith('..') || near === '' ? file : near.replaceAll('\\', '/')
}

function holidayFile(
  written: string | undefined,
  configFile: string,
  absolute: (path: string) => string,
  layered: Layered,
): { file: string | null; diagnostics: Diagnostic[] } {
  const file = written === undefined ? join(dirname(configFile), 'holidays.yaml') : absolute(written)
  if (existsSync(file)) return { file, diagnostics: [] }
  if (written === undefined) return { file: null, diagnostics: [] }
  const message = { zh: `没有这个节假日文件: ${written}`, en: `no such holiday file: ${written}` }
  return { file: null, diagnostics: [report('W702', placeAt(layered, 'holidays.file'), message)] }
}

function freeze<T>(value: T): T {
  // Secrets keep their value in a private field and need no freezing.
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const inner of Object.values(value)) freeze(inner)
  }
  return value
}
