import { createHash } from 'node:crypto'
import { blame, bodyOf, isRecord } from '../checks.ts'
import type { Core } from '../core.ts'
import { notice, ownText } from '../drafts.ts'
import type { Answer, Exchange, Refusal, SessionHandler } from '../exchange.ts'
import { baseResponse, json } from '../exchange.ts'
import type { Session } from '../session.ts'
import { SELF } from '../world.ts'

type Json = Record<string, unknown>

/** Types that webwxsendmsg takes: text, card, location. */
const TEXT_TYPES = [1, 42, 48]

/** How long own messages may be taken back. */
const REVOKE_LIMIT_S = 120

/** webwxsendmsg: plain text (or a card or location) to one chat. */
export const sendText: SessionHandler = (core, exchange, session) =>
  sendWith(core, exchange, session, (message) => {
    const text = String(message.Content ?? '')
    return TEXT_TYPES.includes(Number(message.Type)) && text !== '' ? text : null
  })

/** The media sends: an uploaded MediaId, a known md5, or XML to forward. */
export const sendMedia: SessionHandler = (core, exchange, session) =>
  sendWith(core, exchange, session, (message) => {
    const mediaId = String(message.MediaId ?? '')
    if (mediaId !== '') return core.media.has(mediaId) ? mediaId : null
    const text = String(message.EMoticonMd5 ?? message.Content ?? '')
    return text === '' ? null : text
  })

export const refuseSend: Refusal = (ret) => json({ ...baseResponse(ret), MsgID: '', LocalID: '' })

function sendWith(
  core: Core,
  exchange: Exchange,
  session: Session,
  textOf: (message: Json) => string | null,
): Answer {
  const body = bodyOf(exchange) ?? {}
  const message = isRecord(body.Msg) ? body.Msg : {}
  const clientMsgId = checkIds(core, exchange, message)
  if (!('Scene' in body)) blame(core, exchange, 'Scene is missing')
  const text = textOf(message)
  if (clientMsgId === '' || text === null) return refuseSend(1)
  if (message.FromUserName !== session.names.nameOf(SELF)) {
    blame(core, exchange, 'FromUserName is not the own UserName of this login')
    return refuseSend(1)
  }
  const chat = session.names.idOf(String(message.ToUserName))
  const ret = chat === null ? -1 : receptionRet(core, session, chat)
  if (chat === null || ret !== 0) {
    core.journal.add({ kind: 'send-refused', chat: chat ?? '', ret, text })
    return refuseSend(ret)
  }
  return accept(core, session, { message, chat, clientMsgId, text })
}

/** LocalID and ClientMsgId: one text under both names. Returns it, '' when there is none. */
function checkIds(core: Core, exchange: Exchange, message: Json): string {
  const { LocalID, ClientMsgId } = message
  if (typeof LocalID !== 'string' || typeof ClientMsgId !== 'string') {
    blame(core, exchange, 'LocalID and ClientMsgId are not both strings')
  }
  if (String(LocalID) !== String(ClientMsgId)) blame(core, exchange, 'LocalID and ClientMsgId differ')
  return ClientMsgId === undefined ? '' : String(ClientMsgId)
}

/** 0, or the code for a chat that cannot be written to. */
function receptionRet(core: Core, session: Session, chat: string): number {
  if (chat === SELF) return session.names.nameOf(SELF).length > 33 ? 1204 : 0
  const room = core.world.rooms.get(chat)
  if (room !== undefined) return room.joined ? 0 : 1204
  const person = core.world.persons.get(chat)
  if (person === undefined) return -1
  const isReachable = person.kind !== 'stranger' && person.reception !== 'unwritable'
  return isReachable ? 0 : 1204
}

interface Accepted {
  readonly message: Json
  readonly chat: string
  readonly clientMsgId: string
  readonly text: string
}

function accept(core: Core, session: Session, { message, chat, clientMsgId, text }: Accepted): Answer {
  const idKey = `${session.generation} ${clientMsgId}`
  const known = core.sentIds.get(idKey)
  if (known !== undefined && core.settings.sendMode === 'dedupe') {
    core.journal.add({ kind: 'send-repeated', msgId: known, clientMsgId, chat })
    return json({ ...baseResponse(0), MsgID: known, LocalID: clientMsgId })
  }
  const msgId = core.nextMsgId()
  core.sentIds.set(idKey, msgId)
  core.sent.set(msgId, { chat, at: core.nowSeconds })
  core.journal.add({
    kind: 'sent',
    msgId,
    clientMsgId,
    to: String(message.ToUserName),
    chat,
    type: Number(message.Type),
    text,
    hash: createHash('sha256').update(text).digest('hex'),
    generation: session.generation,
  })
  if (core.settings.echoOwn) core.feed.append({ kind: 'message', draft: ownText(core, chat, text, msgId) })
  bounce(core, chat)
  return json({ ...baseResponse(0), MsgID: msgId, LocalID: clientMsgId })
}

/** Blocked and deleted-by-peer show up only afterwards, as a notice in the chat. */
function bounce(core: Core, chat: string): void {
  const person = core.world.persons.get(chat)
  if (person?.reception === 'rejects') {
    core.feed.append({ kind: 'message', draft: notice(core, chat, '消息已发出，但被对方拒收了。') })
  }
  if (person?.reception === 'asks-verification') {
    const text =
      `${person.nickName}开启了朋友验证，你还不是他（她）朋友。请先发送朋友验证请求，对方验证通过后，才能聊天。` +
      '&lt;a href="weixin://findfriend/verifycontact"&gt;发送朋友验证&lt;/a&gt;'
    core.feed.append({ kind: 'message', draft: notice(core, chat, text) })
  }
}

/** webwxrevokemsg: own messages, for two minutes. */
export const revoke: SessionHandler = (core, exchange, session) => {
  const body = bodyOf(exchange) ?? {}
  const msgId = String(body.SvrMsgId ?? '')
  const chat = session.names.idOf(String(body.ToUserName))
  const sent = core.sent.get(msgId)
  if (String(body.ClientMsgId ?? '') === '') blame(core, exchange, 'ClientMsgId is missing')
  if (sent === undefined || sent.chat !== chat) return refusePlain(1)
  if (core.nowSeconds - sent.at > REVOKE_LIMIT_S) {
    return json({ BaseResponse: { Ret: 1, ErrMsg: '发送时间超过2分钟的消息，不能被撤回。' } })
  }
  core.sent.delete(msgId)
  core.journal.add({ kind: 'revoked', msgId, chat })
  return json({ ...baseResponse(0), Introduction: '', SysWording: '' })
}

/** The bare refusal of calls that answer with BaseResponse alone. */
export const refusePlain: Refusal = (ret) => json(baseResponse(ret))
