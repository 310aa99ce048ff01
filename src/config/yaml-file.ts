import { readFileSync, statSync } from 'node:fs'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml'
import type { Diagnostic, Place } from '../domain/diagnostic.ts'
import { settingAt } from './catalogue.ts'
import { placeOf, report, type Words } from './report.ts'
import { emptyMap, type Raw, type RawMap, type Spot } from './tree.ts'

const MAX_BYTES = 1024 * 1024
const MAX_DEPTH = 64
const MAX_NODES = 20_000

/** A settings file as plain data with the place of every key and value; `root` is null when it could not be read. */
export interface ReadFile {
  readonly root: RawMap | null
  readonly spots: ReadonlyMap<string, Spot>
  readonly diagnostics: readonly Diagnostic[]
}

/** What the file holds as text, or why not. `missing` is told apart because it may be allowed. */
export function readText(file: string): { text: string } | { problem: Words; isMissing: boolean } {
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) {
      return {
        problem: { zh: '这是一个目录，不是文件', en: 'this is a folder, not a file' },
        isMissing: false,
      }
    }
    if (stat.size > MAX_BYTES) {
      return { problem: { zh: '文件超过 1 MB', en: 'the file is larger than 1 MB' }, isMissing: false }
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) }
  } catch (error) {
    const hasCode = typeof error === 'object' && error !== null && 'code' in error
    const code = hasCode ? String(error.code) : ''
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return { problem: { zh: '文件不存在', en: 'there is no such file' }, isMissing: true }
    }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return { problem: { zh: '文件不是 UTF-8 编码', en: 'the file is not UTF-8' }, isMissing: false }
    }
    return { problem: { zh: `读不了 (${code})`, en: `cannot be read (${code})` }, isMissing: false }
  }
}

/** Reads YAML text: core schema, no tags, no merge keys, few aliases; every mistake with its line. */
export function readYaml(text: string, file: string): ReadFile {
  const lines = new LineCounter()
  const reader = new Reader(text, file, lines)
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      schema: 'core',
      merge: false,
      uniqueKeys: true,
      prettyErrors: false,
      keepSourceTokens: false,
    })
    return reader.read(document)
  } catch (error) {
    // The parser throws instead of reporting when nesting exhausts the stack.
    if (error instanceof Unreadable) return reader.failedAt(error.offset, error.words)
    return reader.failedAt(0, TOO_DEEP)
  }
}

const TOO_DEEP: Words = { zh: '嵌套太深或太复杂，读不了', en: 'nested too deeply or too large to be read' }

const UNKNOWN_ALIAS: Words = {
  zh: '以 * 开头的是 YAML 引用；如果是文字，请加引号',
  en: 'a leading * is a YAML alias; put text in quotes',
}
const BAD_KEY: Words = { zh: '名字里不能有点号，也不能是列表', en: 'a key is plain text without dots' }

/** Ends the walk of one document: what is wrong and where. */
class Unreadable extends Error {
  readonly offset: number
  readonly words: Words

  constructor(node: Node, words: Words) {
    super(words.en)
    this.offset = node.range?.[0] ?? 0
    this.words = words
  }
}

class Reader {
  readonly #text: string
  readonly #file: string
  readonly #lines: LineCounter
  readonly #spots = new Map<string, Spot>()
  #nodes = 0

  constructor(text: string, file: string, lines: LineCounter) {
    this.#text = text
    this.#file = file
    this.#lines = lines
  }

