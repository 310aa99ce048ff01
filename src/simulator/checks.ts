import type { Core } from './core.ts'
import type { Answer, Exchange, Handler, Refusal, SessionHandler } from './exchange.ts'
import type { Session } from './session.ts'

/** How long a client may go on using the previous skey: the request may have been under way. */
const SKEY_GRACE_MS = 5000

/** Writes down what a client did wrong, in strict mode; the call goes on. */
export function blame(core: Core, exchange: Exchange, text: string): void {
  if (!core.settings.strict) return
  core.journal.add({ kind: 'violation', endpoint: exchange.endpoint, request: exchange.request, text })
}

/** Where a call belongs: which of the real hosts answers it. */
export type Place = 'api' | 'push' | 'file'

/** Whether the call went to the host that this session lives on. Any host will do without TLS. */
function isAtHome(core: Core, exchange: Exchange, session: Session, place: Place): boolean {
  if (core.settings.tls === null) return true
  const prefix = { api: '', push: 'webpush.', file: 'file.' }[place]
  return exchange.host === `${prefix}${session.host}`
}

/**
 * Recognises the session by its cookies and refuses with the code the server would give:
 * 1102 without cookies, 1100 for an unknown sid or the wrong host, the code it ended with when it is over.
 */
export function recognise(core: Core, exchange: Exchange, place: Place): Session | number {
  const sid = exchange.cookies.get('wxsid')?.[0]
  const uin = exchange.cookies.get('wxuin')?.[0]
  if (sid === undefined || uin === undefined) {
    blame(core, exchange, 'sent without the session cookies wxsid and wxuin')
    return 1102
  }
  const session = core.sessions.find((known) => known.sid === sid)
  if (session === undefined) return 1100
  if (String(session.owner.uin) !== uin) {
    blame(core, exchange, 'cookie wxuin does not belong to cookie wxsid')
    return 1102
  }
  if (!isAtHome(core, exchange, session, place)) {
    blame(core, exchange, `sent to ${exchange.host}, which is not the ${place} host of this session`)
    return 1100
  }
  checkDataTicket(core, exchange, session)
  return session.endedWith ?? session
}

function checkDataTicket(core: Core, exchange: Exchange, session: Session): void {
  const ticket = exchange.cookies.get('webwx_data_ticket')?.[0]
  if (ticket === undefined) blame(core, exchange, 'sent without the cookie webwx_data_ticket')
  else if (!session.dataTickets.includes(ticket)) blame(core, exchange, 'cookie webwx_data_ticket is unknown')
  else if (ticket !== session.dataTicket && !session.dataTickets.slice(-2).includes(ticket)) {
    blame(core, exchange, 'cookie webwx_data_ticket was replaced by a later Set-Cookie')
  }
}

/** A call of a JSON endpoint with BaseRequest, refused in its own shape unless everything is in order. */
export function withBody(refuse: Refusal, run: SessionHandler): Handler {
  return (core, exchange) => {
    const session = recognise(core, exchange, 'api')
    if (typeof session === 'number') return refuse(session)
    checkPost(core, exchange)
    const body = bodyOf(exchange)
    if (body === null) return refuse(1200)
    const ret =
      checkBaseRequest(core, exchange, session, body.BaseRequest) || checkPassTicket(core, exchange, session)
    return ret === 0 ? run(core, exchange, session) : refuse(ret)
  }
}

/** A GET of a session, which shows its skey in the query when it has to. */
export function withCookies(place: Place, refuse: Refusal, run: SessionHandler): Handler {
  return (core, exchange) => {
    const session = recognise(core, exchange, place)
    if (typeof session === 'number') return refuse(session)
    const skey = exchange.query.get('skey')
    if (skey !== null && checkSkey(core, exchange, session, skey) !== 0) return refuse(1101)
    return run(core, exchange, session)
  }
}

/** The JSON object of the body; null when it is none. */
export function bodyOf(exchange: Exchange): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(exchange.body).toString('utf8'))
    return isRecord(value) ? value : null
  } catch {
    // The caller answers 1200 (MMWEBWX_ERR_PARSER_REQUEST).
    return null
  }
}

/** Whether something is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** 0, or 1101 for a skey this session never had. */
export function checkSkey(core: Core, exchange: Exchange, session: Session, skey: unknown): number {
  if (typeof skey !== 'string' || !session.knowsSkey(skey)) return 1101
  if (skey !== session.skey) {
    const age = core.settings.clock.now() - session.skeySince
    // Init answers alone, so nothing can be under way when it renews the skey of the login.
    if (session.syncCount === 0 || age > SKEY_GRACE_MS)
      blame(core, exchange, 'still uses an skey that was replaced')
  }
  return 0
}

function checkPost(core: Core, exchange: Exchange): void {
  if (exchange.method !== 'POST') blame(core, exchange, `sent by ${exchange.method} instead of POST`)
  const type = exchange.headers.get('content-type') ?? ''
  if (!/^application\/json(\s*;\s*charset=utf-?8)?$/i.test(type)) {
    blame(core, exchange, `Content-Type is "${type}" instead of application/json;charset=UTF-8`)
  }
  if (/\\u(00[89a-f]|0[1-9a-f]|[1-9a-f])/i.test(Buffer.from(exchange.body).toString('utf8'))) {
    blame(core, exchange, 'the body escapes characters as \\uXXXX, which receivers would see literally')
  }
}

function checkBaseRequest(core: Core, exchange: Exchange, session: Session, value: unknown): number {
  if (!isRecord(value)) {
    blame(core, exchange, 'BaseRequest is missing')
    return 1
  }
  if (String(value.Uin) !== String(session.owner.uin) || value.Sid !== session.sid) {
    blame(core, exchange, 'Uin or Sid of BaseRequest is not the one of this login')
    return 1100
  }
  if (typeof value.Uin !== 'number') blame(core, exchange, 'Uin of BaseRequest is not a number')
  if (typeof value.DeviceID !== 'string' || !/^e\d{15}$/.test(value.DeviceID)) {
    blame(core, exchange, 'DeviceID is not e and 15 digits')
  }
  return checkSkey(core, exchange, session, value.Skey)
}

/** A pass ticket that is there has to be right, raw or encoded up to twice; one that is missing is only noted. */
function checkPassTicket(core: Core, exchange: Exchange, session: Session): number {
  const given = exchange.query.get('pass_ticket')
  if (given === null || given === '') {
    blame(core, exchange, 'pass_ticket is missing from the query')
    return 0
  }
  if (sameTicket(given, session.passTicket)) return 0
  blame(core, exchange, 'pass_ticket is wrong')
  return core.settings.strict ? -14 : 0
}

/** Compares after decoding either side up to twice. */
export function sameTicket(given: string, issued: string): boolean {
  const plain = decode(issued)
  // In a query a bare plus has become a space before it gets here.
  return [given, decode(given), decode(decode(given))].some((form) => form.replaceAll(' ', '+') === plain)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A refusal without body, for calls whose answer is binary. */
export const refuseEmpty: Refusal = (ret): Answer => ({ status: 200, type: 'text/plain', body: '', ret })
