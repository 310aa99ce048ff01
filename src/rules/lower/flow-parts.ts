import { z } from 'zod'
import type { FlowChoiceSpec } from '../../domain/spec.ts'
import { complain, type LoadContext } from '../context.ts'
import { saying } from '../issues.ts'
import { get, isNull, type YamlNode } from '../node.ts'
import { validate } from '../validate.ts'

/** One text or several. */
export const textsSchema = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)])

const RANGE = /^\d+(-\d+)?$/

/** The ends of `1-20`, or of a single number; null when it is neither. */
export function readRange(text: string): { readonly min: number; readonly max: number } | null {
  if (!RANGE.test(text)) return null
  const [min = 0, max = min] = text.split('-').map(Number)
  return min <= max ? { min, max } : null
}

/** What a step takes when it has no choices. */
export const acceptSchema = z.union([
  z.enum(['any', 'text']),
  z
    .strictObject({
      number: z
        .string()
        .refine(
          (text) => readRange(text) !== null,
          saying(
            'E412',
            '要写 1-20 这样的范围，小的在前',
            'write a range such as 1-20, the smaller number first',
          ),
        )
        .meta({ pattern: RANGE.source })
        .optional(),
      regex: z.string().min(1).optional(),
    })
    .refine(
      (written) => (written.number === undefined) !== (written.regex === undefined),
      saying('E410', 'accept 里写 number 或 regex 其中一个', 'accept takes either number or regex'),
    ),
])

/** A whole number of at least this; `otherwise` when absent or reported. */
export function wholeNumber(
  node: YamlNode | undefined,
  least: number,
  otherwise: number,
  context: LoadContext,
): number {
  return (node && validate(node, z.int().min(least), context)) ?? otherwise
}

/** The word that means "yes, go on". */
const GO = 'go'

/** The answers of a step: a map `key: value`, or a list of words. */
export function choicesOf(node: YamlNode, context: LoadContext): FlowChoiceSpec[] {
  if (node.kind !== 'scalar' && itemCount(node) === 0) {
    complain(context, node.at, 'E407', { zh: 'choices 是空的', en: 'there are no choices' })
    return []
  }
  if (node.kind === 'list') {
    return node.items.flatMap((item) =>
      item.kind === 'scalar' ? [{ key: item.text, value: item.text, goto: null }] : [],
    )
  }
  if (node.kind !== 'map') {
    complain(context, node.at, 'E402', {
      zh: 'choices 要写成“回答: 值”的形式',
      en: 'choices must be a map of "answer: value"',
    })
    return []
  }
  return node.entries.flatMap((one) => choiceOf(one.key, one.value, context))
}

function itemCount(node: Exclude<YamlNode, { kind: 'scalar' }>): number {
  return node.kind === 'list' ? node.items.length : node.entries.length
}

function choiceOf(key: string, value: YamlNode, context: LoadContext): FlowChoiceSpec[] {
  if (value.kind === 'scalar') {
    const isGo = isNull(value) || value.text === GO
    return [{ key, value: isGo ? key : value.text, goto: null }]
  }
  const goto = value.kind === 'map' && value.entries.length === 1 ? get(value, 'goto') : undefined
  if (goto?.kind === 'scalar') return [{ key, value: key, goto: goto.text }]
  complain(context, value.at, 'E402', {
    zh: '这里写文字、go 或 {goto: 步骤}',
    en: 'write text, go or {goto: step} here',
  })
  return []
}
