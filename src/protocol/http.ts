import { type Agent, type ClientRequest, request as plainRequest, type RequestOptions } from 'node:http'
import { type Agent as TlsAgent, request as tlsRequest } from 'node:https'
import axios, { type AxiosInstance, type AxiosResponse, isAxiosError } from 'axios'
import { wrapper } from 'axios-cookiejar-support'
import { HttpCookieAgent, HttpsCookieAgent } from 'http-cookie-agent/http'
import { Cookie, type CookieJar } from 'tough-cookie'
import { TransportError } from '../domain/errors.ts'
import type { Clock } from '../support/clock.ts'
import { lastingJar } from './cookies.ts'
import { isAllowedUrl } from './hosts.ts'
import type { Bases } from './ports.ts'
import { skewOf } from './skew.ts'
import type { SavedCookie } from './wire/saved.ts'

/**
 * Which connections a request may use: a held poll never starves a send, a slow address book never delays a sync.
 * One connection each, per host.
 */
export type Pool = 'main' | 'side' | 'push' | 'send'

export interface Call {
  /** The endpoint's name, for errors and logs. */
  readonly name: string
  readonly url: string
  readonly query?: Readonly<Record<string, string | number>>
  /** A string is sent as a form, anything else as JSON; absent means GET. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly pool: Pool
  readonly deadlineMs: number
  /** True where a 3xx is an answer like any other. */
  readonly acceptsRedirect?: boolean
}

export interface Answer {
  readonly status: number
  /** The decoded body; invalid UTF-8 is replaced. */
  readonly text: string
}

const USER_AGENT =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36'
/** Servers commonly close an idle connection after 5 s; a send must not meet that moment. */
const SEND_IDLE_MS = 3000
const IDLE_MS = 20_000
/** However long a server asks us to wait, we look again after this. */
const RETRY_AFTER_CAP_MS = 300_000
type Agents = Readonly<Record<Pool, { httpAgent: Agent; httpsAgent: TlsAgent }>>

function makeAgents(jar: CookieJar): Agents {
  const pair = (idleMs: number) => {
    // The agents' types name the CommonJS twin of the same class.
    const options = {
      cookies: { jar: jar as never },
      keepAlive: true,
      maxSockets: 1,
      maxFreeSockets: 1,
      timeout: idleMs,
    }
    return { httpAgent: new HttpCookieAgent(options), httpsAgent: new HttpsCookieAgent(options) }
  }
  return { main: pair(IDLE_MS), side: pair(IDLE_MS), push: pair(IDLE_MS), send: pair(SEND_IDLE_MS) }
}

/** Watches one request, to know later whether any byte of it can have left us. */
class Trace {
  hasLeft = false

  readonly transport = {
    request: (options: RequestOptions, onResponse: () => void): ClientRequest => {
      const isTls = options.protocol === 'https:'
      const request = (isTls ? tlsRequest : plainRequest)(options, onResponse)
      request.once('socket', (socket) => {
        if (request.reusedSocket) this.hasLeft = true
        else socket.once(isTls ? 'secureConnect' : 'connect', () => this.#left())
      })
      return request
    },
  }

  #left(): void {
    this.hasLeft = true
  }
}

/** The only network of this room: one jar, kept-alive connections, no retries, no redirects, every answer bounded. */
export class WireHttp {
  readonly #jar: CookieJar
  readonly #agents: Agents
  readonly #axios: AxiosInstance
  readonly #bases: Bases
  readonly #maxBodyBytes: number
  readonly #clock: Pick<Clock, 'now'>
  #skewMs = 0

