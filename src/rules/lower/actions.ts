import { actionCatalogue } from '../../actions/kinds/index.ts'
import { ACTION_PROBLEMS } from '../../actions/problems.ts'
import type { ActionSpec } from '../../domain/spec.ts'
import { closest, question } from '../closest.ts'
import { complain, correctedLine, type LoadContext } from '../context.ts'
import { type Bilingual, diagnose } from '../diagnostic.ts'
import { expectMap, knownKeys } from '../keys.ts'
import { canonicalKey, spellings } from '../names.ts'
import { dataMap, type Entry, get, isNull, itemsOf, type MapNode, type YamlNode } from '../node.ts'
import { placeAt } from '../source.ts'
import { validate } from '../validate.ts'
import { lowerWhen } from './condition.ts'

const WHERE = { zh: '动作（do 的一项）', en: 'an action (an item of do)' }

/** A `do` list; undefined after reporting. A single action without a dash is taken as a list of one. */
export function lowerActions(node: YamlNode, context: LoadContext): readonly ActionSpec[] | undefined {
  if (isNull(node) || (node.kind === 'list' && node.items.length === 0)) {
    complain(context, node.at, 'E407', { zh: '动作列表是空的', en: 'the list of actions is empty' })
    return undefined
  }
  const actions = itemsOf(node).map((item) => lowerAction(item, context))
  const good = actions.filter((one) => one !== undefined)
  return good.length === actions.length ? good : undefined
}

/** `reply: ...` as an action; undefined after reporting. */
export function lowerReply(value: YamlNode, context: LoadContext): ActionSpec | undefined {
  return lowerEntry({ key: 'reply', keyAt: value.at, value }, context)
}

/**
 * What happens on some occasion: text (a reply), a list of actions, `{reply: ...}` or `{do: [...]}`.
 * Undefined after reporting.
 */
export function lowerConsequence(node: YamlNode, context: LoadContext): readonly ActionSpec[] | undefined {
  if (node.kind === 'list') return lowerActions(node, context)
  if (node.kind === 'scalar') {
    const reply = lowerReply(node, context)
    return reply && [reply]
  }
  const [first, second] = node.entries
  if (first?.key === 'do' && second === undefined) return lowerActions(first.value, context)
  return lowerActions(node, context)
}

function lowerAction(item: YamlNode, context: LoadContext): ActionSpec | undefined {
  if (item.kind === 'scalar') return lowerWord(item, context)
  const map = expectMap(item, context, WHERE)
  if (map === null) return undefined
  const [only, extra] = map.entries
  if (only === undefined) return undefined
  if (extra !== undefined) {
    complain(
      context,
      extra.keyAt,
      'E410',
      {
        zh: `一项只能写一个动作，“${extra.key}”要另起一项`,
        en: `one action per item: give "${extra.key}" its own dash`,
      },
      { hint: { zh: '每个动作前面各写一个“- ”', en: 'put "- " in front of each action' } },
    )
    return undefined
  }
  return lowerEntry({ ...only, key: canonicalKey(only.key.trim()) }, context)
}

/** `- ignore`, `- stop`: an action that needs nothing. */
function lowerWord(item: YamlNode & { kind: 'scalar' }, context: LoadContext): ActionSpec | undefined {
  const kind = canonicalKey(item.text.trim())
  const schema = actionCatalogue.get(kind)?.schema
  const place = placeAt(item.at.source, item.at.start)
  if (schema?.safeParse(null).success === true) return { kind, params: null, place }
  if (schema === undefined && expectMap(item, context, WHERE) === null) return undefined
  complain(context, item.at, 'E403', {
    zh: `动作“${kind}”后面要写内容`,
    en: `the action "${kind}" needs a value`,
  })
  return undefined
}

function lowerEntry(entry: Entry, context: LoadContext): ActionSpec | undefined {
  const refusal = notOffered(entry)
  if (refusal !== null) {
    complain(context, entry.keyAt, 'E411', refusal)
    return undefined
  }
  const kind = actionCatalogue.get(entry.key)
  if (kind === undefined) return reportUnknown(entry, context)
  if (!CALLS.has(entry.key) && reportSecret(entry.value, context)) return undefined
  const place = placeAt(entry.value.at.source, entry.value.at.start)
  if (entry.key === 'choose') return lowerChoose(entry, context)
  if (entry.key === 'reply' && isEmptyReply(entry, context)) return undefined
  const params = validate(entry.value, kind.schema, context)
  return params === undefined && !isNull(entry.value)
    ? undefined
    : { kind: entry.key, params: params ?? null, place }
}

