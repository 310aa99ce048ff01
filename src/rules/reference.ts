import { actionCatalogue } from '../actions/kinds/index.ts'
import { matcherCatalogue } from '../engine/matchers/index.ts'
import { ACTION_EXAMPLES, CONDITION_EXAMPLES } from './key-examples.ts'
import {
  BRANCH_TEXTS,
  CAP_TEXTS,
  EXPECT_TEXTS,
  FILE_TEXTS,
  FLOW_TEXTS,
  JOIN_TEXTS,
  type KeyTexts,
  RULE_TEXTS,
  SCHEDULE_TEXTS,
  STEP_TEXTS,
  TEST_TEXTS,
} from './key-texts.ts'
import { KEY_ALIASES } from './names.ts'
import { ruleSchema } from './schema.ts'

/** What holds when a key of a rule is not written and the schema does not say so itself. */
const OTHER_DEFAULTS: Readonly<Record<string, string>> = {
  id: '由文件和名称算出',
  chance: '1',
  enabled: 'true',
  disabled: 'false',
}

/** The tables of docs/rules-reference.md by name, made from the schemas so that the two cannot differ. */
export function referenceTables(): ReadonlyMap<string, string> {
  return new Map([
    ['file', keyTable(FILE_TEXTS)],
    ['rule', ruleTable()],
    ['cap', keyTable(CAP_TEXTS)],
    ['condition', conditionTable()],
    ['action', actionTable()],
    ['branch', keyTable(BRANCH_TEXTS)],
    ['flow', keyTable(FLOW_TEXTS)],
    ['step', keyTable(STEP_TEXTS)],
    ['schedule', keyTable(SCHEDULE_TEXTS)],
    ['test', keyTable(TEST_TEXTS)],
    ['expect', keyTable(EXPECT_TEXTS)],
  ])
}

/** Puts the tables between their marks, `<!-- table: rule -->` and `<!-- end -->`. */
export function withTables(page: string): string {
  const tables = referenceTables()
  return page.replaceAll(
    /(<!-- table: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (whole: string, begin: string, name: string, end: string) => {
      const table = tables.get(name)
      return table === undefined ? whole : `${begin}\n${table}\n\n${end}`
    },
  )
}

function keyTable(texts: KeyTexts): string {
  const rows = Object.entries(texts).map(([key, text]) => [code(key) + alias(key), text])
  return table(['字段 key', '意思 meaning'], rows)
}

function ruleTable(): string {
  const defaults: Readonly<Record<string, unknown>> = { ...OTHER_DEFAULTS, ...ruleSchema.parse({}) }
  const rows = Object.entries(RULE_TEXTS).map(([key, text]) => [
    code(key) + alias(key),
    String(defaults[key] ?? ''),
    text,
  ])
  return table(['字段 key', '默认 default', '意思 meaning'], rows)
}

function conditionTable(): string {
  const joins = Object.entries(JOIN_TEXTS).map(([key, text]): [string, string] => [key, text])
  const matchers = [...matcherCatalogue].map(([key, { schema }]): [string, string] => [
    key,
    schema.description ?? '',
  ])
  const rows = [...matchers, ...joins].map(([key, text]) => [
    code(key) + alias(key),
    code(CONDITION_EXAMPLES[key] ?? ''),
    text,
  ])
  return table(['条件 key', '例子 example', '意思 meaning'], rows)
}

function actionTable(): string {
  const rows = [...actionCatalogue.values()].map(({ key, schema, availability }) => [
    code(key) + alias(key),
    availability === 'now' ? '✓' : '以后 later',
    code(ACTION_EXAMPLES[key] ?? ''),
    schema.description ?? '',
  ])
  return table(['动作 key', '现在 now', '例子 example', '意思 meaning'], rows)
}

const ALIASES: ReadonlyMap<string, string> = new Map([...KEY_ALIASES].map(([alias, key]) => [key, alias]))

/** The Chinese spelling behind a key; conditions and rules share them by name. */
function alias(key: string): string {
  const spelled = ALIASES.get(key)
  return spelled === undefined ? '' : `、${code(spelled)}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|')
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}
