/** Mistakes in conditions: one dropped, turned around, a keyword less, a wrong number. */
import type { Place } from '../../src/domain/diagnostic.ts'
import type { ConditionSpec } from '../../src/domain/spec.ts'
import { type Change, inside } from './mutate-change.ts'
import { mutatePattern, mutateTime, withoutEach } from './mutate-values.ts'

type Test = Extract<ConditionSpec, { op: 'test' }>

/** Every change of a condition tree; null is a rule without conditions. */
export function mutateWhen(when: ConditionSpec | null): Change<ConditionSpec | null>[] {
  return when === null ? [] : [{ what: 'no condition', place: when.place, value: null }, ...mutate(when)]
}

function mutate(when: ConditionSpec): Change<ConditionSpec>[] {
  switch (when.op) {
    case 'test': {
      const negated: ConditionSpec = { op: 'not', of: when, place: when.place }
      return [{ what: `not ${nameOf(when)}`, place: when.place, value: negated }, ...mutateTest(when)]
    }
    case 'not':
      return [
        { what: `without "not" before ${nameOf(when.of)}`, place: when.place, value: when.of },
        ...inside(mutate(when.of), (of): ConditionSpec => ({ ...when, of })),
      ]
    case 'all':
    case 'any':
      return when.of.flatMap((branch, index) => [
        ...(when.of.length < 2
          ? []
          : [
              {
                what: `without ${nameOf(branch)}`,
                place: branch.place,
                value: { ...when, of: when.of.toSpliced(index, 1) },
              },
            ]),
        ...inside(
          mutate(branch),
          (changed): ConditionSpec => ({ ...when, of: when.of.with(index, changed) }),
        ),
      ])
  }
}

function nameOf(when: ConditionSpec): string {
  if (when.op === 'test') return `${when.key} ${JSON.stringify(when.value)}`
  return when.op === 'not'
    ? `not ${nameOf(when.of)}`
    : when.of.map(nameOf).join(when.op === 'any' ? ' / ' : ' + ')
}

function mutateTest(test: Test): Change<ConditionSpec>[] {
  return inside(valuesOf(test), (value) => ({ ...test, value }), test.key)
}

function valuesOf({ key, value, place }: Test): Change<unknown>[] {
  if (key === 'time') return mutateTime(value, place)
  if (key === 'regex' && typeof value === 'string') return mutatePattern(value, place)
  if (key === 'count') {
    const form = value as { readonly is: string | number }
    const is = String(form.is).replace(/\d+/, (digits) => String(Number(digits) + 1))
    return [{ what: `${form.is} -> ${is}`, place, value: { ...form, is } }]
  }
  return Array.isArray(value) && value.length > 1 ? withoutEach(value, place) : []
}

const PLACES: ReadonlySet<string> = new Set(['chat', 'room', 'mention'])

/** The rule for the other sort of chat: one for private chats is for groups, one for groups is for private chats. */
export function flipChat(when: ConditionSpec, place: Place): ConditionSpec {
  const rest = withoutPlaces(when)
  const chat: ConditionSpec = {
    op: 'test',
    key: 'chat',
    value: isPlaced(when) ? 'private' : 'group',
    place,
    raw: false,
  }
  return rest === null ? chat : { op: 'all', of: [rest, chat], place }
}

function isPlaced(when: ConditionSpec): boolean {
  if (when.op === 'test') return PLACES.has(when.key)
  return when.op === 'not' ? false : when.of.some(isPlaced)
}

function withoutPlaces(when: ConditionSpec): ConditionSpec | null {
  if (when.op === 'test') return PLACES.has(when.key) ? null : when
  if (when.op === 'not') return when
  const of = when.of.map(withoutPlaces).filter((one) => one !== null)
  return of.length === 0 ? null : { ...when, of }
}
