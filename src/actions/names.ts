import { branchConditions } from '../domain/branches.ts'
import type { Place } from '../domain/diagnostic.ts'
import type { ConditionSpec, FlowSpec, RuleSpec, RulesetSpec } from '../domain/spec.ts'
import type { KnownNames } from './template.ts'
import { BUILTIN_NAMES, MEMBERS } from './values.ts'

/** Which names the templates of a folder may use. */
export interface Names {
  forRule(rule: RuleSpec): KnownNames
  forFlow(own: readonly string[], start: ConditionSpec | null): KnownNames
  readonly forSchedule: KnownNames
  /** Some names and those that a branch with this condition captures. */
  within(known: KnownNames, when: ConditionSpec): KnownNames
  /** For `if` inside a `when`, which is asked before anything is captured. */
  readonly forIf: KnownNames
  /** For templates that several rules share. */
  readonly everything: KnownNames
}

/** What only a message has; a schedule answers nobody. */
const OF_MESSAGES = ['sender', 'room', 'chat', 'text', 'matched', 'match', 'joined', 'quoted', 'flow']

/** Collects the names that exist anywhere in a folder, and those of each rule. */
export function namesOf(spec: RulesetSpec): Names {
  const shared = new Set<string>([...BUILTIN_NAMES, ...spec.vars.keys()])
  const share = (names: readonly string[]) => {
    for (const name of names) shared.add(name)
  }
  for (const { actions, onError } of spec.rules) {
    share(madeBy(actions))
    if (onError.length > 0) share(madeBy(onError))
  }
  for (const { value } of spec.schedules) share(madeBy(value.actions))
  const inFlows = new Set<string>()
  for (const { value } of spec.flows.values()) {
    const flow = value as FlowSpec
    for (const name of [...flowNames(flow), ...capturesOf(flow.start, spec, new Set())]) inFlows.add(name)
    share([...flowNames(flow), ...madeByFlow(flow)])
  }
  const groups: Groups = { vars: new Set(spec.vars.keys()), flow: inFlows }
  const known = (names: ReadonlySet<string>) => knownNames(names, groups)
  const captures = (when: ConditionSpec | null) => capturesOf(when, spec, new Set())
  const all = new Set(shared)
  for (const rule of spec.rules) for (const name of captures(rule.when)) all.add(name)
  for (const when of branchConditions(spec)) for (const name of captures(when)) all.add(name)
  const called = new Set(spec.rules.flatMap((rule) => calledRules(rule.actions)))
  const everything = known(all)
  const ordinary = known(shared)
  // Most of 100,000 rules capture nothing, so nothing is made for those.
  const withShared = (own: readonly string[]) =>
    own.length === 0 ? ordinary : known(new Set([...shared, ...own]))
  return {
    everything,
    forSchedule: known(without(shared, OF_MESSAGES)),
    forIf: known(without(shared, ['me', 'match', 'matched'])),
    forRule: (rule) => (called.has(rule.id) ? everything : withShared(captures(rule.when))),
    within: (around, when) => joined(around, new Set(captures(when))),
    forFlow: (own, start) => withShared([...own, ...captures(start)]),
  }
}

function joined(around: KnownNames, own: ReadonlySet<string>): KnownNames {
  return {
    has: (name) => own.has(name) || around.has(name),
    all: [...own, ...around.all],
    members: (name) => around.members(name),
  }
}

const ANY: KnownNames = { has: () => true, all: [], members: () => null }

/** For templates that were checked before: every name is known. */
export const ANY_NAMES: Names = {
  forRule: () => ANY,
  forFlow: () => ANY,
  forSchedule: ANY,
  within: () => ANY,
  forIf: ANY,
  everything: ANY,
}

/** The groups whose members a folder makes. */
type Groups = Readonly<Record<'vars' | 'flow', ReadonlySet<string>>>

function knownNames(names: ReadonlySet<string>, groups: Groups): KnownNames {
  return {
    has: (name) => names.has(name),
    all: names,
    members: (name) => (name === 'vars' || name === 'flow' ? groups[name] : (MEMBERS.get(name) ?? null)),
  }
}

function without(names: ReadonlySet<string>, left: readonly string[]): ReadonlySet<string> {
  return new Set([...names].filter((name) => !left.includes(name)))
}

/** Every `if` of a condition, with its place. */
export function ifsOf(
  when: ConditionSpec | null,
): readonly { readonly text: string; readonly place: Place }[] {
  if (when === null) return []
  if (when.op === 'not') return ifsOf(when.of)
  if (when.op !== 'test') return when.of.flatMap(ifsOf)
  return when.key === 'if' && typeof when.value === 'string' ? [{ text: when.value, place: when.place }] : []
}

function madeByFlow({ onCancel, onTimeout, done, steps }: FlowSpec): string[] {
  return [onCancel, onTimeout, done, ...steps.map((step) => step.onGiveUp)].flatMap(madeBy)
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
