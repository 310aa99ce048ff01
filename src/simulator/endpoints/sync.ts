import { blame, bodyOf, checkSkey, recognise } from '../checks.ts'
import { dataTicketCookie } from '../cookies.ts'
import type { Core } from '../core.ts'
import type { Answer, Exchange, Handler, Refusal, SessionHandler } from '../exchange.ts'
import { baseResponse, json, script } from '../exchange.ts'
import type { Change } from '../feed.ts'
import { hold } from '../hold.ts'
import { changedContact } from '../render-contact.ts'
import { messageEntry } from '../render-message.ts'
import type { Session } from '../session.ts'
import {
  checkKey,
  EMPTY_KEY,
  formatKey,
  positionOfBody,
  positionOfText,
  syncKey,
  textOfBody,
} from '../sync-key.ts'
import { letters } from '../tokens.ts'

/** The long poll: says only that something changed. Released early by news or by the end of the session. */
export const syncCheck: Handler = async (core, exchange) => {
  const session = recogniseByQuery(core, exchange)
  if (typeof session === 'number') return refuseSyncCheck(session)
  const given = exchange.query.get('synckey') ?? ''
  const position = positionOfText(given)
  if (position === null) return refuseSyncCheck(1)
  if (!session.wasIssued('synccheck', given)) {
    blame(core, exchange, 'synckey is not a SyncCheckKey that was given out')
  }
  const verdict = () => session.endedWith !== null || selectorFor(core, session, position) !== 0
  if (!verdict()) await hold(core, exchange.signal, core.feed.bell, verdict)
  if (session.endedWith !== null) return refuseSyncCheck(session.endedWith)
  return answerSyncCheck(0, selectorFor(core, session, position))
}

export const refuseSyncCheck: Refusal = (ret) => answerSyncCheck(ret, 0)

function answerSyncCheck(retcode: number, selector: number): Answer {
  return script(`window.synccheck={retcode:"${retcode}",selector:"${selector}"}`, { ret: retcode, selector })
}

function recogniseByQuery(core: Core, exchange: Exchange): Session | number {
  const session = recognise(core, exchange, 'push')
  if (typeof session === 'number') return session
  const query = exchange.query
  if (query.get('sid') !== session.sid || query.get('uin') !== String(session.owner.uin)) return 1100
  if (!/^e\d{15}$/.test(query.get('deviceid') ?? '')) blame(core, exchange, 'deviceid is not e and 15 digits')
  return checkSkey(core, exchange, session, query.get('skey')) || session
}

function selectorFor(core: Core, session: Session, position: number): number {
  if (core.oddities.stuckSelector !== null) return core.oddities.stuckSelector
  if (core.oddities.isSilent) return 0
  const news = core.feed.after(Math.max(position, session.startPosition), core.settings.syncPageSize)
  if (news.length === 0) return 0
  if (core.oddities.newsSelector !== null) return core.oddities.newsSelector
  if (news.every((change) => change.kind !== 'message')) return 4
  const isOnlyNotify = news.every((change) => change.kind === 'message' && change.draft.msgType === 51)
  return isOnlyNotify ? 7 : 2
}

/** Everything newer than the presented key, and again until a newer key is presented. */
export const sync: SessionHandler = async (core, exchange, session) => {
  if (session.syncsInFlight > 0) blame(core, exchange, 'a second webwxsync while one is under way')
  session.syncsInFlight++
  exchange.done(() => {
    session.syncsInFlight--
  })
  const given = bodyOf(exchange)?.SyncKey
  const position = positionOfBody(given)
  if (position === null) {
    blame(core, exchange, 'presents an empty or foreign SyncKey')
    return refuseSync(1)
  }
  if (!session.wasIssued('webwxsync', textOfBody(given))) {
    blame(core, exchange, 'presents a SyncKey that was never given out')
  }
  session.syncCount++
  return syncAnswer(core, session, Math.max(position, session.startPosition))
}

function syncAnswer(core: Core, session: Session, from: number): Answer {
  const changes = core.feed.after(from, core.settings.syncPageSize)
  const reached = from + changes.length
  const position = regressed(core, session, reached)
  const next = syncKey(position, session.loginTime)
  const check = checkKey(position, session.loginTime)
  session.issue('webwxsync', formatKey(next))
  session.issue('synccheck', formatKey(check))
  const lists = changeLists(core, session, changes)
  const value = {
    ...baseResponse(0),
    ...lists,
    ModChatRoomMemberCount: 0,
    ModChatRoomMemberList: [],
    Profile: EMPTY_PROFILE,
    ContinueFlag: reached < core.feed.position ? 1 : 0,
    SyncKey: next,
    SKey: renewedSkey(core, session),
    SyncCheckKey: check,
  }
  const headers = renewedCookie(core, session)
  return json(value, { delivered: lists.AddMsgList.map((entry) => String(entry.MsgId)), ...headers })
}

function changeLists(core: Core, session: Session, changes: readonly Change[]) {
  const messages = changes.flatMap((change) =>
    change.kind === 'message' ? [messageEntry(change.draft, session)] : [],
  )
  if (core.oddities.reorderNext > 0 && messages.length > 0) {
    core.oddities.reorderNext--
    messages.reverse()
  }
  const changed = new Set(changes.flatMap((change) => (change.kind === 'contact' ? [change.id] : [])))
  const gone = new Set(changes.flatMap((change) => (change.kind === 'gone' ? [change.id] : [])))
  return {
    AddMsgCount: messages.length,
    AddMsgList: messages,
    ModContactCount: changed.size,
    ModContactList: [...changed].map((id) => changedContact(core, id, session)),
    DelContactCount: gone.size,
    DelContactList: [...gone].map((id) => ({ UserName: session.names.nameOf(id), ContactFlag: 0 })),
  }
}

function regressed(core: Core, session: Session, reached: number): number {
  const position = Math.max(session.startPosition, reached - core.oddities.regressNext)
  core.oddities.regressNext = 0
  return position
}

function renewedSkey(core: Core, session: Session): string {
  if (!core.oddities.renewSkeyNext) return ''
  core.oddities.renewSkeyNext = false
  return session.renewSkey(core.settings.random, core.settings.clock.now())
}

function renewedCookie(core: Core, session: Session): Partial<Answer> {
  if (!core.oddities.renewCookieNext) return {}
  core.oddities.renewCookieNext = false
  session.dataTickets.push(letters(core.settings.random, 24))
  return { headers: { 'Set-Cookie': dataTicketCookie(core, session) } }
}

const EMPTY_PROFILE = {
  BitFlag: 0,
  UserName: { Buff: '' },
  NickName: { Buff: '' },
  BindUin: 0,
  BindEmail: { Buff: '' },
  BindMobile: { Buff: '' },
  Status: 0,
  Sex: 0,
  PersonalCard: 0,
  Alias: '',
  HeadImgUpdateFlag: 0,
  HeadImgUrl: '',
  Signature: '',
}

export const refuseSync: Refusal = (ret) =>
  json({
    ...baseResponse(ret),
    AddMsgCount: 0,
    AddMsgList: [],
    ModContactCount: 0,
    ModContactList: [],
    DelContactCount: 0,
    DelContactList: [],
    ModChatRoomMemberCount: 0,
    ModChatRoomMemberList: [],
    Profile: EMPTY_PROFILE,
    ContinueFlag: 0,
    SyncKey: EMPTY_KEY,
    SKey: '',
    SyncCheckKey: EMPTY_KEY,
  })
