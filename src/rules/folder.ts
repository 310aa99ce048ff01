import { type Dirent, promises as fs } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import type { Diagnostic } from '../domain/diagnostic.ts'
import type { Code } from './codes.ts'
import { type Bilingual, diagnoseFile } from './diagnostic.ts'
import type { SourceTree } from './tree.ts'

/** A YAML file larger than this is refused. */
export const MAX_YAML_BYTES = 1_048_576
/** A list or table larger than this is refused. */
const MAX_TABLE_BYTES = 32 * 1_048_576
const MAX_FILES = 5000
const MAX_FOLDER_DEPTH = 16
/** Directly under the root: rules to copy from, which are not loaded (docs/decisions/0011). */
export const EXAMPLES_FOLDER = 'examples'

const YAML_FILE = /\.ya?ml$/i
const TABLE_FILE = /\.(csv|tsv|txt)$/i

interface Reading {
  readonly root: string
  /** Real paths under which links may point. */
  readonly allowed: readonly string[]
  readonly name: string
  readonly files: Map<string, Uint8Array>
  readonly media: Map<string, number>
  readonly problems: Diagnostic[]
}

/**
 * Reads a rules folder: every YAML and table file with its bytes, every other file with its size. Files included from a
 * folder beside it (`../shared/*.yml`) are read too, its folder `examples` is not. Nothing is thrown: what cannot be read
 * is in `problems`.
 */
export async function readRulesFolder(dir: string): Promise<SourceTree> {
  const root = resolve(dir)
  const reading: Reading = {
    root,
    allowed: [await realPath(root), ...(await neighbour(root))],
    name: basename(root) || 'rules',
    files: new Map(),
    media: new Map(),
    problems: [],
  }
  const found = await fs.stat(root).catch(() => null)
  if (found?.isDirectory() === true) {
    await readFolder(reading, root, 0)
    for (const folder of includedFolders(reading)) await readNeighbour(reading, join(dirname(root), folder))
  } else
    problem(reading, dir, 'E507', { zh: `找不到规则文件夹 ${dir}`, en: `there is no rules folder ${dir}` })
  const { name, files, media, problems } = reading
  return { name, files: sorted(files), media: sorted(media), problems }
}

async function neighbour(root: string): Promise<string[]> {
  const parent = dirname(root)
  return parent === dirname(parent) ? [] : [await realPath(parent)]
}

function realPath(path: string): Promise<string> {
  return fs.realpath(path).catch(() => path)
}

async function readFolder(reading: Reading, folder: string, depth: number): Promise<void> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    unreadable(reading, folder, error)
    return []
  })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    if (entry.name === EXAMPLES_FOLDER && folder === reading.root) continue
    await readEntry(reading, folder, entry, depth)
  }
}

/** One that does not exist is not a problem of the folder; the `include` that names it will be told. */
async function readNeighbour(reading: Reading, folder: string): Promise<void> {
  const found = await fs.stat(folder).catch(() => null)
  if (found?.isDirectory() === true) await readFolder(reading, folder, 0)
}

async function readEntry(reading: Reading, folder: string, entry: Dirent, depth: number): Promise<void> {
  const path = join(folder, entry.name)
  if (entry.isSymbolicLink() && !(await staysInside(reading, path))) return
  const found = await fs.stat(path).catch((error: unknown) => unreadable(reading, path, error))
  if (found === undefined) return
  if (found.isDirectory() && depth < MAX_FOLDER_DEPTH) return readFolder(reading, path, depth + 1)
  if (!found.isFile()) return
  if (reading.files.size + reading.media.size >= MAX_FILES) {
    problem(reading, shown(reading, path), 'E113', {
      zh: `文件超过 ${MAX_FILES} 个`,
      en: `more than ${MAX_FILES} files`,
    })
    return
  }
  await readFile(reading, path, found.size)
}

async function readFile(reading: Reading, path: string, size: number): Promise<void> {
  const key = relative(reading.root, path).split(sep).join('/')
  const isYaml = YAML_FILE.test(path)
  if (!isYaml && !TABLE_FILE.test(path)) {
    reading.media.set(key, size)
    return
  }
  const limit = isYaml ? MAX_YAML_BYTES : MAX_TABLE_BYTES
  if (size > limit) {
    const megabytes = Math.round(limit / 1_048_576)
    problem(reading, shown(reading, path), 'E113', {
      zh: `文件超过 ${megabytes} MB${isYaml ? '；很多问答请放进 CSV 表格' : ''}`,
      en: `the file is larger than ${megabytes} MB${isYaml ? '; put long tables into CSV' : ''}`,
    })
    return
  }
  const bytes = await fs.readFile(path).catch((error: unknown) => unreadable(reading, path, error))
  if (bytes !== undefined) reading.files.set(key, bytes)
}

async function staysInside(reading: Reading, path: string): Promise<boolean> {
  const target = await fs.realpath(path).catch(() => null)
  const isInside =
    target !== null && reading.allowed.some((root) => target === root || target.startsWith(root + sep))
  if (!isInside) {
    problem(reading, shown(reading, path), 'E504', {
      zh: '这个链接指到了规则文件夹外面（或指向不存在的文件），没有读',
      en: 'this link points outside the rules folder or nowhere; it was not read',
    })
  }
  return isInside
}

/** Names of neighbour folders that some `include` mentions. */
function includedFolders(reading: Reading): Set<string> {
  const folders = new Set<string>()
  const decoder = new TextDecoder()
  for (const [path, bytes] of reading.files) {
    if (!YAML_FILE.test(path)) continue
    const text = decoder.decode(bytes)
    if (!/^["']?include["']?\s*:/m.test(text)) continue
    for (const [, folder] of text.matchAll(/(?:^|[\s"'[,])\.\.\/([\p{L}\p{N}_-][\p{L}\p{N}_.-]*)\//gu)) {
      if (folder !== undefined && folder !== basename(reading.root)) folders.add(folder)
    }
  }
  return folders
}

function unreadable(reading: Reading, path: string, error: unknown): undefined {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  problem(reading, shown(reading, path), 'E508', {
    zh: `读不了这个文件（${reason}）`,
    en: `cannot be read (${reason})`,
  })
}

function shown(reading: Reading, path: string): string {
  return relative(dirname(reading.root), path).split(sep).join('/')
}

function problem(reading: Reading, file: string, code: Code, message: Bilingual): void {
  reading.problems.push(diagnoseFile(file, code, message))
}

function sorted<T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)))
}
