import { asId } from '../domain/ids.ts'
import type { RuleSpec } from '../domain/spec.ts'
import { complain, type LoadContext } from './context.ts'
import type { LoweredRule } from './lower/rule.ts'
import { get } from './node.ts'

/** Gives rules that share a derived id (same file, same name) one each; a written id used twice is an error. */
export function uniqueIds(
  rules: readonly RuleSpec[],
  lowered: readonly LoweredRule[],
  context: LoadContext,
): RuleSpec[] {
  const written = new Map(lowered.filter((one) => one.hasExplicitId).map((one) => [one.spec, one]))
  const first = new Map<string, RuleSpec>()
  for (const rule of written.keys()) {
    const before = first.get(rule.id)
    if (before === undefined) first.set(rule.id, rule)
    else reportTwice(rule, before, written.get(rule), context)
  }
  const taken = new Set<string>(first.keys())
  return rules.map((rule) => {
    if (written.has(rule)) return rule
    let id: string = rule.id
    for (let count = 2; taken.has(id); count++) id = `${rule.id}-${count}`
    taken.add(id)
    return id === rule.id ? rule : { ...rule, id: asId(id) }
  })
}

function reportTwice(
  rule: RuleSpec,
  before: RuleSpec,
  lowered: LoweredRule | undefined,
  context: LoadContext,
): void {
  const node = lowered && get(lowered.map, 'id')
  if (node === undefined) return
  const { file, line } = before.place
  complain(context, node.at, 'E501', {
    zh: `id“${rule.id}”已经用在 ${file}:${line} 的规则“${before.name}”上`,
    en: `id "${rule.id}" is already used by the rule "${before.name}" at ${file}:${line}`,
  })
}
