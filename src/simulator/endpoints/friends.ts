import { makeFriend } from '../acts.ts'
import { blame, bodyOf, isRecord } from '../checks.ts'
import type { Core } from '../core.ts'
import { statusNotify } from '../drafts.ts'
import type { Exchange, SessionHandler } from '../exchange.ts'
import { baseResponse, json } from '../exchange.ts'
import { refusePlain } from './send.ts'

const SEND_REQUEST = 2
const ACCEPT = 3
const SET_REMARK = 2
const PIN = 3

/** webwxverifyuser: accepts a request once by its ticket, or sends one. */
export const verifyUser: SessionHandler = (core, exchange, session) => {
  const body = bodyOf(exchange) ?? {}
  const list = Array.isArray(body.VerifyUserList) ? (body.VerifyUserList as unknown[]) : []
  const item = isRecord(list[0]) ? list[0] : {}
  if (list.length !== Number(body.VerifyUserListSize)) blame(core, exchange, 'VerifyUserListSize is wrong')
  const id = session.names.idOf(String(item.Value ?? ''))
  if (id === null) return refusePlain(1)
  if (Number(body.Opcode) === SEND_REQUEST) {
    core.journal.add({ kind: 'happened', what: 'friend request sent', chat: id })
    return json(baseResponse(0))
  }
  return Number(body.Opcode) === ACCEPT && accept(core, exchange, id, item)
    ? json(baseResponse(0))
    : refusePlain(1)
}

function accept(core: Core, exchange: Exchange, id: string, item: Record<string, unknown>): boolean {
  const ticket = String(item.VerifyUserTicket ?? '')
  const request = core.requests.find((one) => one.from === id && one.ticket === ticket)
  if (request === undefined) return false
  if (request.accepted) {
    blame(core, exchange, 'accepts the same friend request again')
    return false
  }
  request.accepted = true
  core.journal.add({ kind: 'happened', what: 'friend request accepted', chat: id })
  makeFriend(core, id)
  return true
}

/** webwxoplog: remark, or pin. A pinned chat makes the phone name its real id. */
export const opLog: SessionHandler = (core, exchange, session) => {
  const body = bodyOf(exchange) ?? {}
  const id = session.names.idOf(String(body.UserName ?? ''))
  if (id === null) return refusePlain(1)
  switch (Number(body.CmdId)) {
    case SET_REMARK:
      return setRemark(core, id, String(body.RemarkName ?? ''))
    case PIN:
      return pin(core, exchange, { id, on: Number(body.OP) === 1, remark: String(body.RemarkName ?? '') })
    default:
      return refusePlain(1)
  }
}

function setRemark(core: Core, id: string, remark: string) {
  const person = core.world.persons.get(id)
  if (person === undefined) return refusePlain(1)
  person.remark = remark
  core.feed.append({ kind: 'contact', id })
  return json(baseResponse(0))
}

function pin(
  core: Core,
  exchange: Exchange,
  { id, on, remark }: { id: string; on: boolean; remark: string },
) {
  const chat = core.world.persons.get(id) ?? core.world.rooms.get(id)
  if (chat === undefined) return refusePlain(1)
  chat.pinned = on
  const person = core.world.persons.get(id)
  if (person !== undefined && person.remark !== remark) {
    blame(core, exchange, 'pins a chat without its current RemarkName, which erases it')
    person.remark = remark
  }
  core.feed.append({ kind: 'contact', id })
  core.feed.append({ kind: 'message', draft: statusNotify(core, 2, [id]) })
  return json(baseResponse(0))
}
