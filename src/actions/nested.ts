import type { Place } from '../domain/diagnostic.ts'
import type { ActionSpec } from '../domain/spec.ts'
import { actionCatalogue } from './kinds/index.ts'

/** An action inside another action: its name and its parameters as written. */
export interface NestedAction {
  readonly kind: string
  readonly params: unknown
  /** Where it stands, when that is known. */
  readonly place?: Place
}

/**
 * Reads actions the way people write them inside other actions: text is a reply, a bare name such as `stop` is an action
 * without parameters, a map has the name as its only key. Null when something is none of these.
 */
export function readNested(list: unknown): readonly NestedAction[] | null {
  if (typeof list === 'string') return [{ kind: 'reply', params: list }]
  if (!Array.isArray(list)) return null
  const items = list.map(readOne)
  const good = items.filter((item) => item !== null)
  return good.length === items.length ? good : null
}

function readOne(item: unknown): NestedAction | null {
  if (typeof item === 'string') {
    return actionCatalogue.has(item) ? { kind: item, params: null } : { kind: 'reply', params: item }
  }
  if (typeof item !== 'object' || item === null) return null
  if (isAction(item)) return item
  const entries = Object.entries(item)
  const [entry] = entries
  return entries.length === 1 && entry !== undefined ? { kind: entry[0], params: entry[1] } : null
}

/** True for an action that the loader read already. */
export function isAction(value: unknown): value is ActionSpec {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    'params' in value &&
    'place' in value &&
    typeof value.kind === 'string'
  )
}
