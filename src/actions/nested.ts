import { actionCatalogue } from './kinds/index.ts'

/** An action inside another action: its name and its parameters as written. */
export interface NestedAction {
  readonly kind: string
  readonly params: unknown
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
  const entries = Object.entries(item)
  const [entry] = entries
  return entries.length === 1 && entry !== undefined ? { kind: entry[0], params: entry[1] } : null
}
