import { type ChatKey, privateChat } from '../domain/ids.ts'
import type { Directory } from './facts.ts'
import { pinOf, type Recipient } from './kinds/recipient.ts'

/** The chat behind a written recipient; null when nobody, or more than one, goes by that name. */
export function chatOf(to: Exclude<Recipient, 'owner'>, directory: Directory | null): ChatKey | null {
  if (directory === null) return null
  if (typeof to === 'object' && 'room' in to) return directory.findRoom(to.room)
  const { name, pin } = pinOf(to)
  const person = directory.findPerson(name, pin)
  const room = pin === 'any' ? directory.findRoom(name) : null
  if (person !== null && room !== null) return null
  return person === null ? room : privateChat(person)
}
