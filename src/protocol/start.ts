import { LoginRejected } from '../domain/errors.ts'
import type { LoginGeneration } from '../domain/ids.ts'
import { accountKey } from './account.ts'
import { Api, type ApiTools } from './api.ts'
import { hostSet } from './hosts.ts'
import { countingUnreadable } from './meter.ts'
import type { ProtocolPorts } from './ports.ts'
import { advance, type Session } from './session.ts'
import { decodeName } from './text.ts'
import type { Ticket } from './ticket.ts'
import { readContacts, type WireContact } from './wire/contact.ts'
import type { InitAnswer } from './wire/init.ts'
import { unreadable } from './wire/json.ts'
import type { StreamCursor } from './wire/saved.ts'

const NO_CURSOR: StreamCursor = { sync: { Count: 0, List: [] }, check: { Count: 0, List: [] } }

export const OTHER_ACCOUNT =
  '扫码的是另一个微信号，已退出。请用原来的微信号扫码，或为新号另建数据目录。 / ' +
  'Another account scanned the code and was logged out. Scan with the original account or use a new data directory.'

function provisional(ticket: Ticket, tools: ApiTools): Session {
  return {
    generation: 0,
    openedAt: tools.clock.now(),
    account: accountKey(ticket.uin),
    host: ticket.host,
    hosts: hostSet(ticket.host, tools.options.bases),
    uin: ticket.uin,
    sid: ticket.sid,
    skey: ticket.skey,
    passTicket: ticket.passTicket,
    userName: '',
    nick: '',
    firstCursor: NO_CURSOR,
    cursor: NO_CURSOR,
  }
}

function opened(before: Session, answer: InitAnswer, generation: LoginGeneration): Session {
  const cursor = advance(before.cursor, answer.SyncKey, null)
  const userName = answer.User?.UserName ?? ''
  if (userName === '' || cursor.sync.Count === 0) {
    throw unreadable('webwxinit', 'no user or no key in the answer', '')
  }
  const nick = decodeName(answer.User?.NickName ?? '')
  const skey = answer.SKey || before.skey
  return { ...before, generation, userName, nick, skey, firstCursor: cursor, cursor }
}

/** Contacts of webwxinit; the members of its rooms are not to be trusted and are left out. */
function firstContacts(answer: InitAnswer): WireContact[] {
  return readContacts(answer.ContactList).map((contact) => ({ ...contact, MemberList: [] }))
}

/**
 * Opens the session of a fresh ticket. Throws SessionExpired when it was dead at once, and LoginRejected with ret 0 when
 * the scanned account is not the one we serve: that one is logged out again, on the server too, since it is not ours.
 */
export async function startSession(
  tools: ApiTools & Pick<ProtocolPorts, 'admit'>,
  ticket: Ticket,
  generation: LoginGeneration,
  signal: AbortSignal,
): Promise<{ session: Session; contacts: WireContact[]; chats: string[] }> {
  const before = provisional(ticket, tools)
  const answer = await new Api(tools, before).init(signal)
  const session = await countingUnreadable(tools.meter, async () => opened(before, answer, generation))
  const chats = answer.ChatSet.split(',').filter((name) => name !== '')
  if (tools.admit(session.account, session.nick) === 'ok') {
    return { session, contacts: firstContacts(answer), chats }
  }
  await new Api(tools, session).logout(signal).catch(() => signal.throwIfAborted())
  throw new LoginRejected('another account scanned the code', {
    code: 'other-account',
    retry: 'never',
    ret: 0,
    serverMessage: OTHER_ACCOUNT,
  })
}
