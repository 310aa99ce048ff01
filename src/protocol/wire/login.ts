import { decodeXML } from 'entities'
import { z } from 'zod'
import { int, text } from './base.ts'
import { readXml, xmlText } from './xml.ts'

/** The answer of webwxnewloginpage. */
export interface TicketAnswer {
  readonly ret: number
  readonly message: string
  readonly skey: string
  readonly sid: string
  readonly uin: string
  /** Percent-decoded once. */
  readonly passTicket: string
  readonly redirectUrl: string
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** Reads the ticket XML; null when it is anything else (an HTML page means: used up, or a wrong host). */
export function readTicket(body: string): TicketAnswer | null {
  const at = body.indexOf('<error>')
  // Nothing but CDATA may begin with `<!` anywhere, before the element either.
  const isOdd = at === -1 || body.length > 64 * 1024 || body.slice(0, at).includes('<!')
  const root = isOdd ? null : readXml(body.slice(at))
  if (root === null) return null
  const read = (name: string) => decodeXML(xmlText(root, 'error', name) ?? '')
  const ret = read('ret')
  if (!/^-?\d{1,6}$/.test(ret)) return null
  return {
    ret: Number(ret),
    message: read('message'),
    skey: read('skey'),
    sid: read('wxsid'),
    uin: read('wxuin'),
    passTicket: percentDecoded(read('pass_ticket')),
    redirectUrl: read('redirecturl'),
  }
}

/** The answer of webwxpushloginurl; `ret` comes as a string or a number. */
export const pushLoginAnswer = z.object({ ret: int, msg: text, uuid: text }).refine((answer) => {
  return answer.ret !== 0 || answer.uuid !== ''
})
