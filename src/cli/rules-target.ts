import { statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { cronProblem } from '../app/cron.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { localTime } from '../domain/local-time.ts'
import { type CompiledRules, compileRules } from '../rules/compile.ts'
import { EXAMPLES_FOLDER, readRulesFolder } from '../rules/folder.ts'
import { type LoadResult, loadRules } from '../rules/load.ts'
import { systemClock } from '../support/clock.ts'
import { UsageError } from './command.ts'

/** A rules folder to look at, and the one file of it that is meant; null: all. */
export interface RulesTarget {
  readonly dir: string
  /** As places name it: `rules/10-shop.yml`. */
  readonly onlyFile: string | null
}

/** A folder that was read and compiled. */
export interface BuiltRules {
  readonly loaded: LoadResult
  readonly compiled: CompiledRules
}

/** The folders that paths on the command line mean; without paths the rules folder of the settings. */
export function targetsOf(paths: readonly string[], rulesDir: string, cwd: string): RulesTarget[] {
  if (paths.length === 0) return [{ dir: rulesDir, onlyFile: null }]
  return paths.map((path) => targetOf(resolve(cwd, path), path, rulesDir))
}

function targetOf(path: string, typed: string, rulesDir: string): RulesTarget {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined)
    throw new UsageError({ zh: `没有这个路径: ${typed}`, en: `no such path: ${typed}` })
  if (found.isDirectory()) return { dir: path, onlyFile: null }
  // A file of the rules folder needs the rest of the folder: its lists, templates and names.
  const inside = relative(rulesDir, path)
  const isPartOfIt = !inside.startsWith('..') && !inside.startsWith(`${EXAMPLES_FOLDER}${sep}`)
  const dir = isPartOfIt ? rulesDir : dirname(path)
  return { dir, onlyFile: join(basename(dir), relative(dir, path)).replaceAll('\\', '/') }
}

/** Reads and compiles a rules folder; what is wrong is in the diagnostics. */
export async function buildTarget(target: RulesTarget, timezone: string): Promise<BuiltRules> {
  const { year, month, day } = localTime(timezone, systemClock.now())
  const today = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
  const loaded = loadRules(await readRulesFolder(target.dir), { today })
  return { loaded, compiled: await compileRules(loaded, { timezone, today, checkCron: cronProblem }) }
}

/** The diagnostics about what was asked for. */
export function aboutTarget(list: readonly Diagnostic[], target: RulesTarget): Diagnostic[] {
  return list.filter((one) => target.onlyFile === null || one.place.file === target.onlyFile)
}
