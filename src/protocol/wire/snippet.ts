/**
 * Strict readers of `window.x = ...` answers. The text is matched, never run: one anchored expression per form, over a
 * bounded text. A body of any other form gives null.
 */

/** Both other forms are one short line. */
const MAX_SNIPPET = 1024
/** The avatar inside a 201 answer is long. */
const MAX_LOGIN = 512 * 1024

const JSLOGIN =
  /^\s*window\.QRLogin\.code\s*=\s*(\d{1,4})\s*;\s*(?:window\.QRLogin\.uuid\s*=\s*"([^"\\\s]{1,128})"\s*;?\s*)?$/
const LOGIN_CODE = /(?:^|;)\s*window\.code\s*=\s*(\d{1,4})\s*(?=;|$)/
const LOGIN_REDIRECT = /(?:^|;)\s*window\.redirect_uri\s*=\s*"([^"\\\s]{1,2048})"\s*(?=;|$)/
const LOGIN_FORM =
  /^\s*(?:window\.(?:code\s*=\s*\d{1,4}|redirect_uri\s*=\s*"[^"\\\s]*"|userAvatar\s*=\s*'[^'\\\s]*')\s*(?:;\s*|$))+$/
const SYNCCHECK = /^\s*window\.synccheck\s*=\s*\{\s*([^{}]{1,200})\}\s*;?\s*$/
const RETCODE = /(?:^|,)\s*"?retcode"?\s*:\s*"(-?\d{1,6})"\s*(?=,|$)/
const SELECTOR = /(?:^|,)\s*"?selector"?\s*:\s*"(\d{1,6})"\s*(?=,|$)/

/** The answer of jslogin; `uuid` is '' when the server gave none. */
export function readJslogin(body: string): { code: number; uuid: string } | null {
  const match = body.length > MAX_SNIPPET ? null : JSLOGIN.exec(body)
  return match === null ? null : { code: Number(match[1]), uuid: match[2] ?? '' }
}

/** The answer of the login poll; `redirectUri` is '' unless the code is 200. */
export function readLoginPoll(body: string): { code: number; redirectUri: string } | null {
  if (body.length > MAX_LOGIN || !LOGIN_FORM.test(body)) return null
  const code = LOGIN_CODE.exec(body)
  return code === null ? null : { code: Number(code[1]), redirectUri: LOGIN_REDIRECT.exec(body)?.[1] ?? '' }
}

/** The answer of synccheck. Both values must be there, in any order. */
export function readSynccheck(body: string): { retcode: number; selector: number } | null {
  const inner = body.length > MAX_SNIPPET ? null : SYNCCHECK.exec(body)
  if (inner === null) return null
  const retcode = RETCODE.exec(inner[1] ?? '')
  const selector = SELECTOR.exec(inner[1] ?? '')
  return retcode === null || selector === null
    ? null
    : { retcode: Number(retcode[1]), selector: Number(selector[1]) }
}