  failedAt(offset: number, message: Words): ReadFile {
    return this.failed(this.#place(offset), message)
  }

  failed(place: Place, message: Words, hint?: Words): ReadFile {
    const quotedLine = this.#line(place)
    const diagnostics = [report('E702', place, message, { quotedLine, hint: hint ?? null })]
    return { root: null, spots: new Map(), diagnostics }
  }

  read(document: Document.Parsed<ParsedNode>): ReadFile {
    const problem = document.errors[0] ?? document.warnings[0]
    if (problem !== undefined) {
      const place = this.#place(problem.pos[0])
      return this.failed(place, yamlWords(problem), this.#hint(place))
    }
    if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
      return { root: emptyMap(), spots: this.#spots, diagnostics: [] }
    }
    if (!isMap(document.contents)) {
      const place = this.#place(document.contents.range[0])
      const message = {
        zh: '设置文件要由“名字: 值”组成',
        en: 'a settings file is made of "name: value" lines',
      }
      return this.failed(place, message, this.#hint(place))
    }
    const root = this.#plain(document.contents, document, '', 0)
    return { root: root as RawMap, spots: this.#spots, diagnostics: [] }
  }

  #plain(node: Node, document: Document.Parsed, path: string, depth: number): Raw {
    if (++this.#nodes > MAX_NODES || depth > MAX_DEPTH) throw new Unreadable(node, TOO_DEEP)
    if (isAlias(node)) {
      const target = node.resolve(document)
      if (target === undefined) throw new Unreadable(node, UNKNOWN_ALIAS)
      return this.#plain(target, document, path, depth + 1)
    }
    if (isMap(node)) return this.#map(node, document, path, depth)
    if (isSeq(node)) {
      return node.items.map((item, index) =>
        this.#entry(item as Node, item as Node, document, join(path, `${index}`), depth),
      )
    }
    if (!isScalar(node)) return null
    // Text settings keep what was typed: 0123, 1.0 and long numbers are not numbers there.
    const isText = typeof node.value === 'number' && wantsText(path)
    return isText ? (node.source ?? String(node.value)) : node.value
  }

  #map(node: Node & { items: unknown[] }, document: Document.Parsed, path: string, depth: number): RawMap {
    const map = emptyMap()
    if (!isMap(node)) return map
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : ''
      if (!isScalar(key) || name.includes('.')) throw new Unreadable(key as Node, BAD_KEY)
      map[name] = this.#entry(key, (value ?? key) as Node, document, join(path, name), depth, value === null)
    }
    return map
  }

  #entry(
    key: Node,
    value: Node,
    document: Document.Parsed,
    path: string,
    depth: number,
    isEmpty = false,
  ): Raw {
    const keyPlace = this.#place(key.range?.[0] ?? 0)
    const place = this.#place(value.range?.[0] ?? 0)
    this.#spots.set(path, {
      origin: { kind: 'file', place },
      key: keyPlace,
      value: place,
      quotedLine: this.#line(place),
      keyLine: this.#line(keyPlace),
      span: this.#span(value, place),
      keySpan: this.#span(key, keyPlace),
    })
    return isEmpty ? null : this.#plain(value, document, path, depth + 1)
  }

  /** Columns the node takes on its first line. */
  #span(node: Node, place: Place): number {
    const [start, end] = node.range ?? [0, 1]
    const rest = this.#line(place).length - place.column + 1
    return Math.max(1, Math.min(end - start, rest))
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset)
    return placeOf(this.#file, Math.max(1, line), Math.max(1, col))
  }

  #line(place: Place): string {
    return maskLine(this.#text.split(/\r?\n/, place.line)[place.line - 1] ?? '').slice(0, 200)
  }

  #hint(place: Place): Words | undefined {
    if (!this.#line(place).includes('：')) return undefined
    return {
      zh: '这一行用了中文冒号“：”，要换成英文冒号加空格“: ”',
      en: 'this line has a full-width colon; use ": "',
    }
  }
}

/** A line as it may be quoted: what could be a credential written in the open is starred out, columns stay. */
export function maskLine(line: string): string {
  const stars = (text: string) => '*'.repeat(text.length)
  return line
    .replace(
      /(https?:\/\/[^\s/"'},]+\/)([^\s"'},]+)/g,
      (_all, host: string, rest: string) => host + stars(rest),
    )
    .replace(/(https?:\/\/)([^\s/"'},@]*@)/g, (_all, scheme: string, user: string) => scheme + stars(user))
    .replace(
      /\b((?:token|key|secret|extspam|client_version|webhook|password)\s*:\s+)(?!\{|https?:)([^\s,}#]+)/gi,
      (_all, name: string, value: string) => name + stars(value),
    )
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function wantsText(path: string): boolean {
  const row = settingAt(path) ?? settingAt(path.slice(0, Math.max(0, path.lastIndexOf('.'))))
  return row !== null && (row.info.form !== 'yaml' || row.info.accepts.startsWith('['))
}

const YAML_WORDS: Readonly<Partial<Record<YAMLError['code'], Words>>> = {
  DUPLICATE_KEY: { zh: '同一个名字写了两次', en: 'the same key is written twice' },
  TAB_AS_INDENT: { zh: '缩进用了 Tab，要用空格', en: 'indented with a tab; use spaces' },
  BAD_INDENT: { zh: '缩进不对', en: 'wrong indentation' },
  BLOCK_AS_IMPLICIT_KEY: {
    zh: '这一行的文字里有“: ”，请给文字加引号',
    en: 'the text on this line holds ": "; put it in quotes',
  },
  BAD_SCALAR_START: {
    zh: '文字不能以这个符号开头，请加引号',
    en: 'text cannot begin with this character; put it in quotes',
  },
  MULTIPLE_DOCS: { zh: '一个文件只能有一份设置（去掉 ---）', en: 'only one document per file (remove ---)' },
  TAG_RESOLVE_FAILED: { zh: '不支持 ! 标签，文字请加引号', en: 'tags are not supported; put text in quotes' },
}

function yamlWords(error: YAMLError): Words {
  const words = YAML_WORDS[error.code]
  return words ?? { zh: `YAML 写法有误 (${error.code})`, en: `not valid YAML (${error.code})` }
}
