import { isIPv4 } from 'node:net'
import type { Clock } from '../support/clock.ts'
import { type Exposable, isSameToken } from './token.ts'

/** What is asked of a request before anything else looks at it. */
export interface Knock {
  readonly method: string
  readonly ip: string
  readonly host: string | undefined
  readonly authorization: string | undefined
  readonly origin: string | undefined
  readonly fetchSite: string | undefined
  /** `open`: anybody; `read`: anybody on this machine; `token`: who knows the token. */
  readonly access: 'open' | 'read' | 'token'
}

/** Let in, or the status to answer and what it is called. */
export type Verdict =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'stop'
      readonly status: 401 | 403 | 421 | 429
      readonly error: string
      readonly retryAfterS?: number
    }

const PASS: Verdict = { kind: 'pass' }
const MAX_WRONG = 5
const WINDOW_MS = 60_000
/** Addresses remembered at once; the oldest are forgotten first. */
const MAX_ADDRESSES = 10_000

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[|\]$/g, '')
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'))
}

/** Decides who may come in: host names, cross-site requests, the token, and how often it may be guessed. */
export class Guard {
  readonly #token: Exposable
  readonly #isLoopbackOnly: boolean
  readonly #clock: Clock
  readonly #wrong = new Map<string, { count: number; until: number }>()

  constructor(options: { token: Exposable; isLoopbackOnly: boolean; clock: Clock }) {
    this.#token = options.token
    this.#isLoopbackOnly = options.isLoopbackOnly
    this.#clock = options.clock
  }

  judge(knock: Knock): Verdict {
    // A foreign name that resolves to this machine is how a hostile page reaches a loopback server.
    if (this.#isLoopbackOnly && !isLoopback(hostName(knock.host))) return stop(421, 'misdirected')
    if (knock.method !== 'GET' && knock.method !== 'HEAD' && isCrossSite(knock))
      return stop(403, 'cross-site')
    if (knock.access === 'open') return PASS
    if (knock.authorization === undefined) {
      return knock.access === 'read' && this.#isLoopbackOnly ? PASS : stop(401, 'token-needed')
    }
    return this.#checkToken(knock.ip, knock.authorization)
  }

  #checkToken(ip: string, authorization: string): Verdict {
    const now = this.#clock.monotonic()
    const entry = this.#wrong.get(ip)
    const wrong = entry !== undefined && entry.until > now ? entry : { count: 0, until: now + WINDOW_MS }
    if (wrong.count >= MAX_WRONG) {
      return { ...stop(429, 'too-many-tries'), retryAfterS: Math.ceil((wrong.until - now) / 1000) }
    }
    const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? ''
    if (isSameToken(given, this.#token.expose())) {
      this.#wrong.delete(ip)
      return PASS
    }
    this.#wrong.delete(ip)
    this.#wrong.set(ip, { count: wrong.count + 1, until: wrong.until })
    const oldest = this.#wrong.keys().next()
    if (this.#wrong.size > MAX_ADDRESSES && !oldest.done) this.#wrong.delete(oldest.value)
    return stop(401, 'wrong-token')
  }
}

function stop(status: 401 | 403 | 421 | 429, error: string) {
  return { kind: 'stop', status, error } as const
}

/** `[::1]:8787` -> `[::1]`, `localhost:8787` -> `localhost`. */
function hostName(host: string | undefined): string {
  return (host ?? '').replace(/:\d+$/, '')
}

function isCrossSite(knock: Knock): boolean {
  if (knock.fetchSite !== undefined && knock.fetchSite !== 'same-origin' && knock.fetchSite !== 'none')
    return true
  if (knock.origin === undefined) return false
  return URL.parse(knock.origin)?.host !== knock.host
}
