import type { Core } from './core.ts'
import type { Session } from './session.ts'

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const HALF_DAY_S = 12 * 3600
const TEN_YEARS_S = 10 * 365 * 86_400

/** The cookies of the ticket answer. Without TLS they are bound to the answering host and not `Secure`. */
export function sessionCookies(core: Core, session: Session): string[] {
  const now = core.nowSeconds
  const host = (name: string, value: string, lifeS: number) =>
    setCookie(core, { name, value, until: now + lifeS })
  const wide = (name: string, value: string) =>
    setCookie(core, { name, value, until: now + HALF_DAY_S, domain: parentDomain(core.settings.apiHost) })
  const cookies = [
    host('wxuin', String(session.owner.uin), HALF_DAY_S),
    host('wxsid', session.sid, HALF_DAY_S),
    host('wxloadtime', String(now), HALF_DAY_S),
    host('mm_lang', 'zh_CN', HALF_DAY_S),
  ]
  // The second copy on the parent domain; without domains it would only be a repetition.
  if (core.settings.tls !== null) cookies.push(wide('wxuin', String(session.owner.uin)))
  return [
    ...cookies,
    wide('webwx_data_ticket', session.dataTicket),
    host('webwxuvid', session.uvid, TEN_YEARS_S),
    host('webwx_auth_ticket', session.authTicket, TEN_YEARS_S),
  ]
}

/** The data ticket alone, as a later answer sets it. */
export function dataTicketCookie(core: Core, session: Session): string {
  const domain = parentDomain(core.settings.apiHost)
  return setCookie(core, {
    name: 'webwx_data_ticket',
    value: session.dataTicket,
    until: core.nowSeconds + HALF_DAY_S,
    domain,
  })
}

/** The cookies that end a login in the browser. */
export function expiredCookies(core: Core): string[] {
  return ['wxuin', 'wxsid', 'wxloadtime'].map((name) => setCookie(core, { name, value: '', until: 0 }))
}

interface CookieParts {
  readonly name: string
  readonly value: string
  /** Seconds. */
  readonly until: number
  readonly domain?: string
}

function setCookie(core: Core, { name, value, until, domain }: CookieParts): string {
  const expires = `Expires=${oldDate(until)}`
  if (core.settings.tls === null) return `${name}=${value}; Path=/; ${expires}`
  return `${name}=${value}; Domain=${domain ?? core.settings.apiHost}; Path=/; ${expires}; Secure`
}

/** `Wed, 15-Nov-2023 10:13:20 GMT`: the form with hyphens, which strict parsers reject. */
export function oldDate(seconds: number): string {
  const date = new Date(seconds * 1000)
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()}`
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`
  return `${DAYS[date.getUTCDay()]}, ${day} ${time} GMT`
}

function parentDomain(host: string): string {
  return host.endsWith('.wechat.com') ? '.wechat.com' : '.qq.com'
}
