import type { ServerRefusal } from '../domain/errors.ts'
import type { Clock } from '../support/clock.ts'
import type { Random } from '../support/random.ts'
import { pageOf } from './hosts.ts'
import type { Answer, Call, WireHttp } from './http.ts'
import { countingUnreadable, type Meter } from './meter.ts'
import type { ProtocolOptions } from './ports.ts'
import { baseRequest, formatKey, type Session } from './session.ts'
import { baseResponse } from './wire/base.ts'
import { batchAnswer, contactPage } from './wire/contact.ts'
import { type InitAnswer, initAnswer } from './wire/init.ts'
import { type Read, readJson, unreadable } from './wire/json.ts'
import { refusalOf } from './wire/ret.ts'
import { sendAnswer } from './wire/send.ts'
import { readSynccheck } from './wire/snippet.ts'
import { type SyncAnswer, syncAnswer } from './wire/sync.ts'

/** What every call of a session needs. */
export interface ApiTools {
  readonly http: WireHttp
  readonly options: ProtocolOptions
  readonly clock: Clock
  readonly random: Random
  readonly meter: Meter
}

interface Post<T extends typeof baseResponse> {
  readonly query?: Readonly<Record<string, string | number>>
  readonly body?: object
  readonly schema: T
  readonly pool: Call['pool']
}

const PATH = '/cgi-bin/mmwebwx-bin'
const LANG = 'zh_CN'

/** The calls of one session, each read strictly; a non-zero ret throws the refusal of `wire/ret.ts`. */
export class Api {
  readonly #tools: ApiTools
  readonly #session: Session
  #counter: number

  constructor(tools: ApiTools, session: Session) {
    this.#tools = tools
    this.#session = session
    this.#counter = tools.clock.now()
  }

  /** Is there news? Held by the server for about 25 s. The retcode is a value here, not an error. */
  synccheck(signal: AbortSignal): Promise<{ retcode: number; selector: number }> {
    return countingUnreadable(this.#tools.meter, () => this.#synccheck(signal))
  }

  async #synccheck(signal: AbortSignal): Promise<{ retcode: number; selector: number }> {
    const { skey, sid, uin, cursor, hosts } = this.#session
    const { DeviceID } = this.#base()
    const answer = await this.#call(
      {
        name: 'synccheck',
        url: `${hosts.push}${PATH}/synccheck`,
        query: {
          r: this.#tools.clock.now(),
          skey,
          sid,
          uin,
          deviceid: DeviceID,
          synckey: formatKey(cursor.check),
          _: this.#counter++,
        },
        pool: 'push',
        deadlineMs: this.#tools.options.deadlines.pollMs,
      },
      signal,
    )
    const read = readSynccheck(answer.text)
    if (read === null) throw unreadable('synccheck', 'not the known form', answer.text)
    return read
  }

  sync(signal: AbortSignal): Promise<SyncAnswer> {
    const { sid, skey, cursor } = this.#session
    const body = { SyncKey: cursor.sync, rr: ~this.#tools.clock.now() }
    return this.#post('webwxsync', { query: { sid, skey }, body, schema: syncAnswer, pool: 'main' }, signal)
  }

  init(signal: AbortSignal): Promise<InitAnswer> {
    const query = { r: ~this.#tools.clock.now() }
    return this.#post('webwxinit', { query, body: {}, schema: initAnswer, pool: 'main' }, signal)
  }

  /** Tells the phone that the session is up; it answers with its recent chats through sync. */
  async notifyPhone(signal: AbortSignal): Promise<void> {
    const { userName } = this.#session
    const body = {
      Code: 3,
      FromUserName: userName,
      ToUserName: userName,
      ClientMsgId: this.#tools.clock.now(),
    }
    await this.#post('webwxstatusnotify', { body, schema: baseResponse, pool: 'side' }, signal)
  }

  /** One page of the address book. */
  contactPage(seq: number, signal: AbortSignal): Promise<Read<typeof contactPage>> {
    const query = { seq, skey: this.#session.skey, r: this.#tools.clock.now() }
    return this.#post('webwxgetcontact', { query, schema: contactPage, pool: 'side' }, signal)
  }

  batchContacts(userNames: readonly string[], signal: AbortSignal): Promise<Read<typeof batchAnswer>> {
    const List = userNames.map((UserName) => ({ UserName, EncryChatRoomId: '' }))
    const body = { Count: List.length, List }
    const query = { type: 'ex', r: this.#tools.clock.now() }
    return this.#post('webwxbatchgetcontact', { query, body, schema: batchAnswer, pool: 'side' }, signal)
  }

  sendText(
    message: { to: string; text: string; id: string },
    signal: AbortSignal,
  ): Promise<Read<typeof sendAnswer>> {
    const Msg = {
      Type: 1,
      Content: message.text,
      FromUserName: this.#session.userName,
      ToUserName: message.to,
      LocalID: message.id,
      ClientMsgId: message.id,
    }
    return this.#post('webwxsendmsg', { body: { Msg, Scene: 0 }, schema: sendAnswer, pool: 'send' }, signal)
  }

  /** Ends the session on the server. The answer is a redirect to the login page and is not read. */
  async logout(signal: AbortSignal): Promise<void> {
    const { sid, uin, skey, hosts } = this.#session
    await this.#call(
      {
        name: 'webwxlogout',
        url: `${hosts.api}${PATH}/webwxlogout`,
        query: { redirect: 1, type: 0, skey },
        body: new URLSearchParams({ sid, uin: String(uin) }).toString(),
        pool: 'main',
        deadlineMs: this.#tools.options.deadlines.otherMs,
        acceptsRedirect: true,
      },
      signal,
    )
  }

  #base() {
    return baseRequest(this.#session, this.#tools.random)
  }

  #call(call: Call, signal: AbortSignal): Promise<Answer> {
    const Referer = pageOf(this.#session.hosts, this.#tools.options.mode)
    return this.#tools.http.call({ ...call, headers: { Referer } }, signal)
  }

  #post<T extends typeof baseResponse>(name: string, call: Post<T>, signal: AbortSignal): Promise<Read<T>> {
    return countingUnreadable(this.#tools.meter, () => this.#posted(name, call, signal))
  }

  async #posted<T extends typeof baseResponse>(
    name: string,
    call: Post<T>,
    signal: AbortSignal,
  ): Promise<Read<T>> {
    const { passTicket, hosts } = this.#session
    const { contactMs, otherMs } = this.#tools.options.deadlines
    const answer = await this.#call(
      {
        name,
        url: `${hosts.api}${PATH}/${name}`,
        query: { ...call.query, lang: LANG, pass_ticket: passTicket },
        ...(call.body === undefined ? {} : { body: { BaseRequest: this.#base(), ...call.body } }),
        pool: call.pool,
        deadlineMs: name === 'webwxgetcontact' ? contactMs : otherMs,
      },
      signal,
    )
    // An error answer may lack everything but the envelope.
    const { BaseResponse } = readJson(name, baseResponse, answer.text)
    const refusal: ServerRefusal | null = refusalOf(name, BaseResponse.Ret, BaseResponse.ErrMsg)
    if (refusal !== null) throw refusal
    return readJson(name, call.schema, answer.text)
  }
}
