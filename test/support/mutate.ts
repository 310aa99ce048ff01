/**
 * Mechanical mistakes in a rules folder: each mutant is the same rules with one small thing wrong. Rules whose tests
 * notice nearly all of them are really tested.
 */
import type { Place } from '../../src/domain/diagnostic.ts'
import type { FlowSpec, Named, RuleSpec, RulesetSpec } from '../../src/domain/spec.ts'
import { mutateActions } from './mutate-actions.ts'
import { type Change, eachOf, inside, OTHER_TEXT } from './mutate-change.ts'
import { flipChat, mutateWhen } from './mutate-conditions.ts'
import { mutateFlow } from './mutate-flows.ts'
import { mutateTime, withoutEach } from './mutate-values.ts'

/** A whole folder with one thing changed. */
export type Mutant = Change<RulesetSpec>

/** Every mutant of a folder, in the order of its parts. */
export function mutantsOf(spec: RulesetSpec): Mutant[] {
  return [
    ...inside(eachOf(spec.rules, mutateRule), (rules) => ({ ...spec, rules })),
    ...inside(
      eachNamed(spec.flows, (flow, place) => mutateFlow(flow as FlowSpec, place)),
      (flows) => ({ ...spec, flows }),
    ),
    ...inside(
      eachNamed(spec.lists, (list, place) => withoutEach(list, place)),
      (lists) => ({ ...spec, lists }),
    ).filter(({ what }) => usedLists(spec).has(what.split(':')[0] ?? '')),
    ...inside(eachNamed(spec.times, mutateTime), (times) => ({ ...spec, times })),
    ...inside(
      eachNamed(spec.templates, (_, place) => [{ what: 'other text', place, value: OTHER_TEXT }]),
      (templates) => ({ ...spec, templates }),
    ),
    ...inside(
      eachNamed(spec.conditions, (when) =>
        mutateWhen(when).flatMap((one) => (one.value === null ? [] : [{ ...one, value: one.value }])),
      ),
      (conditions) => ({ ...spec, conditions }),
    ),
  ]
}

function eachNamed<Value>(
  named: ReadonlyMap<string, Named<Value>>,
  changesOf: (value: Value, place: Place) => readonly Change<Value>[],
): Change<ReadonlyMap<string, Named<Value>>>[] {
  return [...named].flatMap(([name, { value, place }]) =>
    inside(
      changesOf(value, place),
      (changed) => new Map([...named, [name, { value: changed, place }]]),
      name,
    ),
  )
}

/** Lists that conditions ask for; a reply table has been turned into rules before, so its entries change nothing. */
function usedLists(spec: RulesetSpec): ReadonlySet<string> {
  const text = JSON.stringify([spec.rules, [...spec.flows.values()], [...spec.conditions.values()]])
  return new Set([...text.matchAll(/"list:([^"]+)"/g)].map((match) => match[1] ?? ''))
}

function mutateRule(rule: RuleSpec): Change<RuleSpec>[] {
  const { place } = rule
  const change = (what: string, more: Partial<RuleSpec>) => ({ what, place, value: { ...rule, ...more } })
  const { cooldown, section, priority, limits } = rule
  const changes: Change<RuleSpec>[] = [change('disable', { isEnabled: false })]
  if (rule.when !== null) changes.push(change('private <-> group', { when: flipChat(rule.when, place) }))
  if (section !== 'rule') changes.push(change(`no ${section}`, { section: 'rule' }))
  if (priority !== 0) changes.push(change('no priority', { priority: 0 }))
  if (rule.continues) changes.push(change('no continue', { continues: false }))
  if (rule.interruptsFlow) changes.push(change('no interrupts_flow', { interruptsFlow: false }))
  if (cooldown !== null) changes.push(change('no cooldown', { cooldown: { ...cooldown, forMs: 0 } }))
  for (const [index, limit] of limits.entries()) {
    changes.push(change('no limit', { limits: limits.toSpliced(index, 1) }))
    changes.push(change('limit + 1', { limits: limits.with(index, { ...limit, max: limit.max + 1 }) }))
  }
  changes.push(
    ...inside(mutateWhen(rule.when), (when) => ({ ...rule, when })),
    ...inside(mutateActions(rule.actions, place), (actions) => ({ ...rule, actions })),
  )
  return inside(changes, (value) => value, rule.name)
}
