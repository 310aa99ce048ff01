import type { Place } from '../../domain/diagnostic.ts'
import { didYouMean } from '../../domain/problem.ts'
import type { ActionSpec, FlowAcceptSpec, FlowChoiceSpec, FlowSpec, FlowStepSpec } from '../../domain/spec.ts'
import { parseDuration } from '../../support/duration.ts'
import { complain, type LoadContext } from '../context.ts'
import { expectMap, knownKeys } from '../keys.ts'
import { entry, get, itemsOf, type MapNode, type YamlNode } from '../node.ts'
import { durationSchema } from '../schema.ts'
import { placeAt } from '../source.ts'
import { validate } from '../validate.ts'
import { lowerConsequence } from './actions.ts'
import { lowerMap, whenMap } from './condition.ts'
import { acceptSchema, choicesOf, readRange, textsSchema, wholeNumber } from './flow-parts.ts'

const WHERE = { zh: '流程', en: 'a flow' }
const STEP = { zh: '流程的步骤', en: 'a step of a flow' }
/** Keys of a flow. */
export const FLOW_KEYS = [
  'start',
  'timeout',
  'cancel',
  'on_cancel',
  'on_timeout',
  'max_steps',
  'steps',
  'done',
] as const
/** Keys of a step. */
export const STEP_KEYS = ['id', 'ask', 'choices', 'accept', 'retry', 'retries', 'on_give_up'] as const

const DEFAULT_TIMEOUT_MS = 10 * 60_000
const DEFAULT_MAX_STEPS = 30

/** The long form of one flow; null after reporting. `defaults` are those of the file and serve its `start`. */
export function lowerFlow(
  name: string,
  node: YamlNode,
  defaults: MapNode | null,
  context: LoadContext,
): FlowSpec | null {
  const raw = expectMap(node, context, WHERE)
  const map = raw && knownKeys(raw, FLOW_KEYS, context, WHERE)
  const stepList = map && get(map, 'steps')
  if (map === null || stepList === null) return null
  if (stepList === undefined || stepList.kind !== 'list' || stepList.items.length === 0) {
    complain(context, map.at, 'E403', {
      zh: `流程“${name}”少了 steps（步骤列表）`,
      en: `flow "${name}" has no steps`,
    })
    return null
  }
  const steps = stepList.items.map((item, index) => lowerStep(item, index, context))
  const good = steps.filter((step) => step !== null)
  checkTargets(stepList, good, context)
  return {
    name,
    place: placeAt(map.at.source, map.at.start),
    start: startOf(map, defaults, context),
    timeoutMs: durationOf(get(map, 'timeout'), DEFAULT_TIMEOUT_MS, context),
    cancel: [textsOf(map, 'cancel', context)].flat(),
    onCancel: consequence(map, 'on_cancel', context),
    onTimeout: consequence(map, 'on_timeout', context),
    maxSteps: wholeNumber(get(map, 'max_steps'), 1, DEFAULT_MAX_STEPS, context),
    steps: good,
    done: consequence(map, 'done', context),
  }
}

function startOf(map: MapNode, defaults: MapNode | null, context: LoadContext) {
  const start = entry(map, 'start')
  if (start === undefined) return null
  const own = whenMap(start.value, context)
  const base = defaults && get(defaults, 'when')
  const added = (base && whenMap(base, context)?.entries) ?? []
  if (own === null) return null
  const merged = [...own.entries, ...added.filter((one) => entry(own, one.key) === undefined)]
  return lowerMap({ ...own, entries: merged }, context, false) ?? null
}

function lowerStep(node: YamlNode, index: number, context: LoadContext): FlowStepSpec | null {
  const raw = expectMap(node, context, STEP)
  const map = raw && knownKeys(raw, STEP_KEYS, context, STEP)
  if (map === null) return null
  const ask = get(map, 'ask')
  if (ask === undefined || ask.kind !== 'scalar' || ask.text.trim() === '') {
    complain(context, (ask ?? map).at, 'E403', { zh: '步骤少了 ask（问什么）', en: 'the step has no ask' })
    return null
  }
  return {
    id: scalarText(map, 'id') ?? String(index + 1),
    place: placeAt(map.at.source, map.at.start),
    places: { ask: placeOf(ask), retry: placeOf(get(map, 'retry') ?? ask) },
    ask: ask.text,
    choices: choices(map, context),
    accept: accept(map, context),
    retry: scalarText(map, 'retry') ?? null,
    retries: get(map, 'retries') === undefined ? null : wholeNumber(get(map, 'retries'), 0, 0, context),
    onGiveUp: consequence(map, 'on_give_up', context),
  }
}

function choices(map: MapNode, context: LoadContext): readonly FlowChoiceSpec[] {
  const node = get(map, 'choices')
  return node === undefined ? [] : choicesOf(node, context)
}

function accept(map: MapNode, context: LoadContext): FlowAcceptSpec {
  const node = get(map, 'accept')
  if (node === undefined) return { kind: 'any' }
  const other = entry(map, 'choices')
  if (other !== undefined) {
    complain(context, entry(map, 'accept')?.keyAt ?? node.at, 'E410', {
      zh: 'choices 和 accept 只能写一个',
      en: 'a step takes either choices or accept',
    })
  }
  const written = validate(node, acceptSchema, context)
  if (written === undefined || typeof written === 'string') return { kind: 'any' }
  if (written.regex !== undefined) {
    const regex = node.kind === 'map' ? get(node, 'regex') : undefined
    return {
      kind: 'regex',
      pattern: written.regex,
      ...(regex === undefined ? {} : { place: placeOf(regex) }),
    }
  }
  return { kind: 'number', ...(readRange(written.number ?? '') ?? { min: 0, max: 0 }) }
}

function checkTargets(list: YamlNode, steps: readonly FlowStepSpec[], context: LoadContext): void {
  const ids = new Set<string>()
  for (const [index, step] of steps.entries()) {
    const at = itemsOf(list)[index]?.at ?? list.at
    if (ids.has(step.id)) {
      complain(context, at, 'E501', {
        zh: `步骤“${step.id}”写了两次`,
        en: `step "${step.id}" is defined twice`,
      })
    }
    ids.add(step.id)
  }
  for (const [index, step] of steps.entries()) {
    for (const { goto } of step.choices) {
      if (goto === null || ids.has(goto)) continue
      complain(
        context,
        itemsOf(list)[index]?.at ?? list.at,
        'E502',
        { zh: `goto 的步骤“${goto}”不存在`, en: `goto names an unknown step "${goto}"` },
        { hint: didYouMean(goto, ids) },
      )
    }
  }
}

function consequence(map: MapNode, key: string, context: LoadContext): readonly ActionSpec[] {
  const node = get(map, key)
  return node === undefined ? [] : (lowerConsequence(node, context) ?? [])
}

function durationOf(node: YamlNode | undefined, otherwise: number, context: LoadContext): number {
  const text = node && validate(node, durationSchema, context)
  return text === undefined ? otherwise : (parseDuration(text) ?? otherwise)
}

function textsOf(map: MapNode, key: string, context: LoadContext): string | string[] {
  const node = get(map, key)
  return (node && validate(node, textsSchema, context)) ?? []
}

function scalarText(map: MapNode, key: string): string | undefined {
  const node = get(map, key)
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined
}

function placeOf({ at }: YamlNode): Place {
  return placeAt(at.source, at.start)
}
