import type { LoadContext } from './context.ts'
import { complain } from './context.ts'
import { expectMap, knownKeys } from './keys.ts'
import { ruleMap } from './lower/rule.ts'
import { FILE_KEYS } from './names.ts'
import { get, isNull, type MapNode, type YamlNode } from './node.ts'
import type { SourceText } from './source.ts'

/** One rule file after its outermost keys were understood. */
export interface RuleFile {
  /** Path inside the rules folder. */
  readonly path: string
  readonly source: SourceText
  readonly map: MapNode
  readonly defaults: MapNode | null
}

const WHERE = { zh: '规则文件', en: 'a rule file' }
const TEST_WHERE = {
  zh: '测试文件（*.test.yml 里只写 tests）',
  en: 'a test file (*.test.yml holds tests only)',
}
const NEWEST_FORMAT = '1'

/** Reads the outermost level; a file that is just a list is taken as `rules:` (or `tests:` in a test file). */
export function readRuleFile(
  path: string,
  source: SourceText,
  root: YamlNode,
  context: LoadContext,
): RuleFile | null {
  const isTestFile = /\.test\.ya?ml$/i.test(path)
  const map = outermost(root, isTestFile, context)
  if (map === null) return null
  checkVersion(map, context)
  const defaultsNode = get(map, 'defaults')
  const defaults = defaultsNode === undefined || isNull(defaultsNode) ? null : ruleMap(defaultsNode, context)
  return { path, source, map, defaults }
}

function outermost(root: YamlNode, isTestFile: boolean, context: LoadContext): MapNode | null {
  const where = isTestFile ? TEST_WHERE : WHERE
  if (root.kind === 'list') {
    const entries = [{ key: isTestFile ? 'tests' : 'rules', keyAt: root.at, value: root }]
    return { kind: 'map', entries, at: root.at }
  }
  const map = expectMap(root, context, where)
  return map && knownKeys(map, isTestFile ? ['version', 'tests'] : FILE_KEYS, context, where)
}

function checkVersion(map: MapNode, context: LoadContext): void {
  const version = get(map, 'version')
  if (version === undefined || (version.kind === 'scalar' && version.text === NEWEST_FORMAT)) return
  complain(context, version.at, 'E404', {
    zh: `version 只能写 ${NEWEST_FORMAT}`,
    en: `version must be ${NEWEST_FORMAT}`,
  })
}
