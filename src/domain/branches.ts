import type { ActionSpec, ConditionSpec, FlowSpec, RulesetSpec } from './spec.ts'

/** The name under which the condition of a `choose` branch is known to what evaluates it and to what plans by it. */
export function branchKey({ place }: ConditionSpec): string {
  return `${place.file}:${place.line}:${place.column}`
}

/** True for the long form of a condition among plain parameters. */
export function isConditionSpec(value: unknown): value is ConditionSpec {
  return typeof value === 'object' && value !== null && 'op' in value && 'place' in value
}

/** Every condition that a `when` inside `choose` asks for, anywhere in a folder. */
export function branchConditions(spec: RulesetSpec): readonly ConditionSpec[] {
  const found: ConditionSpec[] = []
  // Most of 100,000 rules have none, so nothing is made for those.
  for (const rule of spec.rules) {
    if (rule.actions.some(isChoose)) found.push(...conditionsIn(rule.actions))
    if (rule.onError.some(isChoose)) found.push(...conditionsIn(rule.onError))
  }
  return [
    ...found,
    ...[...spec.flows.values()].flatMap(({ value }) => listsOf(value as FlowSpec).flatMap(conditionsIn)),
    ...spec.schedules.flatMap(({ value }) => conditionsIn(value.actions)),
  ]
}

function isChoose({ kind }: ActionSpec): boolean {
  return kind === 'choose'
}

function listsOf(flow: FlowSpec): readonly (readonly ActionSpec[])[] {
  return [flow.onCancel, flow.onTimeout, flow.done, ...flow.steps.map((step) => step.onGiveUp)]
}

function conditionsIn(actions: readonly ActionSpec[]): ConditionSpec[] {
  return actions.flatMap(({ kind, params }) => (kind === 'choose' ? inBranches(params) : []))
}

function inBranches(branches: unknown): ConditionSpec[] {
  if (!Array.isArray(branches)) return []
  return branches.flatMap((branch: unknown) =>
    Object.entries(Object(branch)).flatMap(([key, value]) => {
      if (key === 'when') return isConditionSpec(value) ? [value] : []
      return Array.isArray(value) ? value.flatMap(inNested) : []
    }),
  )
}

/** Actions inside actions are as the loader read them, or `{name: parameters}`. */
function inNested(action: unknown): ConditionSpec[] {
  const { kind, params } = Object(action) as { readonly kind?: unknown; readonly params?: unknown }
  if (kind === 'choose') return inBranches(params)
  return Object.entries(Object(action)).flatMap(([key, value]) => (key === 'choose' ? inBranches(value) : []))
}
