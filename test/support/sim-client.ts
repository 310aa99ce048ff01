import type { SimulatorOptions } from '../../src/simulator/server.ts'

/** A tiny honest client of the simulator for its own tests: plain requests, no help from the product's client. */
export class BareClient {
  readonly base: string
  cookies = new Map<string, string>()
  ticket = { skey: '', sid: '', uin: 0, passTicket: '' }
  self = ''
  syncKey: unknown = null
  checkKey = ''

  constructor(base: string) {
    this.base = base
  }

  async get(
    path: string,
    query: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const response = await fetch(`${this.base}${path}?${new URLSearchParams(query)}`, {
      headers: { cookie: this.#cookieHeader(), ...headers },
      redirect: 'manual',
    })
    this.#keep(response)
    return response
  }

  /** A JSON call with BaseRequest and pass ticket; `change` may spoil the body before it is sent. */
  async call(
    name: string,
    body: Record<string, unknown>,
    query: Record<string, string> = {},
  ): Promise<Record<string, unknown>> {
    const response = await this.raw(name, { BaseRequest: this.baseRequest(), ...body }, query)
    return (await response.json()) as Record<string, unknown>
  }

  async raw(
    name: string,
    body: unknown,
    query: Record<string, string> = {},
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const all = { pass_ticket: decodeURIComponent(this.ticket.passTicket), lang: 'zh_CN', ...query }
    const response = await fetch(`${this.base}/cgi-bin/mmwebwx-bin/${name}?${new URLSearchParams(all)}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json;charset=UTF-8',
        cookie: this.#cookieHeader(),
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      redirect: 'manual',
    })
    this.#keep(response)
    return response
  }

  baseRequest(): Record<string, unknown> {
    return {
      Uin: this.ticket.uin,
      Sid: this.ticket.sid,
      Skey: this.ticket.skey,
      DeviceID: 'e123456789012345',
    }
  }

  async uuid(): Promise<string> {
    const response = await this.get('/jslogin', { appid: 'wx782c26e4c19acffb', fun: 'new', lang: 'zh_CN' })
    return /uuid = "([^"]+)"/.exec(await response.text())?.[1] ?? ''
  }

  async poll(uuid: string, tip: '0' | '1'): Promise<string> {
    return (await this.get('/cgi-bin/mmwebwx-bin/login', { loginicon: 'true', uuid, tip })).text()
  }

  /** Exchanges a redirect_uri; returns the XML. */
  async exchange(redirect: string, headers: Record<string, string> = {}): Promise<string> {
    const url = new URL(redirect)
    const query = { ...Object.fromEntries(url.searchParams), fun: 'new', version: 'v2' }
    const text = await (await this.get(url.pathname, query, headers)).text()
    const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? ''
    this.ticket = {
      skey: element('skey'),
      sid: element('wxsid'),
      uin: Number(element('wxuin')),
      passTicket: element('pass_ticket'),
    }
    return text
  }

  /** From a confirmed code (the phone confirms by itself) to a session with a first key. */
  async login(): Promise<Record<string, unknown>> {
    const uuid = await this.uuid()
    await this.finishLogin(uuid)
    return this.init()
  }

  async finishLogin(uuid: string): Promise<string> {
    const answer = await this.poll(uuid, '1')
    return this.exchange(/redirect_uri="([^"]+)"/.exec(answer)?.[1] ?? '')
  }

  async init(): Promise<Record<string, unknown>> {
    const answer = await this.call('webwxinit', {})
    const user = answer.User as { UserName: string }
    this.self = user.UserName
    this.ticket.skey = String(answer.SKey)
    this.syncKey = answer.SyncKey
    this.checkKey = formatKey(answer.SyncKey)
    return answer
  }

  async check(query: Record<string, string> = {}): Promise<string> {
    const response = await this.get('/cgi-bin/mmwebwx-bin/synccheck', {
      skey: this.ticket.skey,
      sid: this.ticket.sid,
      uin: String(this.ticket.uin),
      deviceid: 'e123456789012345',
      synckey: this.checkKey,
      ...query,
    })
    return response.text()
  }

  /** One webwxsync; keeps the new keys unless told not to. */
  async sync(keep = true): Promise<SyncAnswer> {
    const answer = await this.call('webwxsync', { SyncKey: this.syncKey, rr: -1 })
    if (keep) {
      this.syncKey = answer.SyncKey
      this.checkKey = formatKey(answer.SyncCheckKey)
    }
    return answer as Record<string, unknown> & SyncAnswer
  }

  async send(text: string, to: string, clientMsgId = '17000000000000427'): Promise<Record<string, unknown>> {
    const message = {
      Type: 1,
      Content: text,
      FromUserName: this.self,
      ToUserName: to,
      LocalID: clientMsgId,
      ClientMsgId: clientMsgId,
    }
    return this.call('webwxsendmsg', { Msg: message, Scene: 0 })
  }

  #cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  #keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [name = '', ...value] = (line.split(';')[0] ?? '').split('=')
      this.cookies.set(name, value.join('='))
    }
  }
}

/** What a sync answer holds, as far as these tests look. */
export interface SyncAnswer {
  readonly BaseResponse: { readonly Ret: number }
  readonly AddMsgList: readonly Record<string, unknown>[]
  readonly ModContactList: readonly Record<string, unknown>[]
  readonly DelContactList: readonly Record<string, unknown>[]
  readonly ContinueFlag: number
  readonly SyncKey: { readonly Count: number }
  readonly SyncCheckKey: unknown
  readonly SKey: string
}

/** Options for a quick simulator: the phone confirms by itself. */
export const QUICK: SimulatorOptions = { phone: 'auto' }

function formatKey(value: unknown): string {
  const { List } = value as { List: { Key: number; Val: number }[] }
  return List.map((pair) => `${pair.Key}_${pair.Val}`).join('|')
}
