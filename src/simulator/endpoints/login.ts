import { blame } from '../checks.ts'
import { sessionCookies } from '../cookies.ts'
import type { Core } from '../core.ts'
import type { Answer, Exchange, Handler, Refusal } from '../exchange.ts'
import { html, json, script } from '../exchange.ts'
import { hold } from '../hold.ts'
import { freshCode, type LoginCode, pollCode } from '../login-code.ts'
import { phoneSees } from '../phone.ts'
import { picture } from '../picture.ts'
import type { Session } from '../session.ts'
import * as tokens from '../tokens.ts'

const APP_ID = 'wx782c26e4c19acffb'

/** A confirmed ticket may be exchanged again for this long, and no more often than this. */
const TICKET_LIFE_MS = 300_000
const TICKET_USES = 3

/** `window.QRLogin.code = 200; ...` */
export const jslogin: Handler = (core, exchange) => {
  const query = exchange.query
  if (query.get('appid') !== APP_ID || query.get('fun') !== 'new') return refuseJslogin(400)
  checkLoginHost(core, exchange)
  const code = freshCode(
    tokens.loginUuid(core.settings.random),
    core.settings.clock.now(),
    (query.get('redirect_uri') ?? '').includes('mod=desktop'),
  )
  core.codes.set(code.uuid, code)
  phoneSees(core, code)
  return script(`window.QRLogin.code = 200; window.QRLogin.uuid = "${code.uuid}";`)
}

export const refuseJslogin: Refusal = (ret) => script(`window.QRLogin.code = ${ret};`, { ret })

/** The poll for scan and confirmation, held as long as nothing happens. */
export const loginPoll: Handler = async (core, exchange) => {
  checkLoginHost(core, exchange)
  const code = core.codes.get(exchange.query.get('uuid') ?? '')
  if (code === undefined) return refuseLogin(400)
  const tip = exchange.query.get('tip') ?? '0'
  checkTip(core, exchange, code, tip)
  code.polls++
  let state = currentState(core, code, tip)
  if (state === null) {
    await hold(core, exchange.signal, core.codeBell, () => currentState(core, code, tip) !== null)
    state = currentState(core, code, tip)
  }
  return answerPoll(core, code, state ?? 408)
}

export const refuseLogin: Refusal = (ret) => script(`window.code=${ret};`, { ret })

function checkLoginHost(core: Core, exchange: Exchange): void {
  if (core.settings.tls !== null && !exchange.host.startsWith('login.')) {
    blame(core, exchange, `sent to ${exchange.host}, which is not a login host`)
  }
}

function checkTip(core: Core, exchange: Exchange, code: LoginCode, tip: string): void {
  const wanted = code.polls === 0 ? '1' : '0'
  if (tip !== wanted)
    blame(core, exchange, `tip is ${tip}, but poll ${code.polls + 1} of a code has tip ${wanted}`)
}

function currentState(core: Core, code: LoginCode, tip: string): ReturnType<typeof pollCode> {
  const age = core.settings.clock.now() - code.createdAt
  if (code.state === 'fresh' && age > core.settings.codeLifeMs) code.state = 'expired'
  return pollCode(code, tip)
}

function answerPoll(core: Core, code: LoginCode, state: number): Answer {
  if (state === 201) {
    code.isAnnounced = true
    const avatar = Buffer.from(picture(code.uuid)).toString('base64')
    return script(`window.code=201;window.userAvatar = 'data:img/jpg;base64,${avatar}';`, { ret: 201 })
  }
  if (state !== 200) return refuseLogin(state)
  const seconds = Math.floor(code.confirmedAt / 1000)
  const target =
    `${core.publicBase}/cgi-bin/mmwebwx-bin/webwxnewloginpage` +
    `?ticket=${code.ticket}&uuid=${code.uuid}&lang=zh_CN&scan=${seconds}`
  return script(`window.code=200;\nwindow.redirect_uri="${target}";`, { ret: 200 })
}