/** The actions that may be given secrets: they talk to services, not to people. `choose` and `rule` are looked into apart. */
const CALLS = new Set(['webhook', 'llm', 'choose', 'rule'])
const SECRET_TEXT = /\{\s*secret\s*:\s*\w/

/** True when a secret is written where people would read it, and that was reported. */
function reportSecret(node: YamlNode, context: LoadContext): boolean {
  if (node.kind === 'list') return node.items.some((item) => reportSecret(item, context))
  const isSecret = node.kind === 'map' ? get(node, 'secret') !== undefined : SECRET_TEXT.test(node.text)
  if (!isSecret) return node.kind === 'map' && node.entries.some((one) => reportSecret(one.value, context))
  const { zh, en } = ACTION_PROBLEMS.E260
  context.report({ ...diagnose(node.at, 'E402', { zh, en }), code: 'E260' })
  return true
}

function isEmptyReply(entry: Entry, context: LoadContext): boolean {
  if (!isNull(entry.value)) return false
  complain(context, entry.keyAt, 'E407', { zh: '回复是空的', en: 'the reply is empty' })
  return true
}

function reportUnknown(entry: Entry, context: LoadContext): undefined {
  const candidates = spellings(actionCatalogue.keys())
  const nearest = context.budget.suggestions-- > 0 ? closest(entry.key, candidates) : null
  complain(
    context,
    entry.keyAt,
    'E401',
    { zh: `没有“${entry.key}”这个动作`, en: `there is no action "${entry.key}"` },
    {
      hint: question(nearest) ?? {
        zh: `可以写：${[...actionCatalogue.keys()].slice(0, 12).join('、')} 等`,
        en: `actions: ${[...actionCatalogue.keys()].join(', ')}`,
      },
      correctedLine: nearest === null ? undefined : correctedLine(context, entry.keyAt, nearest),
    },
  )
}

const IMPOSSIBLE: readonly {
  readonly keys: ReadonlySet<string>
  readonly zh: string
  readonly en: string
}[] = [
  {
    keys: new Set([
      'invite',
      'invite_to_room',
      'invite_room',
      'add_to_room',
      'room_invite',
      '拉群',
      '邀请',
      '邀请入群',
      '拉人',
    ]),
    zh: '网页版微信不能拉人进群（2018 年起从网页协议里去掉了）',
    en: 'the web protocol cannot invite people to a room (removed in 2018)',
  },
  {
    keys: new Set(['at', 'mention', 'real_at', 'at_all', '艾特', '@']),
    zh: '网页版微信发不出会提醒对方的 @；可以用 at_sender: true，在文字前加“@名字”（不会提醒）',
    en: 'the web protocol cannot send an @ that notifies; at_sender: true puts a plain "@name" in front',
  },
  {
    keys: new Set(['voice', 'audio', 'send_voice', '语音']),
    zh: '网页版微信不能发语音条；可以用 file 发音频文件',
    en: 'the web protocol cannot send voice bubbles; file can send an audio file',
  },
]

/** The sentence for an action the web protocol has no way to do; null for every other. */
function notOffered(entry: Entry): Bilingual | null {
  return IMPOSSIBLE.find((one) => one.keys.has(entry.key)) ?? null
}

/** Branches hold actions again; they are checked here and handed on in their plain form. */
function lowerChoose(entry: Entry, context: LoadContext): ActionSpec | undefined {
  const place = placeAt(entry.value.at.source, entry.value.at.start)
  const where = { zh: 'choose 的分支', en: 'a branch of choose' }
  const branches = itemsOf(entry.value).map((item) => {
    const map = expectMap(item, context, where)
    return map && lowerBranch(knownKeys(map, ['if', 'when', 'do', 'reply', 'else'], context, where), context)
  })
  const good = branches.filter((one) => one !== null)
  return good.length === branches.length ? { kind: 'choose', params: good, place } : undefined
}

function lowerBranch(map: MapNode, context: LoadContext): Record<string, unknown> | null {
  let isGood = true
  const data = dataMap(map, () => undefined)
  for (const { key, value } of map.entries) {
    const checked =
      key === 'if' || key === 'when' ? branchTest(key, value, context) : nestedActions(key, value, context)
    if (checked === undefined) isGood = false
    data[key === 'reply' ? 'do' : key] = checked
  }
  delete data.reply
  return isGood ? data : null
}

/** `if` is a comparison as text, `when` a condition as rules have it; undefined after reporting. */
function branchTest(key: 'if' | 'when', value: YamlNode, context: LoadContext): unknown {
  if (key === 'when') return lowerWhen(value, context)
  return value.kind === 'scalar' ? value.text : {}
}

/** Each action keeps its own place, which may be many lines below the branch. */
function nestedActions(
  key: string,
  value: YamlNode,
  context: LoadContext,
): readonly ActionSpec[] | undefined {
  if (key !== 'reply') return lowerConsequence(value, context)
  const reply = lowerReply(value, context)
  return reply && [reply]
}
