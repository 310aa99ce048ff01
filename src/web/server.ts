import type { AddressInfo } from 'node:net'
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import { errorCode } from './error-code.ts'
import { Guard, isLoopback, type Knock } from './guard.ts'
import type { Metrics } from './metrics.ts'
import type { Bilingual, DaemonCommands, DaemonViews } from './ports.ts'
import { type AccessOf, addRoutes } from './routes.ts'
import type { Exposable } from './token.ts'

export interface WebOptions {
  readonly listen: { readonly host: string; readonly port: number }
  readonly token: Exposable
  readonly clock: Clock
  readonly log: Logger
}

export interface WebParts {
  readonly views: DaemonViews
  readonly commands: DaemonCommands
  readonly metrics: Metrics
}

/** A running server. */
export interface WebServer {
  readonly host: string
  readonly port: number
  /** Base address without a slash at the end, as a person would open it on this machine. */
  readonly url: string
  /** Ends open connections and frees the port. */
  close(): Promise<void>
}

/** Listening, or why not; the daemon runs on without the server. */
export type WebStart =
  | { readonly kind: 'listening'; readonly server: WebServer }
  | { readonly kind: 'failed'; readonly code: string; readonly port: number; readonly message: Bilingual }

const BODY_LIMIT = 16 * 1024
const MAX_CONNECTIONS = 256

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** Starts the HTTP server for health, status, metrics and control. */
export async function startWeb(options: WebOptions, parts: WebParts): Promise<WebStart> {
  const { host, port } = options.listen
  const app = buildServer(options, parts)
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    return failure(error, host, port)
  }
  const address = app.server.address() as AddressInfo
  const shownHost =
    host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return {
    kind: 'listening',
    server: {
      host,
      port: address.port,
      url: `http://${shownHost}:${address.port}`,
      close: () => app.close(),
    },
  }
}

function buildServer(options: WebOptions, parts: WebParts): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    requestTimeout: 10_000,
    connectionTimeout: 60_000,
    keepAliveTimeout: 5000,
    maxRequestsPerSocket: 1000,
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 100 },
    // Node looks for requests that take too long only twice a minute unless told otherwise.
    http: { maxHeaderSize: 16 * 1024, headersTimeout: 5000, connectionsCheckingInterval: 1000 },
  })
  app.removeContentTypeParser('text/plain')
  app.server.maxConnections = MAX_CONNECTIONS
  const guard = new Guard({
    token: options.token,
    isLoopbackOnly: isLoopback(options.listen.host),
    clock: options.clock,
  })
  const accessOf = addRoutes(app, parts)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS)
    const verdict = guard.judge(knockOf(request, accessOf))
    if (verdict.kind === 'pass') return
    if (verdict.retryAfterS !== undefined) reply.header('retry-after', verdict.retryAfterS)
    if (verdict.status === 401) reply.header('www-authenticate', 'Bearer realm="wxreply"')
    await reply.code(verdict.status).send({ error: verdict.error, id: request.id })
  })
  app.setNotFoundHandler((request, reply) => sendError(reply, 404, 'not-found', request.id))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return sendError(reply, status, 'bad-request', request.id)
    options.log.error({ requestId: request.id, err: error }, 'web request failed')
    return sendError(reply, 500, 'internal', request.id)
  })
  return app
}

/** A body that tells nothing about the inside; the id finds the log line. */
function sendError(reply: FastifyReply, status: number, error: string, id: string): FastifyReply {
  return reply.code(status).headers(HEADERS).send({ error, id })
}

function knockOf(request: FastifyRequest, accessOf: AccessOf): Knock {
  const { headers } = request
  const fetchSite = headers['sec-fetch-site']
  return {
    method: request.method,
    ip: request.ip,
    host: headers.host,
    authorization: headers.authorization,
    origin: headers.origin,
    fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
    access: accessOf(request.routeOptions.url),
  }
}

function failure(error: unknown, host: string, port: number): WebStart {
  const code = errorCode(error)
  const shown = `${host}:${port}`
  const why: Readonly<Record<string, Bilingual>> = {
    EADDRINUSE: { zh: '已被别的程序占用', en: 'is in use by another program' },
    EACCES: { zh: '没有权限使用', en: 'may not be used by this user' },
    EADDRNOTAVAIL: { zh: '不是这台机器的地址', en: 'is not an address of this machine' },
  }
  const words = why[code] ?? { zh: `用不了 (${code})`, en: `cannot be used (${code})` }
  const message = {
    zh: `管理端口 ${shown} ${words.zh}；机器人照常运行。换一个: 设置 server.listen 或 WXREPLY_SERVER_LISTEN`,
    en: `control address ${shown} ${words.en}; the bot runs on. Change server.listen or WXREPLY_SERVER_LISTEN`,
  }
  return { kind: 'failed', code, port, message }
}
