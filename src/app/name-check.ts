import { nearestName } from '../domain/problem.ts'
import type { RosterView } from '../protocol/client.ts'
import type { UsedName } from '../rules/names-used.ts'
import type { Narrator } from './narrator.ts'
import type { Phrase } from './phrases.ts'

/** So many are told one by one. */
const MAX_TOLD = 10
/** Looking for what was meant compares with every name there is, and nothing else goes on meanwhile. */
const MAX_COMPARED = 300_000

/**
 * Names that rules go by and nobody in the account bears, with the name that was probably meant. Not everybody who may
 * write is in the address book: a person is only told of when the name looks mistyped, which two characters never do; a
 * room always.
 */
export function unknownNames(
  used: readonly UsedName[],
  roster: Pick<RosterView, 'rooms' | 'names'>,
): { readonly used: UsedName; readonly nearest: string | null }[] {
  const names = new Set(roster.names())
  names.delete('')
  const rooms = new Set(roster.rooms().flatMap((room) => [room.name, ...room.otherNames]))
  // An address book that could not be read says nothing about anybody.
  if (names.size === 0) return []
  const unknown: { readonly used: UsedName; readonly nearest: string | null }[] = []
  let left = MAX_COMPARED
  for (const one of used) {
    const isRoom = one.kind === 'room'
    const known = isRoom ? rooms : names
    const isShort = !isRoom && Array.from(one.name).length <= 2
    if (known.has(one.name) || isShort) continue
    const nearest = left > 0 ? nearestName(one.name, known) : null
    left -= known.size
    if (isRoom || nearest !== null) unknown.push({ used: one, nearest })
  }
  return unknown
}

/** Tells of them, a line each. */
export function tellUnknownNames(
  used: readonly UsedName[],
  roster: Pick<RosterView, 'rooms' | 'names'>,
  narrator: Narrator,
): void {
  const unknown = unknownNames(used, roster)
  for (const one of unknown.slice(0, MAX_TOLD)) {
    const { kind, name, place } = one.used
    const fields = { event: 'name', kind, name, file: place.file, line: place.line }
    narrator.warn(unknownPhrase(one.used, one.nearest), fields)
  }
  const more = unknown.length - MAX_TOLD
  if (more <= 0) return
  narrator.warn(
    { zh: `规则里还有 ${more} 个名字找不到`, en: `${more} more names in the rules cannot be found` },
    { event: 'name', more },
  )
}

function unknownPhrase({ kind, name, place }: UsedName, nearest: string | null): Phrase {
  const at = `(${place.file}:${place.line})`
  const what = kind === 'room' ? { zh: '群', en: 'room' } : { zh: '联系人', en: 'contact' }
  const end =
    nearest === null
      ? { zh: '：改过名，或没有存到通讯录', en: ': renamed, or not saved to the address book' }
      : { zh: `，最像: “${nearest}”`, en: `, most like: "${nearest}"` }
  return {
    zh: `规则里找不到${what.zh}“${name}”${end.zh}  ${at}`,
    en: `no ${what.en} "${name}" for the rules${end.en}  ${at}`,
  }
}
