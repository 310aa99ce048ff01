import { parse } from 'yaml'
import { World } from './world.ts'
import type { WorldSpec } from './world-spec.ts'

type Fields = Readonly<Record<string, 'text' | 'number' | 'flag' | 'members'>>

const PERSON: Fields = {
  id: 'text',
  nickName: 'text',
  remark: 'text',
  alias: 'text',
  sex: 'number',
  province: 'text',
  city: 'text',
  signature: 'text',
  starred: 'flag',
  recent: 'flag',
  reception: 'text',
}
const ROOM: Fields = {
  id: 'text',
  topic: 'text',
  members: 'members',
  selfDisplayName: 'text',
  owner: 'text',
  saved: 'flag',
  muted: 'flag',
}
const SELF: Fields = { id: 'text', uin: 'number', nickName: 'text', signature: 'text' }
const MEMBER: Fields = { who: 'text', displayName: 'text' }
const RECEPTIONS = ['accepts', 'asks-verification', 'rejects', 'unwritable']

/**
 * Reads a world written as YAML (or JSON) in the words of {@link WorldSpec}. Throws an error that names the place
 * for anything unknown, missing or of the wrong kind, and for references that nobody in the world answers to.
 */
export function readWorld(text: string): WorldSpec {
  const value: unknown = parse(text, { maxAliasCount: 0 })
  checkWorld(value)
  // Building it once finds references to nobody before a server does.
  new World(value)
  return value
}

function checkWorld(value: unknown): asserts value is WorldSpec {
  const world = record('world', value)
  const known = ['self', 'friends', 'officials', 'strangers', 'rooms']
  const odd = Object.keys(world).find((name) => !known.includes(name))
  if (odd !== undefined) throw wrong(odd, `is unknown; known: ${known.join(', ')}`)
  checkFields('self', world.self, SELF, ['uin', 'nickName'])
  for (const kind of ['friends', 'officials', 'strangers']) {
    for (const [index, person] of list(kind, world[kind], kind === 'friends').entries()) {
      const checked = checkFields(`${kind}[${index}]`, person, PERSON, ['nickName'])
      if (checked.reception !== undefined && !RECEPTIONS.includes(String(checked.reception))) {
        throw wrong(`${kind}[${index}].reception`, `is none of ${RECEPTIONS.join(', ')}`)
      }
    }
  }
  for (const [index, room] of list('rooms', world.rooms, false).entries()) {
    checkFields(`rooms[${index}]`, room, ROOM, ['topic', 'members'])
  }
}

function checkFields(
  place: string,
  value: unknown,
  fields: Fields,
  needed: readonly string[],
): Readonly<Record<string, unknown>> {
  const given = record(place, value)
  for (const name of needed) {
    if (given[name] === undefined) throw wrong(`${place}.${name}`, 'is missing')
  }
  for (const [name, item] of Object.entries(given)) {
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (kind === undefined)
      throw wrong(`${place}.${name}`, `is unknown; known: ${Object.keys(fields).join(', ')}`)
    checkValue(`${place}.${name}`, item, kind)
  }
  return given
}

function checkValue(place: string, value: unknown, kind: Fields[string]): void {
  if (kind === 'members') {
    for (const [index, member] of list(place, value, true).entries()) {
      if (typeof member !== 'string') checkFields(`${place}[${index}]`, member, MEMBER, ['who'])
    }
    return
  }
  const wanted = { text: 'string', number: 'number', flag: 'boolean' }[kind]
  if (typeof value !== wanted) throw wrong(place, `is not a ${wanted}`)
}

function list(place: string, value: unknown, isNeeded: boolean): readonly unknown[] {
  if (value === undefined && !isNeeded) return []
  if (!Array.isArray(value)) throw wrong(place, 'is not a list')
  return value
}

function record(place: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrong(place, 'is not a mapping')
  return { ...value }
}

function wrong(place: string, what: string): Error {
  return new Error(`world file: ${place} ${what}`)
}
