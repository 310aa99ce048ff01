/** One change of a part, carried up to the whole. */
import type { Place } from '../../src/domain/diagnostic.ts'

/** A value with one thing changed, and what that was. */
export interface Change<Value> {
  readonly what: string
  readonly place: Place
  readonly value: Value
}

/** Text that no reply holds. */
export const OTHER_TEXT = '（改掉了）'

/** The changes of a part as changes of the whole. */
export function inside<Part, Whole>(
  changes: readonly Change<Part>[],
  rebuild: (part: Part) => Whole,
  about = '',
): Change<Whole>[] {
  return changes.map(({ what, place, value }) => ({
    what: about === '' ? what : `${about}: ${what}`,
    place,
    value: rebuild(value),
  }))
}

/** Every change of one item of a list. */
export function eachOf<Item>(
  items: readonly Item[],
  changesOf: (item: Item) => readonly Change<Item>[],
): Change<readonly Item[]>[] {
  return items.flatMap((item, index) => inside(changesOf(item), (changed) => items.with(index, changed)))
}
