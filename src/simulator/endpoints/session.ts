import { blame, bodyOf, recognise } from '../checks.ts'
import { expiredCookies } from '../cookies.ts'
import type { Core } from '../core.ts'
import { recentChats, statusNotify } from '../drafts.ts'
import type { Handler, Refusal, SessionHandler } from '../exchange.ts'
import { baseResponse, html, json } from '../exchange.ts'
import { bareRoom, personContact, selfUser } from '../render-contact.ts'
import type { Session } from '../session.ts'
import { EMPTY_KEY, formatKey, initKey } from '../sync-key.ts'
import { SELF } from '../world.ts'

/** Recent chats that webwxinit shows. */
const INIT_CONTACTS = 10

/** The first call of a session: own user, first key, recent chats, and a new skey. */
export const init: SessionHandler = (core, _exchange, session) => {
  if (session.initCount++ === 0) session.renewSkey(core.settings.random, core.settings.clock.now())
  const position = core.settings.initMode === 'replay' ? session.startPosition : core.feed.position
  const key = initKey(position, session.loginTime)
  session.issue('webwxsync', formatKey(key))
  session.issue('synccheck', formatKey(key))
  const chats = recentChats(core).slice(0, INIT_CONTACTS)
  return json({
    ...baseResponse(0),
    // The real server announces more than it lists.
    Count: chats.length + 1,
    ContactList: chats.map((id) => recentContact(core, id, session)),
    SyncKey: key,
    User: selfUser(session),
    ChatSet: `${[...chats, 'fmessage'].map((id) => session.names.nameOf(id)).join(',')},`,
    SKey: session.skey,
    ClientVersion: 671_098_166,
    SystemTime: core.nowSeconds,
    GrayScale: 1,
    InviteStartCount: 40,
    MPSubscribeMsgCount: 0,
    MPSubscribeMsgList: [],
    ClickReportInterval: 600_000,
  })
}

function recentContact(core: Core, id: string, session: Session): Record<string, unknown> {
  const room = core.world.rooms.get(id)
  if (room !== undefined) return bareRoom(room, session, room.members.length)
  return personContact(core.world.person(id), session)
}

export const refuseInit: Refusal = (ret) =>
  json({
    ...baseResponse(ret),
    Count: 0,
    ContactList: [],
    SyncKey: EMPTY_KEY,
    User: { Uin: 0, UserName: '', NickName: '' },
    ChatSet: '',
    SKey: '',
    ClientVersion: 0,
    SystemTime: 0,
    GrayScale: 0,
    InviteStartCount: 0,
    MPSubscribeMsgCount: 0,
    MPSubscribeMsgList: [],
    ClickReportInterval: 0,
  })

/** Code 3 tells the phone that the session is up; the phone answers with its recent chats. Code 1 marks a chat read. */
export const statusNotifyCall: SessionHandler = (core, exchange, session) => {
  const body = bodyOf(exchange) ?? {}
  const code = Number(body.Code)
  if (![1, 3].includes(code)) return refuseNotify(1)
  if (body.FromUserName !== session.names.nameOf(SELF))
    blame(core, exchange, 'FromUserName is not the own UserName')
  if (session.names.idOf(String(body.ToUserName)) === null) blame(core, exchange, 'ToUserName is unknown')
  if (typeof body.ClientMsgId !== 'number') blame(core, exchange, 'ClientMsgId is not a number')
  if (code === 3) core.feed.append({ kind: 'message', draft: statusNotify(core, 4, recentChats(core)) })
  return json({ ...baseResponse(0), MsgID: core.nextMsgId() })
}

export const refuseNotify: Refusal = (ret) => json({ ...baseResponse(ret), MsgID: '' })

/** Ends the session by GET or POST, with or without body, as clients do; the answer leads to the front page. */
export const logout: Handler = (core, exchange) => {
  const session = recognise(core, exchange, 'api')
  if (typeof session !== 'number') core.endSession(session, 1100)
  const location = `${core.publicBase}/`
  return { ...html('', 301), headers: { Location: location, 'Set-Cookie': expiredCookies(core) } }
}

/** The front page, whose script says whether the cookies belong to a living session. */
export const frontPage: Handler = (core, exchange) => {
  const sid = exchange.cookies.get('wxsid')?.[0]
  const isLogin = core.sessions.some((session) => session.sid === sid && session.endedWith === null)
  const body = `<!DOCTYPE html>\n<html><head><script>window.MMCgi = { isLogin : (!!"${isLogin ? '1' : ''}") }</script></head></html>`
  return { status: 200, type: 'text/html', body }
}
