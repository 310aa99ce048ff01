/** Mistakes in what is done: an action forgotten, another text said. */
import type { Place } from '../../src/domain/diagnostic.ts'
import type { ActionSpec } from '../../src/domain/spec.ts'
import { type Change, eachOf, inside, OTHER_TEXT } from './mutate-change.ts'

/** Every change of a list of actions. */
export function mutateActions(actions: readonly ActionSpec[], place: Place): Change<readonly ActionSpec[]>[] {
  const fewer = actions.map((action, index) => ({
    what: `without ${action.kind}`,
    place,
    value: actions.toSpliced(index, 1),
  }))
  return [...(actions.length > 1 ? fewer : []), ...eachOf(actions, otherText)]
}

function otherText(action: ActionSpec): Change<ActionSpec>[] {
  const { kind, params, place } = action
  if (kind !== 'reply' && kind !== 'handover') return []
  return inside(textsOf(params, place), (changed) => ({ ...action, params: changed }), kind)
}

/** The parameters with one of their texts replaced. Which template is used is not a text. */
function textsOf(params: unknown, place: Place): Change<unknown>[] {
  if (typeof params === 'string') return [{ what: `other text for ${params}`, place, value: OTHER_TEXT }]
  if (Array.isArray(params)) return eachOf<unknown>(params, (one) => textsOf(one, place))
  const form = Object(params) as Record<string, unknown>
  return ['text', 'one_of'].flatMap((key) =>
    key in form ? inside(textsOf(form[key], place), (changed) => ({ ...form, [key]: changed })) : [],
  )
}
