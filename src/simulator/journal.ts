import type { Clock } from '../support/clock.ts'

/** A send the gateway took: what the receiver would see. */
export interface Send {
  readonly msgId: string
  readonly clientMsgId: string
  /** UserName as the client wrote it. */
  readonly to: string
  /** The same chat by its stable world id. */
  readonly chat: string
  readonly type: number
  readonly text: string
  /** SHA-256 of the text, hex. */
  readonly hash: string
  /** Which login sent it, counted from 1. */
  readonly generation: number
}

/** What the journal can hold; every entry also has a number and a time. */
export type Note =
  | { readonly kind: 'connected'; readonly connection: number }
  | {
      readonly kind: 'request'
      readonly endpoint: string
      readonly method: string
      readonly host: string
      readonly connection: number
      readonly query: Readonly<Record<string, string>>
      readonly body: string
    }
  | {
      readonly kind: 'answer'
      readonly endpoint: string
      readonly request: number
      readonly status: number
      readonly bytes: number
      readonly tookMs: number
      /** Name of the fault that shaped this answer. */
      readonly fault?: string
      readonly ret?: number
      readonly selector?: number
      /** Ids of the messages inside a webwxsync answer. */
      readonly delivered?: readonly string[]
    }
  | { readonly kind: 'hung-up'; readonly endpoint: string; readonly request: number; readonly fault?: string }
  | ({ readonly kind: 'sent' } & Send)
  | {
      readonly kind: 'send-repeated'
      readonly msgId: string
      readonly clientMsgId: string
      readonly chat: string
    }
  | { readonly kind: 'send-refused'; readonly chat: string; readonly ret: number; readonly text: string }
  | { readonly kind: 'revoked'; readonly msgId: string; readonly chat: string }
  | { readonly kind: 'happened'; readonly what: string; readonly msgId?: string; readonly chat?: string }
  | { readonly kind: 'phone'; readonly what: string }
  | {
      readonly kind: 'session'
      readonly what: 'opened' | 'ended'
      readonly generation: number
      readonly ret?: number
    }
  | { readonly kind: 'violation'; readonly endpoint: string; readonly request: number; readonly text: string }

/** A numbered and dated entry. */
export type Entry = Note & { readonly seq: number; readonly at: number }

interface Waiter {
  readonly matches: (entry: Entry) => boolean
  readonly resolve: (entry: Entry) => void
}

/** Everything the simulator saw and did, newest last; the oldest entries leave when it is full. */
export class Journal {
  readonly #clock: Clock
  readonly #limit: number
  #entries: Entry[] = []
  #seq = 0
  readonly #waiters = new Set<Waiter>()
  readonly #violations: string[] = []
  readonly #sends: Send[] = []

  constructor(clock: Clock, limit: number) {
    this.#clock = clock
    this.#limit = limit
  }

  /** The number of the newest entry; 0 when empty. */
  get seq(): number {
    return this.#seq
  }

  /** Readable sentences about what a client did wrong; never shortened. */
  get violations(): readonly string[] {
    return this.#violations
  }

  /** Every send that was taken, oldest first; never shortened. */
  get sends(): readonly Send[] {
    return this.#sends
  }

  add(note: Note): Entry {
    const entry: Entry = { ...note, seq: ++this.#seq, at: this.#clock.now() }
    this.#entries.push(entry)
    // Shortened in large steps, so that a full journal does not move its memory at every entry.
    if (this.#entries.length > this.#limit * 1.25) this.#entries = this.#entries.slice(-this.#limit)
    if (entry.kind === 'violation') this.#violations.push(`${entry.endpoint}: ${entry.text}`)
    if (entry.kind === 'sent') this.#sends.push(entry)
    for (const waiter of [...this.#waiters]) {
      if (waiter.matches(entry)) waiter.resolve(entry)
    }
    return entry
  }

  /** Entries after number `seq` that are still held. */
  since(seq = 0): readonly Entry[] {
    const first = this.#entries[0]?.seq ?? 0
    return this.#entries.slice(Math.max(0, seq + 1 - first))
  }

  /**
   * Resolves with the first entry after number `since` (0: from the start) that matches, now or later.
   * Rejects with the signal's reason when aborted.
   */
  waitFor(
    matches: (entry: Entry) => boolean,
    options: { since?: number; signal?: AbortSignal } = {},
  ): Promise<Entry> {
    const known = this.since(options.since).find(matches)
    if (known !== undefined) return Promise.resolve(known)
    const signal = options.signal
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiters.delete(waiter)
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        matches,
        resolve: (entry) => {
          this.#waiters.delete(waiter)
          signal?.removeEventListener('abort', stop)
          resolve(entry)
        },
      }
      if (signal?.aborted === true) return stop()
      this.#waiters.add(waiter)
      signal?.addEventListener('abort', stop, { once: true })
    })
  }
}