/** The exchange of the ticket for a session. */
export const newLoginPage: Handler = (core, exchange) => {
  const code = core.codes.get(exchange.query.get('uuid') ?? '')
  const owner = code?.owner ?? null
  if (code === undefined || owner === null || !isTicketGood(core, exchange, code)) return html('微信网页版')
  checkExchange(core, exchange, code)
  const forbidden = refusalOfAccount(core, exchange)
  if (forbidden !== null) return forbidden
  code.exchanges++
  return ticketAnswer(core, core.openSession(owner))
}

/** `<error><ret>...`: the account or the environment is refused. */
export const refuseTicket: Refusal = (ret) =>
  xml(`<error><ret>${ret}</ret><message>${ret === 1203 ? BARRED : '登录失败。'}</message></error>`, 200, ret)

const BARRED = '为了你的帐号安全，此微信号已不允许登录网页微信。你可以使用Windows微信或Mac微信在电脑端登录。'

function isTicketGood(core: Core, exchange: Exchange, code: LoginCode): boolean {
  const age = core.settings.clock.now() - code.confirmedAt
  const isHere = core.settings.tls === null || exchange.host === core.settings.apiHost
  return (
    isHere &&
    code.state === 'confirmed' &&
    exchange.query.get('ticket') === code.ticket &&
    age <= TICKET_LIFE_MS &&
    code.exchanges < TICKET_USES
  )
}

function checkExchange(core: Core, exchange: Exchange, code: LoginCode): void {
  if (exchange.method !== 'GET') blame(core, exchange, `sent by ${exchange.method} instead of GET`)
  if (exchange.query.get('fun') !== 'new') blame(core, exchange, 'fun=new is missing')
  if (exchange.query.get('version') !== 'v2') blame(core, exchange, 'version=v2 is missing')
  if (code.isDesktop && exchange.query.get('mod') !== 'desktop')
    blame(core, exchange, 'mod=desktop is missing')
}

function refusalOfAccount(core: Core, exchange: Exchange): Answer | null {
  if (core.settings.barred) return refuseTicket(1203)
  const isDesktop = ['client-version', 'extspam'].every((name) => (exchange.headers.get(name) ?? '') !== '')
  return core.settings.webForbidden && !isDesktop ? refuseTicket(1203) : null
}

function ticketAnswer(core: Core, session: Session): Answer {
  const text =
    `<error><ret>0</ret><message></message><skey>${session.skey}</skey><wxsid>${session.sid}</wxsid>` +
    `<wxuin>${session.owner.uin}</wxuin><pass_ticket>${session.passTicket}</pass_ticket>` +
    '<isgrayscale>1</isgrayscale></error>'
  const answer = xml(text, core.settings.ticketStatus, 0)
  return { ...answer, headers: { 'Set-Cookie': sessionCookies(core, session) } }
}

function xml(body: string, status: number, ret: number): Answer {
  return { status, type: 'text/plain', body, ret }
}

/** Login again with the old cookies: the phone asks, no scan needed. */
export const pushLogin: Handler = (core, exchange) => {
  const cookie = (name: string) => exchange.cookies.get(name)?.[0]
  const uin = exchange.query.get('uin')
  if (uin === null || cookie('wxuin') !== uin) return refusePush(1)
  const known = core.sessions.findLast((session) => String(session.owner.uin) === uin)
  const isKnownDevice = core.sessions.some(
    (session) =>
      session.isDeviceTrusted &&
      session.authTicket === cookie('webwx_auth_ticket') &&
      session.uvid === cookie('webwxuvid'),
  )
  if (core.oddities.isAntispam) return refusePush(2)
  if (known === undefined || !isKnownDevice) return refusePush(3)
  const code = freshCode(tokens.loginUuid(core.settings.random), core.settings.clock.now(), false)
  code.state = 'scanned'
  code.owner = known.owner
  core.codes.set(code.uuid, code)
  phoneSees(core, code)
  return json({ ret: '0', msg: 'all ok', uuid: code.uuid })
}

const PUSH_REFUSALS: Readonly<Record<number, string>> = {
  1: 'args error',
  2: 'antispam',
  3: 'device authinfo invalid',
}

export const refusePush: Refusal = (ret) =>
  json({ ret: String(ret), msg: PUSH_REFUSALS[ret] ?? 'system error' }, { ret })
