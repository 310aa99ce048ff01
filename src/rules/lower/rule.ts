import { hash } from 'node:crypto'
import type { Place } from '../../domain/diagnostic.ts'
import { asId, type RuleId } from '../../domain/ids.ts'
import type { ActionSpec, ConditionSpec, CooldownSpec, LimitSpec, RuleSpec } from '../../domain/spec.ts'
import { parseDuration } from '../../support/duration.ts'
import { complain, type LoadContext } from '../context.ts'
import { expectMap, knownKeys } from '../keys.ts'
import { RULE_KEYS } from '../names.ts'
import { type Entry, entry, get, type MapNode, type YamlNode } from '../node.ts'
import { type RuleKeys, readChance, readDate, ruleSchema } from '../schema.ts'
import { placeAt } from '../source.ts'
import { validate } from '../validate.ts'
import { lowerActions, lowerConsequence, lowerReply } from './actions.ts'
import { isAlways, lowerWhen, whenMap } from './condition.ts'

const WHERE = { zh: '规则', en: 'a rule' }
/** Keys of a rule that are read by pieces of their own. */
const STRUCTURED = new Set(['when', 'reply', 'do', 'on_error'])

/** A rule as lowered, with the node the lints look at. */
export interface LoweredRule {
  readonly spec: RuleSpec
  readonly hasExplicitId: boolean
  readonly hasName: boolean
  /** The map with known keys and defaults merged. */
  readonly map: MapNode
}

/** The map of a rule with its keys known; null after reporting. */
export function ruleMap(node: YamlNode, context: LoadContext): MapNode | null {
  const map = expectMap(node, context, WHERE)
  return map === null ? null : knownKeys(map, RULE_KEYS, context, WHERE)
}

/** Fills in what the file's `defaults` say; the rule's own keys win, inside `when` key by key. */
export function withDefaults(rule: MapNode, defaults: MapNode | null, context: LoadContext): MapNode {
  if (defaults === null) return rule
  const has = (...keys: string[]) => keys.some((key) => entry(rule, key) !== undefined)
  const taken = defaults.entries.filter((one) => {
    if (one.key === 'reply' || one.key === 'do') return !has('reply', 'do')
    if (one.key === 'enabled' || one.key === 'disabled') return !has('enabled', 'disabled')
    return one.key !== 'when' && !has(one.key)
  })
  const when = mergedWhen(entry(rule, 'when'), entry(defaults, 'when'), context)
  const own = rule.entries.filter((one) => one.key !== 'when')
  return { ...rule, entries: [...own, ...taken, ...(when === undefined ? [] : [when])] }
}

function mergedWhen(
  own: Entry | undefined,
  base: Entry | undefined,
  context: LoadContext,
): Entry | undefined {
  if (own === undefined || base === undefined) return own ?? base
  const [mine, theirs] = [whenMap(own.value, context), whenMap(base.value, context)]
  if (mine === null || theirs === null) return own
  const added = theirs.entries.filter((one) => entry(mine, one.key) === undefined)
  return { ...own, value: { ...mine, entries: [...mine.entries, ...added] } }
}

/** The long form of one rule; null after reporting. `file` is the path inside the rules folder. */
export function lowerRule(map: MapNode, file: string, context: LoadContext): LoweredRule | null {
  const plain: MapNode = { ...map, entries: map.entries.filter((one) => !STRUCTURED.has(one.key)) }
  const keys = validate(plain, ruleSchema, context)
  const when = ruleWhen(map, keys, context)
  const actions = ruleActions(map, context)
  const onErrorNode = get(map, 'on_error')
  const onError = onErrorNode === undefined ? [] : lowerConsequence(onErrorNode, context)
  if (keys === undefined || when === undefined || actions === undefined || onError === undefined) return null
  const place = placeAt(map.at.source, map.at.start)
  const name = keys.name ?? `${place.file}:${place.line}`
  const cooldown = lowerCooldown(map, keys, name, context)
  return {
    hasExplicitId: keys.id !== undefined,
    hasName: keys.name !== undefined,
    map,
    spec: {
      id: keys.id === undefined ? ruleIdOf(file, name) : asId(keys.id),
      name,
      place,
      when,
      actions,
      onError,
      cooldown,
      limits: lowerLimits(map, keys),
      ...plainParts(keys),
    },
  }
}

/** The id of a rule that names none: stable while its file and name stay. */
export function ruleIdOf(file: string, name: string): RuleId {
  return asId(hash('sha256', `${file}\n${name}`).slice(0, 12))
}

type PlainParts = Omit<
  RuleSpec,
  'id' | 'name' | 'place' | 'when' | 'actions' | 'onError' | 'cooldown' | 'limits'
>