  constructor(options: { bases: Bases; maxBodyBytes: number; clock: Pick<Clock, 'now'> }) {
    this.#bases = options.bases
    this.#clock = options.clock
    this.#maxBodyBytes = options.maxBodyBytes
    this.#jar = lastingJar(options.bases)
    this.#agents = makeAgents(this.#jar)
    this.#axios = axios.create()
    // Interceptors run last-registered first: the wrapper makes a new agent pair for every request, which would mean a
    // new connection each time; ours runs after it and puts the kept-alive pair of the request's pool in its place.
    this.#axios.interceptors.request.use((config) =>
      Object.assign(config, this.#agents[config.pool ?? 'main']),
    )
    wrapper(this.#axios)
  }

  /**
   * One request, one answer. Throws TransportError when there is no trustworthy answer (its code names the cause, never
   * the address), or the outer signal's AbortError.
   */
  async call(call: Call, signal: AbortSignal): Promise<Answer> {
    signal.throwIfAborted()
    if (!isAllowedUrl(call.url, this.#bases)) throw failure(call, 'host-not-allowed', false)
    const trace = new Trace()
    const deadline = AbortSignal.timeout(call.deadlineMs)
    const controller = new AbortController()
    const stop = () => controller.abort()
    for (const source of [signal, deadline]) source.addEventListener('abort', stop, { once: true })
    try {
      const response = await this.#axios.request<Buffer>(this.#config(call, trace, controller.signal))
      const answer = readAnswer(call, response)
      this.#skewMs = skewOf(response.headers.date, this.#clock.now()) ?? this.#skewMs
      return answer
    } catch (error) {
      if (error instanceof TransportError) throw error
      signal.throwIfAborted()
      throw failure(call, deadline.aborted ? 'timeout' : causeOf(error), trace.hasLeft)
    } finally {
      for (const source of [signal, deadline]) source.removeEventListener('abort', stop)
    }
  }

  /** How far our clock is ahead of the server's, as the last good answer told; 0 while the two agree to a minute. */
  get skewMs(): number {
    return this.#skewMs
  }

  #config(call: Call, trace: Trace, signal: AbortSignal) {
    const isForm = typeof call.body === 'string'
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json;charset=UTF-8'
    return {
      method: call.body === undefined ? 'GET' : 'POST',
      url: withQuery(call.url, call.query ?? {}),
      data: call.body === undefined ? undefined : isForm ? call.body : JSON.stringify(call.body),
      headers: {
        Accept: '*/*',
        'Accept-Language': 'zh-CN,zh;q=0.9',
        'User-Agent': USER_AGENT,
        ...(call.body === undefined ? {} : { 'Content-Type': type }),
        ...call.headers,
      },
      jar: this.#jar,
      pool: call.pool,
      transport: trace.transport,
      signal,
      proxy: false as const,
      maxRedirects: 0,
      maxContentLength: this.#maxBodyBytes,
      responseType: 'arraybuffer' as const,
      transformResponse: [(body: unknown) => body],
      validateStatus: () => true,
    }
  }

  /** All cookies as plain data, for the session file. */
  exportCookies(): SavedCookie[] {
    const all = this.#jar.serializeSync()?.cookies ?? []
    return all.map((cookie) => ({
      key: String(cookie.key ?? ''),
      value: String(cookie.value ?? ''),
      domain: String(cookie.domain ?? ''),
      path: String(cookie.path ?? '/'),
      secure: cookie.secure === true,
      httpOnly: cookie.httpOnly === true,
      hostOnly: cookie.hostOnly === true,
    }))
  }

  /** Replaces the whole jar. */
  importCookies(cookies: readonly SavedCookie[]): void {
    this.#jar.removeAllCookiesSync()
    for (const cookie of cookies) {
      void this.#jar.store.putCookie(new Cookie({ ...cookie }), () => {})
    }
  }

  /** The value of one cookie as it would be sent to `url`, '' if none. */
  cookie(url: string, name: string): string {
    return this.#jar.getCookiesSync(url).find((cookie) => cookie.key === name)?.value ?? ''
  }
}

declare module 'axios' {
  interface AxiosRequestConfig {
    /** Which of our connections to use. */
    pool?: Pool
  }
}

function withQuery(url: string, query: Readonly<Record<string, string | number>>): string {
  const text = new URLSearchParams(
    Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
  ).toString()
  if (text === '') return url
  return `${url}${url.includes('?') ? '&' : '?'}${text}`
}

function readAnswer(call: Call, response: AxiosResponse<Buffer>): Answer {
  const { status } = response
  const isRedirect = status >= 300 && status < 400
  if (status >= 400 || (isRedirect && call.acceptsRedirect !== true)) {
    throw failure(call, `http-${status}`, true, retryAfterMs(response.headers['retry-after']))
  }
  const text = new TextDecoder('utf-8').decode(response.data ?? new Uint8Array())
  return { status, text }
}

/** Seconds only: the date form would need the server's clock. */
function retryAfterMs(header: unknown): number | undefined {
  const seconds = typeof header === 'string' && /^\d{1,9}$/.test(header.trim()) ? Number(header) : null
  return seconds === null ? undefined : Math.min(RETRY_AFTER_CAP_MS, seconds * 1000)
}

/** An axios error holds addresses, tickets and cookies: only its short code goes on. An old TLS has no code of its own. */
function causeOf(error: unknown): string {
  if (isAxiosError(error)) {
    if (/alert protocol version|unsupported protocol/.test(error.message)) return 'tls-too-old'
    if (error.message.startsWith('maxContentLength')) return 'too-large'
    return error.code === undefined ? 'transport' : error.code.toLowerCase()
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code.toLowerCase() : 'transport'
}

function failure(call: Call, code: string, mayHaveBeenSent: boolean, afterMs?: number): TransportError {
  return new TransportError(`${call.name}: ${code}`, {
    code,
    mayHaveBeenSent,
    context: { endpoint: call.name },
    ...(afterMs === undefined ? {} : { afterMs }),
  })
}
