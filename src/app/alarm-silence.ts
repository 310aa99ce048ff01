import type { ConnectionKind } from '../domain/connection.ts'
import type { Instant } from '../domain/ids.ts'

/** Two looks further apart than this: the machine slept, and nobody could be heard meanwhile. */
const SLEPT_MS = 30_000

/** Measures how long nothing was heard from the server, by the clock that nobody sets. */
export class SilenceMeter {
  #heardAt: Instant | null = null
  #since: number
  #lookedAt: number

  constructor(mono: number) {
    this.#since = mono
    this.#lookedAt = mono
  }

  /** The silence in ms. It begins anew with every good answer, and while we wait for a person nothing can be heard. */
  look(connection: ConnectionKind, heardAt: Instant | null, mono: number): number {
    const shouldHear = connection === 'online' || connection === 'backing-off' || connection === 'starting'
    const hasSlept = mono - this.#lookedAt > SLEPT_MS
    if (!shouldHear || hasSlept || heardAt !== this.#heardAt) this.#since = mono
    this.#heardAt = heardAt
    this.#lookedAt = mono
    return mono - this.#since
  }
}