function plainParts(keys: RuleKeys): PlainParts {
  return {
    section: keys.guard ? 'guard' : keys.fallback ? 'fallback' : 'rule',
    isEnabled: keys.enabled ?? !(keys.disabled ?? false),
    priority: keys.priority,
    chance: keys.chance === undefined ? 1 : (readChance(keys.chance) ?? 1),
    continues: keys.continue,
    observe: keys.observe,
    late:
      keys.late === 'skip' || keys.late === 'answer'
        ? keys.late
        : { maxAgeMs: parseDuration(keys.late) ?? 0 },
    mode: keys.mode,
    interruptsFlow: keys.interrupts_flow,
    ignoreQuiet: keys.ignore_quiet,
    once: keys.once,
    fromDate: keys.from_date === undefined ? null : readDate(keys.from_date),
    untilDate: keys.until === undefined ? null : readDate(keys.until),
  }
}

function ruleWhen(
  map: MapNode,
  keys: RuleKeys | undefined,
  context: LoadContext,
): ConditionSpec | null | undefined {
  const when = entry(map, 'when')
  if (when !== undefined) return lowerWhen(when.value, context) ?? alwaysOf(when, context)
  if (keys?.fallback !== false) return null
  complain(
    context,
    startOf(map),
    'E403',
    { zh: '规则少了 when（什么时候回复）', en: 'the rule has no when' },
    { hint: { zh: '对所有消息都生效请写 when: any', en: 'to answer everything, write when: any' } },
  )
  return undefined
}

/** Null (always) only where it was asked for; an empty map is a mistake. */
function alwaysOf(when: Entry, context: LoadContext): null | undefined {
  if (isAlways(when.value)) return null
  if (when.value.kind === 'map' && when.value.entries.length === 0) {
    complain(context, when.keyAt, 'E407', { zh: 'when 里是空的', en: 'when is empty' })
  }
  return undefined
}

/** The first key of a map: where a complaint about the whole points. */
function startOf(map: MapNode) {
  return map.entries[0]?.keyAt ?? map.at
}

function ruleActions(map: MapNode, context: LoadContext): readonly ActionSpec[] | undefined {
  const [reply, list] = [entry(map, 'reply'), entry(map, 'do')]
  if (reply !== undefined && list !== undefined) {
    complain(context, reply.keyAt, 'E410', {
      zh: 'reply 和 do 只能写一个；把 reply 放进 do 里',
      en: 'write reply or do, not both; put the reply into do',
    })
    return undefined
  }
  if (list !== undefined) return lowerActions(list.value, context)
  if (reply !== undefined) {
    const action = lowerReply(reply.value, context)
    return action && [action]
  }
  complain(context, startOf(map), 'E403', {
    zh: '规则少了 reply 或 do（要做什么）',
    en: 'the rule has neither reply nor do',
  })
  return undefined
}

type Written = { readonly then: 'silent' | 'next' | 'reply'; readonly reply?: string | undefined }

function lowerCooldown(
  map: MapNode,
  keys: RuleKeys,
  name: string,
  context: LoadContext,
): CooldownSpec | null {
  const node = get(map, 'cooldown')
  const { cooldown } = keys
  if (node === undefined || cooldown === undefined) return null
  const place = placeOf(node)
  if (typeof cooldown === 'string') {
    return { per: 'chat', forMs: parseDuration(cooldown) ?? 0, ...andThen('silent'), place }
  }
  checkThen(cooldown, node, name, context)
  return { per: cooldown.per, forMs: parseDuration(cooldown.for) ?? 0, ...andThen(thenOf(cooldown)), place }
}

function lowerLimits(map: MapNode, keys: RuleKeys): LimitSpec[] {
  const node = get(map, 'limit')
  if (node === undefined || keys.limit === undefined) return []
  return [keys.limit].flat().map((one, index) => ({
    per: one.per,
    max: one.max,
    inMs: parseDuration(one.in) ?? 0,
    ...andThen(thenOf(one)),
    place: placeOf(node.kind === 'list' ? (node.items[index] ?? node) : node),
  }))
}

function andThen(then: CooldownSpec['then']): Pick<CooldownSpec, 'then'> {
  return { then }
}

function thenOf(written: Written): CooldownSpec['then'] {
  return written.then === 'reply' || written.reply !== undefined
    ? { reply: written.reply ?? '' }
    : written.then
}

function checkThen(written: Written, node: YamlNode, name: string, context: LoadContext): void {
  if (written.then !== 'reply' || written.reply !== undefined) return
  complain(context, node.at, 'E403', {
    zh: `规则“${name}”的冷却写了 then: reply，还要写 reply: 文字`,
    en: `the cooldown of "${name}" says then: reply, so it needs reply: text`,
  })
}

function placeOf(node: YamlNode): Place {
  return placeAt(node.at.source, node.at.start)
}
