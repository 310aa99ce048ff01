import type { Diagnostic } from '../domain/diagnostic.ts'
import { controlCharacterAt, decodeBytes } from './bytes.ts'
import { complain, type LoadContext } from './context.ts'
import { diagnoseFile } from './diagnostic.ts'
import type { RuleFile } from './file.ts'
import { MAX_YAML_BYTES } from './folder.ts'
import { get, isNull, itemsOf, type YamlNode } from './node.ts'
import { lineText, type Range, type SourceText, sourceText } from './source.ts'
import { normalPath, resolvePath, type SourceTree, shownPath } from './tree.ts'
import { readYaml } from './yaml/read.ts'

/** All YAML of one folder together: parsing costs about a second per megabyte, and a reload has two. */
const MAX_TOTAL_YAML_BYTES = 1_572_864

/** Texts of one tree, decoded once and remembered to quote from. */
export class FileReader {
  readonly sources = new Map<string, SourceText>()
  readonly #tree: SourceTree
  readonly #context: LoadContext
  #yamlBytes = 0

  constructor(tree: SourceTree, context: LoadContext) {
    this.#tree = tree
    this.#context = context
  }

  /** A rule file as a tree; null when it is empty or was reported. */
  yaml(path: string): { readonly source: SourceText; readonly root: YamlNode } | null {
    const shown = shownPath(this.#tree, path)
    const bytes = this.#tree.files.get(path)
    if (bytes === undefined || !this.#fits(shown, bytes.length)) return null
    const original = this.#decoded(path, shown, bytes)
    if (original === null) return null
    const read = readYaml(original, this.#context.budget)
    for (const diagnostic of read.diagnostics) this.#context.report(fromOriginal(diagnostic, original))
    return read.root === null || isNull(read.root) ? null : { source: read.source, root: read.root }
  }

  /** A list or table file named at `at`; null after reporting. */
  textFile(written: string, at: Range): SourceText | null {
    const path = normalPath(written)
    if (path === null || path.startsWith('..')) {
      complain(this.#context, at, 'E504', {
        zh: `“${written}”在规则文件夹外面，只能用里面的文件`,
        en: `"${written}" is outside the rules folder`,
      })
      return null
    }
    const known = this.sources.get(shownPath(this.#tree, path))
    const bytes = this.#tree.files.get(path)
    if (known !== undefined) return known
    if (bytes !== undefined) return this.#decoded(path, shownPath(this.#tree, path), bytes)
    complain(this.#context, at, 'E505', {
      zh: `规则文件夹里没有“${written}”这个文件`,
      en: `there is no file "${written}" in the rules folder`,
    })
    return null
  }

  #fits(shown: string, bytes: number): boolean {
    this.#yamlBytes += bytes
    const isTooLarge = bytes > MAX_YAML_BYTES || this.#yamlBytes > MAX_TOTAL_YAML_BYTES
    if (!isTooLarge) return true
    const all = bytes <= MAX_YAML_BYTES
    this.#context.report(
      diagnoseFile(
        shown,
        'E113',
        {
          zh: all ? 'YAML 文件合计超过 1.5 MB，从这个文件起没有读' : '文件超过 1 MB，没有读',
          en: all
            ? 'all YAML together exceeds 1.5 MB; not read from this file on'
            : 'the file exceeds 1 MB; not read',
        },
        {
          zh: '很多问答请放进 CSV 表格，用 quick: {from: 列表名} 引用',
          en: 'put long tables into CSV and use quick: {from: list}',
        },
      ),
    )
    return false
  }

  #decoded(path: string, shown: string, bytes: Uint8Array): SourceText | null {
    const decoded = decodeBytes(bytes)
    if (decoded === null) {
      this.#context.report(
        diagnoseFile(
          shown,
          'E115',
          {
            zh: '这个文件不是 UTF-8，也不像 GBK，读不出文字',
            en: 'the file is neither UTF-8 nor plausible GBK',
          },
          { zh: '请用编辑器另存为 UTF-8', en: 'save it as UTF-8' },
        ),
      )
      return null
    }
    const source = sourceText(shown, decoded.text)
    this.sources.set(shown, source)
    const isYaml = /\.ya?ml$/i.test(path)
    if (isYaml && decoded.encoding !== 'utf-8') this.#reportEncoding(shown, decoded.encoding)
    return this.#isClean(source) ? source : null
  }

  #reportEncoding(shown: string, encoding: string): void {
    const name = encoding === 'gb18030' ? 'GBK' : 'UTF-16'
    this.#context.report(
      diagnoseFile(
        shown,
        'W101',
        { zh: `文件是 ${name} 编码，已按 ${name} 读出`, en: `the file is ${name}; it was read as such` },
        { zh: '建议另存为 UTF-8', en: 'saving it as UTF-8 is safer' },
      ),
    )
  }

  #isClean(source: SourceText): boolean {
    const at = controlCharacterAt(source.text)
    if (at === -1) return true
    const code = source.text.charCodeAt(at).toString(16).padStart(4, '0').toUpperCase()
    complain(this.#context, { source, start: at, end: at + 1 }, 'E115', {
      zh: `这里有一个看不见的控制字符（U+${code}），请删掉`,
      en: `there is a control character (U+${code}) here; delete it`,
    })
    return false
  }
}

/** Quotes the line as it stands in the file even when reading went on with a mended one. */
function fromOriginal(diagnostic: Diagnostic, original: SourceText): Diagnostic {
  const { line } = diagnostic.place
  return {
    ...diagnostic,
    quotedLine: lineText(original, line),
    ...(line > 1 ? { lineBefore: lineText(original, line - 1) } : {}),
  }
}

/** Paths of the files that a file includes, in name order per pattern; mistakes are reported. */
export function includedPaths(
  file: RuleFile,
  tree: SourceTree,
  chain: readonly string[],
  context: LoadContext,
): string[] {
  const node = get(file.map, 'include')
  if (node === undefined || isNull(node)) return []
  return itemsOf(node).flatMap((item) => {
    if (item.kind !== 'scalar') {
      complain(context, item.at, 'E402', { zh: 'include 里写文件名', en: 'include takes file names' })
      return []
    }
    return matching(item.text, file.path, tree, chain, item.at, context)
  })
}

function matching(
  written: string,
  from: string,
  tree: SourceTree,
  chain: readonly string[],
  at: Range,
  context: LoadContext,
): string[] {
  const pattern = resolvePath(from, written)
  if (pattern === null || pattern.startsWith('../../') || pattern === '..') {
    complain(context, at, 'E504', {
      zh: `“${written}”太靠外了：只能包含规则文件夹里或它旁边文件夹里的文件`,
      en: `"${written}" leaves the rules folder and its neighbours`,
    })
    return []
  }
  const found = [...tree.files.keys()].filter((path) => /\.ya?ml$/i.test(path) && isMatch(path, pattern))
  if (found.length === 0) {
    complain(context, at, 'E505', { zh: `没有找到“${written}”`, en: `nothing matches "${written}"` })
  }
  const again = found.find((path) => chain.includes(path))
  if (again !== undefined && !pattern.includes('*')) {
    complain(context, at, 'E503', {
      zh: `文件互相包含：${[...chain, again].map((path) => shownPath(tree, path)).join(' → ')}`,
      en: `include cycle: ${[...chain, again].map((path) => shownPath(tree, path)).join(' -> ')}`,
    })
  }
  return found.filter((path) => !chain.includes(path))
}

/** `*` stands for anything but a slash. */
function isMatch(path: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]*')}$`, 'u').test(path)
}
