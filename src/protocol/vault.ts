import type { Logger } from '../support/log.ts'
import { accountKey } from './account.ts'
import type { Bases, ProtocolPorts } from './ports.ts'
import { readCursor, readSaved } from './session.ts'
import type { SavedSession, StreamCursor } from './wire/saved.ts'

/** Reads what earlier runs left behind; everything is checked, nothing is believed. */
export class Vault {
  readonly #ports: Pick<ProtocolPorts, 'session' | 'cursor' | 'admit'>
  readonly #bases: Bases
  readonly #log: Logger

  constructor(ports: Pick<ProtocolPorts, 'session' | 'cursor' | 'admit'>, bases: Bases, log: Logger) {
    this.#ports = ports
    this.#bases = bases
    this.#log = log
  }

  /** The saved session of our account; null when there is none, or a broken one, or somebody else's. */
  load(): SavedSession | null {
    const found = this.#ports.session.load()
    if (found === null || found === undefined) return null
    const saved = readSaved(found, this.#bases)
    if (saved === null) {
      this.#ports.session.setAside()
      this.#log.warn({}, 'the saved session cannot be used')
      return null
    }
    return this.#ports.admit(accountKey(saved.uin), saved.nick) === 'ok' ? saved : null
  }

  /** The stored position of this very login, null when there is none. */
  cursor(login: { readonly uin: number; readonly generation: number }): StreamCursor | null {
    const stored = this.#ports.cursor.load(accountKey(login.uin))
    return stored === null || stored.generation !== login.generation ? null : readCursor(stored.value)
  }
}
