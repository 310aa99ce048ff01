import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { CONFIG_FILE_ENV, catalogue, ENV_PREFIX, type SettingRow, settingAt } from './catalogue.ts'
import { nearest } from './nearest.ts'
import { didYouMean, placeOf, report, type Words } from './report.ts'
import { Secret } from './secret.ts'
import { emptyMap, type Layered, type Origin, putAt, type Raw } from './tree.ts'

/** The variables a program was started with. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variables of this process; the only place that reads them. */
export function processEnvironment(): Environment {
  return { ...process.env }
}

const rowsByEnv = new Map(catalogue.map((row) => [row.env, row]))
const MAX_FILE_BYTES = 64 * 1024

/**
 * A named secret: the variable `name`, or the content of the file that `name_FILE` points at, without the line break
 * at its end. null when neither is set or the file cannot be read or is empty.
 */
export function readSecret(env: Environment, name: string): Secret | null {
  const direct = env[name]
  if (direct !== undefined && direct !== '') return new Secret(direct)
  const file = env[`${name}_FILE`]
  if (file === undefined || file === '') return null
  const content = contentOf(file)
  return content === null || content === '' ? null : new Secret(content)
}

function contentOf(file: string): string | null {
  try {
    const bytes = readFileSync(file)
    return bytes.length > MAX_FILE_BYTES ? null : bytes.toString('utf8').replace(/\r?\n$/, '')
  } catch {
    return null
  }
}

/** Lays every WXREPLY_ variable over the settings and reports those that mean nothing. */
export function layEnvironment(layered: Layered, env: Environment): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  // An empty variable counts as not set: compose files write NAME: ${NAME:-}.
  const names = Object.keys(env)
    .filter((name) => name.startsWith(ENV_PREFIX) && name !== CONFIG_FILE_ENV && env[name])
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  for (const name of names) {
    const place = placeOf(name)
    const found = settingOf(name)
    if (found === null) {
      const suggestion = nearestVariable(name)
      const message = { zh: `没有这个设置: ${name}`, en: `no such setting: ${name}` }
      diagnostics.push(report('E705', place, message, { hint: didYouMean(suggestion) }))
      continue
    }
    if (found.isFile && env[found.row.env]) {
      const both = `${found.row.env}, ${name}`
      diagnostics.push(
        report('E706', place, { zh: `只能设置其中一个: ${both}`, en: `set only one of: ${both}` }),
      )
      continue
    }
    const text = found.isFile ? contentOf(env[name] ?? '') : (env[name] ?? '')
    if (text === null) {
      const message = { zh: `${name} 指向的文件读不了`, en: `the file that ${name} names cannot be read` }
      diagnostics.push(report('E707', place, message))
      continue
    }
    const problem = layText(layered, found.row, text, { kind: 'env', name })
    if (problem !== null) diagnostics.push(report('E704', place, problem))
  }
  return diagnostics
}

/** The common beginning is left out of the comparison, or every name would look alike. */
/** Also for one who names it after its option: WXREPLY_RULES or WXREPLY_RULES_DIR, as in --rules DIR. */
function nearestVariable(name: string): string | null {
  const stem = name.replace(/_(FILE|DIR|FOLDER)$/, '')
  const meant = [stem, `${stem}_PATH`].find((one) => rowsByEnv.has(one) || one === CONFIG_FILE_ENV)
  if (meant !== undefined) return meant
  const known = [...rowsByEnv.keys(), CONFIG_FILE_ENV].map((one) => one.slice(ENV_PREFIX.length))
  const guess = nearest(name.slice(ENV_PREFIX.length), known)
  return guess === null ? null : ENV_PREFIX + guess
}

function settingOf(name: string): { row: SettingRow; isFile: boolean } | null {
  const direct = rowsByEnv.get(name)
  if (direct !== undefined) return { row: direct, isFile: false }
  const row = name.endsWith('_FILE') ? rowsByEnv.get(name.slice(0, -'_FILE'.length)) : undefined
  return row === undefined ? null : { row, isFile: true }
}

/** Lays flags over the settings: setting path -> text as typed. */
export function layFlags(layered: Layered, flags: Readonly<Record<string, string>>): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  for (const [path, text] of Object.entries(flags)) {
    const row = settingAt(path)
    const place = placeOf(`--set ${path}`)
    if (row === null) {
      const suggestion = nearest(
        path,
        catalogue.map((known) => known.path),
      )
      const message = { zh: `没有这个设置: ${path}`, en: `no such setting: ${path}` }
      diagnostics.push(report('E703', place, message, { hint: didYouMean(suggestion) }))
      continue
    }
    const problem = layText(layered, row, text, { kind: 'flag', name: place.file })
    if (problem !== null) diagnostics.push(report('E704', place, problem))
  }
  return diagnostics
}

/** Reads one setting's text by its form and puts it in place; a problem never quotes the text, which may be secret. */
function layText(layered: Layered, row: SettingRow, text: string, origin: Origin): Words | null {
  const value = readForm(row, text)
  if (value === undefined) return { zh: '看不懂这个值（按 YAML 读）', en: 'cannot be read as YAML' }
  const place = placeOf(origin.kind === 'env' || origin.kind === 'flag' ? origin.name : row.path)
  putAt(layered, row.path, value, {
    origin,
    key: place,
    value: place,
    quotedLine: '',
    keyLine: '',
    span: 1,
    keySpan: 1,
  })
  return null
}

const SECRET_REFERENCE = /^\{\s*secret\s*:\s*["']?([A-Za-z_]\w*)["']?\s*\}$/

function readForm(row: SettingRow, text: string): Raw {
  if (row.info.form === 'text') return text
  if (row.info.form === 'secret') {
    const name = SECRET_REFERENCE.exec(text.trim())?.[1]
    if (name === undefined) return new Secret(text.trim())
    return Object.assign(emptyMap(), { secret: name })
  }
  try {
    // In a list of words every item is text, also 110 or 1.0.
    const schema = row.info.accepts.startsWith('[') ? 'failsafe' : 'core'
    return bare(parse(text, { schema, merge: false, maxAliasCount: 0 }))
  } catch {
    return undefined
  }
}

/** The same data with maps that inherit nothing. */
function bare(value: unknown): Raw {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  return Object.assign(
    emptyMap(),
    Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bare(inner)])),
  )
}
