import type { Random } from '../support/random.ts'

/**
 * What can go wrong with an answer, written `name` or `name:argument`:
 *
 * before the server acts: `status:N` (or `N/<Retry-After seconds>`), `html200`, `empty200`, `raw:<text>`, `ret:N`, `reset_before_read`,
 * `hang_before_headers`, `huge:<MB>`, `redirect:<url>`, `throttle:<burst>/<per second>` (1205 beyond that);
 *
 * after it acted: `reset_after_accept`, `hang_after_accept`, `hang_mid_body`, `trickle:<bytes per second>`,
 * `truncate:<bytes>`, `bad_gzip`, `wrong_length`, `set_cookie:<cookie>`, `delay:<ms>`; `ok` changes nothing.
 */
export type FaultName = (typeof FAULT_NAMES)[number]

const FAULT_NAMES = [
  'ok',
  'status',
  'html200',
  'empty200',
  'raw',
  'ret',
  'reset_before_read',
  'reset_after_accept',
  'hang_before_headers',
  'hang_after_accept',
  'hang_mid_body',
  'trickle',
  'truncate',
  'bad_gzip',
  'wrong_length',
  'huge',
  'redirect',
  'set_cookie',
  'throttle',
  'delay',
] as const

/** When a fault strikes; without any of these, at every call until it is released. */
export interface FaultWhen {
  /** Only the n-th call of the endpoint from now, counted from 1. */
  readonly nth?: number
  /** At most this many times. */
  readonly times?: number
  /** With this probability per call. */
  readonly probability?: number
}

/** One fault to add. */
export interface FaultSpec {
  /** Endpoint name such as `synccheck`, `webwxsync`, `login`, `jslogin`; `*` for all. */
  readonly endpoint: string
  readonly kind: string
  readonly when?: FaultWhen
}

/** A fault in force. `release` ends it, and lets hanging answers go on. */
export interface Fault {
  readonly id: number
  readonly endpoint: string
  readonly name: FaultName
  readonly argument: string
  /** How often it has struck. */
  readonly hits: number
  readonly released: AbortSignal
  release(): void
}

interface Entry extends Fault {
  hits: number
  calls: number
  readonly when: FaultWhen
}

/** The faults in force. The first one that applies to a call strikes. */
export class FaultTable {
  readonly #random: Random
  #entries: Entry[] = []
  #lastId = 0

  constructor(random: Random) {
    this.#random = random
  }

  /** Puts a fault in force. Throws on a kind that does not exist. */
  add(spec: FaultSpec): Fault {
    const [word = '', ...rest] = spec.kind.split(':')
    const name = FAULT_NAMES.find((known) => known === word)
    if (name === undefined)
      throw new Error(`there is no fault "${spec.kind}"; known: ${FAULT_NAMES.join(', ')}`)
    const end = new AbortController()
    const entry: Entry = {
      id: ++this.#lastId,
      endpoint: spec.endpoint,
      name,
      argument: rest.join(':'),
      when: spec.when ?? {},
      hits: 0,
      calls: 0,
      released: end.signal,
      release: () => {
        this.#entries = this.#entries.filter((other) => other !== entry)
        end.abort()
      },
    }
    this.#entries.push(entry)
    return entry
  }

  /** Releases the fault with this id, or all of them. */
  release(id?: number): void {
    for (const entry of [...this.#entries]) {
      if (id === undefined || entry.id === id) entry.release()
    }
  }

  list(): readonly Fault[] {
    return this.#entries
  }

  /** The fault that strikes this call, if any; counts the call for all that could. */
  pick(endpoint: string): Fault | null {
    const candidates = this.#entries.filter((entry) => entry.endpoint === endpoint || entry.endpoint === '*')
    for (const entry of candidates) entry.calls++
    const struck = candidates.find((entry) => this.#strikes(entry))
    if (struck === undefined) return null
    struck.hits++
    return struck
  }

  #strikes(entry: Entry): boolean {
    const { nth, times, probability } = entry.when
    if (nth !== undefined && entry.calls !== nth) return false
    if (times !== undefined && entry.hits >= times) return false
    return probability === undefined || this.#random.next() < probability
  }
}
