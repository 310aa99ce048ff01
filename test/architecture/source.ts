import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One import or re-export as it stands in the text. */
export interface ImportLine {
  readonly specifier: string
  readonly isTypeOnly: boolean
  readonly isDynamic: boolean
}

/** One file of src with its imports and its code without comments and text literals. */
export interface SourceFile {
  /** Path below src, with forward slashes. */
  readonly path: string
  readonly room: string
  readonly text: string
  readonly code: string
  readonly imports: readonly ImportLine[]
}

export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')
const SRC = join(PROJECT, 'src')

const STATIC = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** Blanks comments, text and regex literals, so that a word in them is not taken for code. */
export function stripLiterals(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`\\])\/\/[^\n]*/g, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
}

function importsOf(text: string): ImportLine[] {
  const lines: ImportLine[] = []
  for (const match of text.matchAll(STATIC)) {
    lines.push({ specifier: match[2] ?? '', isTypeOnly: match[1] !== undefined, isDynamic: false })
  }
  for (const match of text.matchAll(DYNAMIC)) {
    lines.push({ specifier: match[1] ?? '', isTypeOnly: false, isDynamic: true })
  }
  return lines
}

/** Every TypeScript file of src except browser code. */
export function readSource(): SourceFile[] {
  return readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(SRC, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.startsWith('web/pages/'))
    .map((path) => {
      const text = readFileSync(join(SRC, path), 'utf8')
      const room = path.includes('/') ? (path.split('/')[0] ?? '') : 'main'
      return { path, room, text, code: stripLiterals(text), imports: importsOf(text) }
    })
}

/** The file below src that a relative specifier points at; null for packages and node built-ins. */
export function targetOf(file: SourceFile, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return relative(SRC, resolve(SRC, dirname(file.path), specifier)).replaceAll('\\', '/')
}

/** `axios` of `axios/lib/x`, `@scope/name` of `@scope/name/x`; null for relative paths and node built-ins. */
export function packageOf(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? null)
}
