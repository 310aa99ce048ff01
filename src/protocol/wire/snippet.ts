/**
 * Strict readers of `window.x = ...` answers. The text is matched, never run: nothing but plain assignments over a
 * bounded text, in any order. A body of any other form gives null.
 */

/** Both other forms are one short line. */
const MAX_SNIPPET = 1024
/** The avatar inside a 201 answer is long. */
const MAX_LOGIN = 512 * 1024

/** One assignment of a number or a plain string, up to the end of the statement. */
const STATEMENT =
  /\s*window\.([A-Za-z_.]{1,64})\s*=\s*(?:"([^"\\\r\n]*)"|'([^'\\\r\n]*)'|(-?\d{1,12}))[^\S\r\n]*(?:;|[\r\n]|$)/y
const CODE = /^\d{1,4}$/
const UUID = /^\S{1,128}$/
const ADDRESS = /^\S{1,2048}$/
const SYNCCHECK = /^\s*window\.synccheck\s*=\s*\{\s*([^{}]{1,200})\}\s*;?\s*$/
const RETCODE = /(?:^|,)\s*["']?retcode["']?\s*:\s*(["']?)(-?\d{1,6})\1\s*(?=,|$)/
const SELECTOR = /(?:^|,)\s*["']?selector["']?\s*:\s*(["']?)(\d{1,6})\1\s*(?=,|$)/

/** The values assigned, by name; null when the body holds anything but assignments. */
function assignments(body: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>()
  const text = body.trim()
  for (let at = 0; at < text.length; at = STATEMENT.lastIndex) {
    STATEMENT.lastIndex = at
    const match = STATEMENT.exec(text)
    if (match === null) return null
    found.set(match[1] ?? '', match[2] ?? match[3] ?? match[4] ?? '')
  }
  return found
}

function codeOf(value: string | undefined): number | null {
  return value !== undefined && CODE.test(value) ? Number(value) : null
}

/** The answer of jslogin; `uuid` is '' when the server gave none. */
export function readJslogin(body: string): { code: number; uuid: string } | null {
  const found = body.length > MAX_SNIPPET ? null : assignments(body)
  const code = codeOf(found?.get('QRLogin.code'))
  const uuid = found?.get('QRLogin.uuid') ?? ''
  return code === null ? null : { code, uuid: UUID.test(uuid) ? uuid : '' }
}

/** The answer of the login poll; `redirectUri` is '' unless the code is 200. */
export function readLoginPoll(body: string): { code: number; redirectUri: string } | null {
  const found = body.length > MAX_LOGIN ? null : assignments(body)
  const code = codeOf(found?.get('code'))
  const address = found?.get('redirect_uri') ?? ''
  return code === null ? null : { code, redirectUri: ADDRESS.test(address) ? address : '' }
}

/** The answer of synccheck, its values in any order; only a session that is over may lack the selector. */
export function readSynccheck(body: string): { retcode: number; selector: number } | null {
  const inner = body.length > MAX_SNIPPET ? null : SYNCCHECK.exec(body)
  const retcode = RETCODE.exec(inner?.[1] ?? '')
  if (retcode === null) return null
  const code = Number(retcode[2])
  const selector = SELECTOR.exec(inner?.[1] ?? '')
  return code === 0 && selector === null ? null : { retcode: code, selector: Number(selector?.[2] ?? 0) }
}
