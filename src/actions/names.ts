import type { ConditionSpec, FlowSpec, RuleSpec, RulesetSpec } from '../domain/spec.ts'
import type { KnownNames } from './template.ts'
import { BUILTIN_NAMES } from './values.ts'

/** Which names the templates of a folder may use. */
export interface Names {
  forRule(rule: RuleSpec): KnownNames
  forFlow(own: readonly string[], start: ConditionSpec | null): KnownNames
  readonly forSchedule: KnownNames
  /** For templates that several rules share. */
  readonly everything: KnownNames
}

/** Collects the names that exist anywhere in a folder, and those of each rule. */
export function namesOf(spec: RulesetSpec): Names {
  const shared = new Set<string>([...BUILTIN_NAMES, ...spec.vars.keys()])
  for (const rule of spec.rules) for (const name of madeBy(rule.actions)) shared.add(name)
  for (const { value } of spec.flows.values()) {
    const flow = value as FlowSpec
    for (const name of [...flowNames(flow), ...madeBy(flow.done)]) shared.add(name)
  }
  const captures = (when: ConditionSpec | null) => capturesOf(when, spec, new Set())
  const all = new Set(shared)
  for (const rule of spec.rules) for (const name of captures(rule.when)) all.add(name)
  const called = new Set(spec.rules.flatMap((rule) => calledRules(rule.actions)))
  return {
    everything: known(all),
    forSchedule: known(shared),
    forRule: (rule) => known(called.has(rule.id) ? all : new Set([...shared, ...captures(rule.when)])),
    forFlow: (own, start) => known(new Set([...shared, ...own, ...captures(start)])),
  }
}

function known(names: ReadonlySet<string>): KnownNames {
  return { has: (name) => names.has(name), all: names }
}

const GROUP_NAME = /\(\?P?<([^>=!]+)>/g

function groupNames(pattern: string): string[] {
  return [...pattern.matchAll(GROUP_NAME)].map((match) => match[1] ?? '')
}

function capturesOf(when: ConditionSpec | null, spec: RulesetSpec, seen: Set<string>): string[] {
  if (when === null) return []
  switch (when.op) {
    case 'all':
    case 'any':
      return when.of.flatMap((one) => capturesOf(one, spec, seen))
    case 'not':
      return []
    case 'test':
      if (when.key === 'regex') return textsIn(when.value).flatMap(groupNames)
      return when.key === 'is' ? capturesOfNamed(when.value, spec, seen) : []
  }
}

function capturesOfNamed(value: unknown, spec: RulesetSpec, seen: Set<string>): string[] {
  return textsIn(value).flatMap((name) => {
    if (seen.has(name)) return []
    seen.add(name)
    return capturesOf(spec.conditions.get(name)?.value ?? null, spec, seen)
  })
}

/** The step ids and group names that a flow adds. */
export function flowNames(flow: FlowSpec): string[] {
  return flow.steps.flatMap((step) => [
    step.id,
    ...(step.accept.kind === 'regex' ? groupNames(step.accept.pattern) : []),
  ])
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  return []
}

const RESERVED = new Set(['for', 'scope'])

/** Names that actions make, at any depth: `remember` and `add` by their keys, `save` of calls. */
function madeBy(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(madeBy)
  if (typeof value !== 'object' || value === null) return []
  const { kind, params } = value as { kind?: unknown; params?: unknown }
  if (typeof kind === 'string' && 'params' in value) return madeBy({ [kind]: params })
  return Object.entries(value).flatMap(([key, inner]) => {
    if ((key === 'remember' || key === 'add') && typeof inner === 'object' && inner !== null) {
      return Object.keys(inner).filter((name) => !RESERVED.has(name))
    }
    if (key === 'save' && typeof inner === 'string') return [inner]
    return madeBy(inner)
  })
}

function calledRules(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(calledRules)
  if (typeof value !== 'object' || value === null) return []
  const { kind, params } = value as { kind?: unknown; params?: unknown }
  if (kind === 'rule' && typeof params === 'string') return [params]
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'rule' && typeof inner === 'string' ? [inner] : calledRules(inner),
  )
}
