import { type Profile, relationOf } from './identity.ts'
import type { StoredContact } from './ports.ts'

/** Enough to call two records the same one: an equal name that nothing contradicts. */
const ENOUGH = 10
/** Strangers come in crowds: an equal name alone says nothing. */
const ENOUGH_FOR_STRANGERS = 14
/**
 * At least one of real id, alias, remark. Below it the name must be equal and the relation too, or a stranger could
 * rename into a friend's place.
 */
const STRONG = 100

function agree(a: string, b: string, same: number, different: number): number {
  if (a === '' || b === '') return 0
  return a === b ? same : different
}

/** How strongly a stored contact speaks for being this one; null when it cannot be. */
export function evidence(live: Profile, stored: StoredContact): number | null {
  if (live.kind !== stored.kind) return null
  const real = agree(live.realId, stored.realId, 1000, -1)
  if (real < 0) return null
  const strong =
    real + agree(live.alias, stored.alias, 500, -50) + agree(live.remark, stored.remark, 200, -20)
  const isNickSame = live.nick !== '' && live.nick === stored.nick
  const isSameRelation = live.kind === 'room' || relationOf(live, '') === stored.relation
  if (strong < STRONG && !(isNickSame && isSameRelation)) return null
  const score =
    strong +
    (isNickSame ? 10 : -5) +
    agree(text(live.attr), text(stored.attr), 6, -4) +
    agree(live.avatarSeq, stored.avatarSeq, 8, -2) +
    agree(text(live.sex), text(stored.sex), 1, -6) +
    agree(live.province + live.city, stored.province + stored.city, 2, -1)
  return score >= (live.kind === 'person' && stored.relation === 'stranger' ? ENOUGH_FOR_STRANGERS : ENOUGH)
    ? score
    : null
}

function text(value: number): string {
  return value === 0 ? '' : String(value)
}
