import { LoginRejected, TransportError } from '../domain/errors.ts'
import type { ApiTools } from './api.ts'
import { hostSet, pageOf, redirectTarget } from './hosts.ts'
import { unreadable } from './wire/json.ts'
import { readTicket, type TicketAnswer } from './wire/login.ts'
import { RET } from './wire/ret.ts'

/** What a confirmed login gives. */
export interface Ticket {
  readonly host: string
  readonly uin: number
  readonly sid: string
  readonly skey: string
  readonly passTicket: string
}

const NAME = 'webwxnewloginpage'
const MAX_HOPS = 3
const USED_UP = /check ticket failed/i

/** True for a ticket that was used already: worth exactly one fresh code. */
export function isUsedUp(error: unknown): boolean {
  return error instanceof LoginRejected && error.code === 'ticket-used-up'
}

/** Desktop mode identifies itself on this request only. */
function headersOf({ options }: ApiTools, api: string): Record<string, string> {
  if (options.mode !== 'desktop' || options.desktop === null) return { Referer: pageOf({ api }, 'web') }
  return {
    Referer: pageOf({ api }, 'desktop'),
    'client-version': options.desktop.clientVersion,
    extspam: options.desktop.extspam,
  }
}

/** What the page adds to the address, as far as the server has not put it there already (a desktop address has `mod`). */
function missingIn(address: string, { options }: ApiTools): Record<string, string> {
  const added = { fun: 'new', version: 'v2', ...(options.mode === 'desktop' ? { mod: 'desktop' } : {}) }
  const { searchParams } = new URL(address)
  return Object.fromEntries(Object.entries(added).filter(([name]) => !searchParams.has(name)))
}

async function fetchTicket(
  tools: ApiTools,
  redirectUri: string,
  signal: AbortSignal,
): Promise<{ answer: TicketAnswer; host: string }> {
  const target = redirectTarget(redirectUri, tools.options.bases)
  if (target === null) {
    throw new TransportError(`${NAME}: host-not-allowed`, {
      code: 'host-not-allowed',
      mayHaveBeenSent: false,
    })
  }
  const response = await tools.http.call(
    {
      name: NAME,
      url: target.url,
      query: missingIn(target.url, tools),
      headers: headersOf(tools, hostSet(target.host, tools.options.bases).api),
      pool: 'main',
      deadlineMs: tools.options.deadlines.otherMs,
      acceptsRedirect: true,
    },
    signal,
  )
  const answer = readTicket(response.text)
  // A page instead of a ticket: used up, or a wrong host. Only a fresh code helps.
  if (answer === null) throw unreadable(NAME, 'no ticket in the answer', response.text)
  return { answer, host: target.host }
}

function rejection(answer: TicketAnswer): LoginRejected {
  const code = USED_UP.test(answer.message) ? 'ticket-used-up' : `ret-${answer.ret}`
  return new LoginRejected(`login refused with ret ${answer.ret}`, {
    code,
    retry: 'never',
    ret: answer.ret,
    serverMessage: answer.message.slice(0, 500),
  })
}

function completed(tools: ApiTools, answer: TicketAnswer, host: string): Ticket {
  const { api } = hostSet(host, tools.options.bases)
  const uin = Number(answer.uin || tools.http.cookie(api, 'wxuin'))
  const sid = answer.sid || tools.http.cookie(api, 'wxsid')
  if (!Number.isSafeInteger(uin) || uin < 1 || uin > 0xffffffff || sid === '') {
    throw unreadable(NAME, 'no sid or uin in body and cookies', '')
  }
  return { host, uin, sid, skey: answer.skey, passTicket: answer.passTicket }
}

/** True for a failure after which the same address is worth asking again: it stays good for some minutes. */
export function isWorthAnother(error: unknown): boolean {
  return error instanceof TransportError && error.code !== 'host-not-allowed'
}

/**
 * Exchanges a redirect_uri for the tickets of a session. Throws LoginRejected with the server's words for a non-zero
 * ret, DecodeError for a page instead of tickets, and TransportError when there was no answer.
 */
export async function exchangeTicket(
  tools: ApiTools,
  redirectUri: string,
  signal: AbortSignal,
): Promise<Ticket> {
  let address = redirectUri
  for (let hop = 1; ; hop++) {
    const { answer, host } = await fetchTicket(tools, address, signal)
    const isSentOn = answer.redirectUrl !== '' && answer.ret !== RET.loginForbidden && hop <= MAX_HOPS
    if (!isSentOn && answer.ret !== 0) throw rejection(answer)
    if (!isSentOn) return completed(tools, answer, host)
    address = answer.redirectUrl
  }
}
