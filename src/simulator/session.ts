import type { Random } from '../support/random.ts'
import { Names } from './names.ts'
import * as tokens from './tokens.ts'

/** Who scanned the code: the owner of the world, or somebody else's phone. */
export interface Owner {
  readonly id: string
  readonly uin: number
  readonly nickName: string
  readonly signature: string
}

/** How many of the issued keys are remembered for comparison. */
const REMEMBERED_KEYS = 500

/** One web login: its credentials, its pseudonyms and how far it has read. */
export class Session {
  readonly owner: Owner
  readonly generation: number
  readonly host: string
  readonly names: Names
  readonly sid: string
  readonly passTicket: string
  readonly uvid: string
  readonly authTicket: string
  /** Seconds. */
  readonly loginTime: number
  /** The feed position at login: nothing older is ever delivered. */
  readonly startPosition: number
  /** Every data ticket set so far, newest last. */
  readonly dataTickets: string[]
  /** null while alive, else the ret of every further call. */
  endedWith: number | null = null
  /** False once the owner has told the phone to forget this browser. */
  isDeviceTrusted = true
  initCount = 0
  syncCount = 0
  syncsInFlight = 0
  readonly #skeys: { readonly value: string; readonly since: number }[]
  readonly #issuedKeys = new Set<string>()

  constructor(
    facts: {
      owner: Owner
      generation: number
      host: string
      loginTime: number
      startPosition: number
      isFixed: (id: string) => boolean
    },
    random: Random,
  ) {
    this.owner = facts.owner
    this.generation = facts.generation
    this.host = facts.host
    this.loginTime = facts.loginTime
    this.startPosition = facts.startPosition
    this.names = new Names(tokens.hex(random, 32), facts.isFixed)
    this.sid = tokens.sid(random)
    this.passTicket = tokens.passTicket(random)
    this.uvid = tokens.hex(random, 96)
    this.authTicket = `CIsBE${tokens.letters(random, 180)}`
    this.dataTickets = [tokens.letters(random, 24)]
    this.#skeys = [{ value: tokens.skey(random), since: 0 }]
  }

  /** The skey a client should be using now. */
  get skey(): string {
    return this.#skeys.at(-1)?.value ?? ''
  }

  get dataTicket(): string {
    return this.dataTickets.at(-1) ?? ''
  }

  /** Issues a new skey; older ones keep working. */
  renewSkey(random: Random, now: number): string {
    this.#skeys.push({ value: tokens.skey(random), since: now })
    return this.skey
  }

  knowsSkey(value: string): boolean {
    return this.#skeys.some((issued) => issued.value === value)
  }

  /** When the current skey was issued (0: at the ticket exchange), so that a request under way is not blamed. */
  get skeySince(): number {
    return this.#skeys.at(-1)?.since ?? 0
  }

  /** Remembers a formatted key that was given out, under the call it is meant for. */
  issue(call: 'synccheck' | 'webwxsync', key: string): void {
    this.#issuedKeys.add(`${call} ${key}`)
    if (this.#issuedKeys.size > REMEMBERED_KEYS) {
      const oldest = this.#issuedKeys.values().next().value
      if (oldest !== undefined) this.#issuedKeys.delete(oldest)
    }
  }

  wasIssued(call: 'synccheck' | 'webwxsync', key: string): boolean {
    return this.#issuedKeys.has(`${call} ${key}`)
  }
}
