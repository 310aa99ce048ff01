import type { Connection, ConnectionChange } from '../domain/connection.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import { type ConnectionInput, transition } from './connection.ts'

/** The one place where the connection is kept: every change is a legal move, logged once and told to the listeners. */
export class Link {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #listeners = new Set<(change: ConnectionChange) => void>()
  #state: Connection = { kind: 'signed-out' }

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  get state(): Connection {
    return this.#state
  }

  /** Returns the way to stop listening. */
  listen(listener: (change: ConnectionChange) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Makes one move; `reason` is a few constant words. */
  move(input: ConnectionInput, reason: string): void {
    const from = this.#state
    const to = transition(from, input)
    if (from.kind === 'online' && to.kind === 'online') return
    this.#state = to
    this.#log.debug({ from: from.kind, to: to.kind, reason }, 'connection changed')
    for (const listener of this.#listeners) this.#tell(listener, { from, to, at: this.#clock.now(), reason })
  }

  #tell(listener: (change: ConnectionChange) => void, change: ConnectionChange): void {
    try {
      listener(change)
    } catch (error) {
      this.#log.error(
        { problem: error instanceof Error ? error.name : 'unknown' },
        'a connection listener failed',
      )
    }
  }
}
