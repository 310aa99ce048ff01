import { type Retry, ServerRefusal, SessionExpired, Throttled } from '../../domain/errors.ts'

/** Return codes by the names of the official page (protocol errors-and-limits §2). */
export const RET = {
  ok: 0,
  argument: 1,
  unhealthy: 3,
  system: -1,
  logic: -2,
  ticket: -14,
  noSession: 1100,
  invalidSession: 1101,
  invalidCookie: 1102,
  apiFrequency: 1105,
  loginForbidden: 1203,
  unwritable: 1204,
  tooOften: 1205,
} as const

const SESSION_CODES: ReadonlySet<number> = new Set([RET.noSession, RET.invalidSession, RET.invalidCookie])
const TOO_OFTEN_WORDS = /频繁|too often|too frequent/i

/** True for the three codes that say the session is over (when synccheck or webwxsync says so). */
export function isSessionCode(ret: number): boolean {
  return SESSION_CODES.has(ret)
}

/** True for "too often", by code or by the server's words. */
export function isTooOften(ret: number, message: string): boolean {
  return ret === RET.tooOften || ret === RET.apiFrequency || (ret !== RET.ok && TOO_OFTEN_WORDS.test(message))
}

function retryOf(ret: number): Retry {
  return ret === RET.system || ret === RET.logic || ret === RET.argument ? 'backoff' : 'never'
}

/** The error of a non-zero ret; null for 0. `message` is the server's own sentence. */
export function refusalOf(endpoint: string, ret: number, message: string): ServerRefusal | null {
  if (ret === RET.ok) return null
  const words = message.slice(0, 200)
  const options = { code: `ret-${ret}`, ret, serverMessage: words, context: { endpoint, ret } }
  const title = `${endpoint} answered ret ${ret}`
  if (isSessionCode(ret) || ret === RET.ticket)
    return new SessionExpired(title, { ...options, retry: 'never' })
  if (isTooOften(ret, message)) return new Throttled(title, { ...options, retry: 'backoff' })
  return new ServerRefusal(title, { ...options, retry: retryOf(ret) })
}
