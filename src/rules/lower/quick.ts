import type { ActionSpec, ConditionSpec, RuleSpec } from '../../domain/spec.ts'
import { complain, type LoadContext } from '../context.ts'
import { expectMap } from '../keys.ts'
import { entry, isNull, type MapNode, type YamlNode } from '../node.ts'
import { placeAt } from '../source.ts'
import { lowerReply } from './actions.ts'
import { whenMap } from './condition.ts'
import { lowerRule, ruleIdOf, withDefaults } from './rule.ts'
import { splitOr, type Table, type TableRow } from './table.ts'

/** What a quick entry shares with every other of its file. */
export interface QuickSettings {
  readonly file: string
  readonly defaults: MapNode | null
  /** The table behind a list name; undefined when there is no such list, null when it is no reply table. */
  table(name: string): { readonly table: Table; readonly path: string } | null | undefined
}

const WHERE = { zh: '快捷问答（quick）', en: 'quick' }

/** The rules behind `quick:`, in order. */
export function lowerQuick(node: YamlNode, settings: QuickSettings, context: LoadContext): RuleSpec[] {
  if (isNull(node)) return []
  const map = expectMap(node, context, WHERE)
  if (map === null) return []
  const base = prototypeRule(map, settings, context)
  if (base === null) return []
  const from = entry(map, 'from')
  if (from !== undefined && map.entries.length === 1 && from.value.kind === 'scalar') {
    return fromTable(from.value, base, settings, context)
  }
  return map.entries.flatMap((one) => {
    const words = splitOr(one.key)
    if (words.length === 0) {
      complain(context, one.keyAt, 'E407', { zh: '“问”是空的', en: 'the question is empty' })
      return []
    }
    const action = lowerReply(one.value, context)
    const place = placeAt(one.keyAt.source, one.keyAt.start)
    return action === undefined
      ? []
      : [ruleFrom(base, words.join(' | '), place, { key: 'text', words }, action, settings)]
  })
}

/** A rule with the file's defaults, to be copied for each entry; null after reporting. */
function prototypeRule(map: MapNode, settings: QuickSettings, context: LoadContext): RuleSpec | null {
  const anything: YamlNode = { kind: 'scalar', text: 'any', value: 'any', isPlain: true, at: map.at }
  const bare: MapNode = {
    kind: 'map',
    at: map.at,
    entries: ['when', 'reply'].map((key) => ({ key, keyAt: map.at, value: anything })),
  }
  const usable = settings.defaults && {
    ...settings.defaults,
    entries: settings.defaults.entries
      .filter((one) => one.key !== 'name' && one.key !== 'id')
      .map((one) => (one.key === 'when' ? { ...one, value: withoutText(one.value, context) } : one)),
  }
  return lowerRule(withDefaults(bare, usable, context), settings.file, context)?.spec ?? null
}

/** The entry's own keywords replace the text that `defaults` ask for. */
function withoutText(when: YamlNode, context: LoadContext): YamlNode {
  const map = whenMap(when, context)
  return map === null ? when : { ...map, entries: map.entries.filter((one) => one.key !== 'text') }
}

function ruleFrom(
  base: RuleSpec,
  name: string,
  place: RuleSpec['place'],
  condition: { readonly key: string; readonly words: readonly string[] },
  action: ActionSpec,
  settings: QuickSettings,
): RuleSpec {
  const value = condition.words.length === 1 ? condition.words[0] : condition.words
  const test: ConditionSpec = { op: 'test', key: condition.key, value, place, raw: false }
  return {
    ...base,
    id: ruleIdOf(settings.file, `quick ${name}`),
    name,
    place,
    when: base.when === null ? test : { op: 'all', of: [test, base.when], place },
    actions: [action],
    cooldown: base.cooldown === null ? null : { ...base.cooldown },
  }
}

function fromTable(
  node: YamlNode & { kind: 'scalar' },
  base: RuleSpec,
  settings: QuickSettings,
  context: LoadContext,
): RuleSpec[] {
  const found = settings.table(node.text)
  if (found === undefined || found === null) {
    complain(
      context,
      node.at,
      'E502',
      found === undefined
        ? { zh: `没有名叫“${node.text}”的列表`, en: `there is no list "${node.text}"` }
        : {
            zh: `列表“${node.text}”不是“关键词,回复”的表格`,
            en: `list "${node.text}" is no table of keyword,reply`,
          },
    )
    return []
  }
  return found.table.rows.map((row) => tableRule(row, found.path, base, settings))
}

function tableRule(row: TableRow, path: string, base: RuleSpec, settings: QuickSettings): RuleSpec {
  const place = { file: path, line: row.line, column: 1 }
  const action: ActionSpec = { kind: 'reply', params: row.reply, place }
  const condition = { key: row.match, words: row.keywords }
  return ruleFrom(base, row.keywords.join(' | '), place, condition, action, settings)
}
