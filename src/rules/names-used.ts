import type { Place } from '../domain/diagnostic.ts'
import type { ActionSpec, ConditionSpec, FlowSpec, RulesetSpec } from '../domain/spec.ts'

/** The name of a person or room that rules go by, and where it first stands. */
export interface UsedName {
  readonly kind: 'person' | 'room'
  readonly name: string
  readonly place: Place
}

/** More names than this are a table, not something that somebody typed and may have mistyped. */
const MAX_NAMES = 2000

/** Actions whose `to` is a chat. */
const WRITING: ReadonlySet<string> = new Set(['send', 'forward'])
const SELECTORS: Readonly<Record<string, UsedName['kind']>> = { from: 'person', room: 'room' }

/** Every name that conditions, actions and schedules go by, each once; patterns and the owner are none. */
export function namesUsed(spec: RulesetSpec): readonly UsedName[] {
  const found = new Map<string, UsedName>()
  const add = (kind: UsedName['kind'], name: string, place: Place) => {
    const key = `${kind}:${name}`
    if (name !== '' && !name.includes('*') && !found.has(key) && found.size < MAX_NAMES)
      found.set(key, { kind, name, place })
  }
  const walk = new Walk(spec.lists, add)
  for (const { isEnabled, when, actions, onError } of spec.rules) {
    if (!isEnabled) continue
    walk.condition(when)
    walk.actions([...actions, ...onError])
  }
  for (const { value } of spec.conditions.values()) walk.condition(value)
  for (const { value } of spec.schedules) {
    if (!value.isEnabled) continue
    walk.recipient(value.to, value.place)
    walk.condition(value.when)
    walk.actions(value.actions)
  }
  for (const { value } of spec.flows.values()) walk.flow(value as FlowSpec)
  return [...found.values()]
}

/** Collects names on a walk over what rules say. */
class Walk {
  readonly #lists: RulesetSpec['lists']
  readonly #add: (kind: UsedName['kind'], name: string, place: Place) => void

  constructor(
    lists: RulesetSpec['lists'],
    add: (kind: UsedName['kind'], name: string, place: Place) => void,
  ) {
    this.#lists = lists
    this.#add = add
  }

  condition(spec: ConditionSpec | null): void {
    if (spec?.op === 'not') this.condition(spec.of)
    if (spec?.op === 'all' || spec?.op === 'any') for (const one of spec.of) this.condition(one)
    if (spec?.op !== 'test') return
    const kind = SELECTORS[spec.key]
    if (kind !== undefined) this.#selector(kind, spec.value, spec.place)
  }

  actions(list: readonly ActionSpec[]): void {
    for (const { kind, params, place } of list) this.#inAction({ [kind]: params }, place)
  }

  /** `owner`, a name, `{room: name}` or a name that is pinned, or several of them. */
  recipient(to: unknown, place: Place): void {
    if (Array.isArray(to)) {
      for (const one of to) this.recipient(one, place)
    } else if (typeof to === 'string') {
      if (to !== 'owner') this.#selector('person', to, place)
    } else {
      const { room, ...person }: { room?: unknown } = Object(to)
      if (room !== undefined) this.#selector('room', room, place)
      for (const name of Object.values(person)) this.#selector('person', name, place)
    }
  }

  flow({ start, done, onCancel, onTimeout, steps }: FlowSpec): void {
    this.condition(start)
    this.actions([...done, ...onCancel, ...onTimeout, ...steps.flatMap((step) => step.onGiveUp)])
  }

  /** Also inside of actions that hold other ones. */
  #inAction(value: unknown, place: Place): void {
    if (typeof value !== 'object' || value === null) return
    for (const [key, part] of Object.entries(value)) {
      const { to }: { to?: unknown } = Object(part)
      if (WRITING.has(key) && to !== undefined) this.recipient(to, place)
      else this.#inAction(part, place)
    }
  }

  #selector(kind: UsedName['kind'], value: unknown, place: Place): void {
    if (Array.isArray(value)) {
      for (const one of value) this.#selector(kind, one, place)
    } else if (typeof value !== 'string') {
      for (const one of Object.values(Object(value))) this.#selector(kind, one, place)
    } else if (value.startsWith('list:')) {
      const list = this.#lists.get(value.slice('list:'.length).trim())
      if (list !== undefined) this.#selector(kind, [...list.value], list.place)
    } else this.#add(kind, value, place)
  }
}
