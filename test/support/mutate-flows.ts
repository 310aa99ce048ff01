/** Mistakes in conversations of several steps. */
import type { Place } from '../../src/domain/diagnostic.ts'
import type { FlowAcceptSpec, FlowSpec, FlowStepSpec } from '../../src/domain/spec.ts'
import { mutateActions } from './mutate-actions.ts'
import { type Change, eachOf, inside, OTHER_TEXT } from './mutate-change.ts'
import { flipChat, mutateWhen } from './mutate-conditions.ts'
import { mutatePattern, withoutEach } from './mutate-values.ts'

/** Every change of a flow. */
export function mutateFlow(flow: FlowSpec, place: Place): Change<FlowSpec>[] {
  const { start, steps, cancel } = flow
  const change = (what: string, more: Partial<FlowSpec>) => ({ what, place, value: { ...flow, ...more } })
  return [
    ...(start === null ? [] : [change('private <-> group', { start: flipChat(start, place) })]),
    ...inside(
      mutateWhen(start).filter((one) => one.value !== null),
      (value) => ({ ...flow, start: value }),
    ),
    change('four times the timeout', { timeoutMs: flow.timeoutMs * 4 }),
    change('a quarter of the timeout', { timeoutMs: flow.timeoutMs / 4 }),
    ...inside(withoutEach(cancel, place), (words) => ({ ...flow, cancel: words }), 'cancel'),
    ...inside(withoutEach(steps, place), (fewer) => ({ ...flow, steps: fewer })).map((one, index) => ({
      ...one,
      what: `without step ${steps[index]?.id}`,
    })),
    ...inside(eachOf(steps, mutateStep), (changed) => ({ ...flow, steps: changed })),
    ...inside(mutateActions(flow.done, place), (done) => ({ ...flow, done }), 'done'),
    ...inside(mutateActions(flow.onCancel, place), (onCancel) => ({ ...flow, onCancel }), 'on_cancel'),
    ...inside(mutateActions(flow.onTimeout, place), (onTimeout) => ({ ...flow, onTimeout }), 'on_timeout'),
  ]
}

function mutateStep(step: FlowStepSpec): Change<FlowStepSpec>[] {
  const { place, choices } = step
  const change = (what: string, more: Partial<FlowStepSpec>) => ({ what, place, value: { ...step, ...more } })
  const changes: Change<FlowStepSpec>[] = [
    change('other question', { ask: OTHER_TEXT }),
    ...inside(withoutEach(choices, place), (fewer) => ({ ...step, choices: fewer })),
    ...inside(mutateAccept(step.accept, place), (accept) => ({ ...step, accept })),
    ...inside(mutateActions(step.onGiveUp, place), (onGiveUp) => ({ ...step, onGiveUp }), 'on_give_up'),
  ]
  for (const [index, choice] of choices.entries()) {
    if (choice.goto === null) continue
    changes.push(change('no goto', { choices: choices.with(index, { ...choice, goto: null }) }))
  }
  if (step.retry !== null) changes.push(change('other retry', { retry: OTHER_TEXT }))
  if (step.retries !== null) changes.push(change('retries + 1', { retries: step.retries + 1 }))
  return inside(changes, (value) => value, step.id)
}

function mutateAccept(accept: FlowAcceptSpec, place: Place): Change<FlowAcceptSpec>[] {
  const anything: Change<FlowAcceptSpec> = { what: 'takes anything', place, value: { kind: 'any' } }
  switch (accept.kind) {
    case 'any':
      return []
    case 'number':
      return [
        anything,
        { what: 'min + 1', place, value: { ...accept, min: accept.min + 1 } },
        { what: 'max - 1', place, value: { ...accept, max: accept.max - 1 } },
        { what: 'max + 1', place, value: { ...accept, max: accept.max + 1 } },
      ]
    case 'regex':
      return [
        anything,
        ...inside(mutatePattern(accept.pattern, place), (pattern) => ({ ...accept, pattern })),
      ]
  }
}
