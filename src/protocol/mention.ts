import type { Mentions } from '../domain/event.ts'

export interface MentionNames {
  /** Our name in this room: the display name, else the nick. */
  readonly own: readonly string[]
  /** The names of everybody else in the room. */
  readonly others: readonly string[]
}

export const NO_MENTIONS: Mentions = { self: false, all: false, others: false }

/** What the app puts after a name. Foreign and old clients use a space, or nothing at the very end. */
const FOUR_PER_EM = '\u2005'
const SEPARATORS: ReadonlySet<string> = new Set([FOUR_PER_EM, ' ', '\u00a0', '\n', ''])
const EVERYONE = ['所有人', 'All', 'all'] as const
const MAX_NAME = 64

type Who = 'self' | 'all' | 'others'

interface Found {
  readonly who: Who
  readonly end: number
}

/** The part up to the app's own separator, if one comes before the next `@` or line: then that is the whole name. */
function slicedName(text: string, from: number): string | null {
  const end = text.indexOf(FOUR_PER_EM, from)
  if (end === -1 || end === from || end - from > MAX_NAME) return null
  const name = text.slice(from, end)
  return /[@\n]/.test(name) ? null : name
}

/** Whose mention begins at `from` (just behind an `@`). The longest name wins: `@Bob` is not meant in `@Bob Smith`. */
function mentionAt(text: string, from: number, table: readonly (readonly [string, Who])[]): Found | null {
  for (const [name, who] of table) {
    const end = from + name.length
    if (text.startsWith(name, from) && text.charAt(end) === FOUR_PER_EM) return { who, end: end + 1 }
  }
  const sliced = slicedName(text, from)
  if (sliced !== null) return { who: 'others', end: from + sliced.length + 1 }
  for (const [name, who] of table) {
    const end = from + name.length
    const separator = text.charAt(end)
    if (text.startsWith(name, from) && SEPARATORS.has(separator)) return { who, end: end + separator.length }
  }
  return null
}

function nameTable(names: MentionNames): (readonly [string, Who])[] {
  const table = new Map<string, Who>()
  for (const name of names.others) table.set(name, 'others')
  for (const name of EVERYONE) table.set(name, 'all')
  for (const name of names.own) table.set(name, 'self')
  table.delete('')
  return [...table].sort(([a], [b]) => b.length - a.length)
}

/** Finds the mentions in a room's text; `text` comes back without ours and without those of everyone, trimmed. */
export function readMentions(text: string, names: MentionNames): { mentions: Mentions; text: string } {
  if (!text.includes('@')) return { mentions: NO_MENTIONS, text: text.trim() }
  const table = nameTable(names)
  const seen = { self: false, all: false, others: false }
  let rest = ''
  let at = 0
  for (let mark = text.indexOf('@'); mark !== -1; mark = text.indexOf('@', at)) {
    const found = mentionAt(text, mark + 1, table)
    const end = found?.end ?? mark + 1
    if (found !== null) seen[found.who] = true
    rest += text.slice(at, found === null || found.who === 'others' ? end : mark)
    at = end
  }
  return { mentions: seen, text: (rest + text.slice(at)).trim() }
}
