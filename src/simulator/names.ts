import { createHash } from 'node:crypto'
import { SELF } from './world.ts'

/**
 * The pseudonyms of one login: stable within it, different in every other one. Persons get 32 or 64 hex digits
 * (both occur), rooms and the owner of the account 64; special accounts keep their fixed names.
 */
export class Names {
  readonly #secret: string
  readonly #isFixed: (id: string) => boolean
  readonly #names = new Map<string, string>()
  readonly #ids = new Map<string, string>()
  readonly #roomTokens = new Map<string, string>()

  constructor(secret: string, isFixed: (id: string) => boolean) {
    this.#secret = secret
    this.#isFixed = isFixed
  }

  /** The UserName of this id in this login. */
  nameOf(id: string): string {
    const known = this.#names.get(id)
    if (known !== undefined) return known
    const name = this.#make(id)
    this.#names.set(id, name)
    this.#ids.set(name, id)
    return name
  }

  /** The id behind a UserName handed out in this login; null for any other text. */
  idOf(name: string): string | null {
    return this.#ids.get(name) ?? (this.#isFixed(name) ? name : null)
  }

  /** The EncryChatRoomId of a room in this login. */
  roomToken(roomId: string): string {
    const token = `@${this.#digest(`token ${roomId}`).slice(0, 32)}`
    this.#roomTokens.set(token, roomId)
    return token
  }

  /** The room meant by an EncryChatRoomId or by the room's UserName. */
  roomOfToken(token: string): string | null {
    return this.#roomTokens.get(token) ?? this.#ids.get(token) ?? null
  }

  #make(id: string): string {
    if (this.#isFixed(id)) return id
    const digest = this.#digest(id)
    if (id.endsWith('@chatroom')) return `@@${digest}`
    const isLong = id === SELF || Number.parseInt(digest.slice(0, 1), 16) >= 8
    return `@${isLong ? digest : digest.slice(0, 32)}`
  }

  #digest(text: string): string {
    return createHash('sha256').update(`${this.#secret} ${text}`).digest('hex')
  }
}
