import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Core } from './core.ts'
import type { Answer, Exchange } from './exchange.ts'
import { type Route, routeOf } from './routes.ts'
import { strike } from './strike.ts'
import { WireOut } from './wire-out.ts'

/** How much of a request body the journal keeps. */
const JOURNALLED_BODY = 16_384

/** Serves a request that is not part of the protocol; true when it took it. */
export type SideDoor = (request: IncomingMessage, response: ServerResponse) => boolean

/** The listening socket with everything that is connected to it. */
export interface Transport {
  readonly port: number
  readonly connections: number
  close(): Promise<void>
}

/** Listens and answers. Rejects when the address cannot be had. */
export async function listen(core: Core, sideDoor: SideDoor): Promise<Transport> {
  const sockets = new Map<string, { readonly socket: Socket; readonly id: number }>()
  let connections = 0
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    if (sideDoor(request, response)) return
    const link = sockets.get(peerOf(request.socket))
    if (link === undefined) return void request.socket.destroy()
    exchange(core, request, response, link).catch((error: unknown) => {
      // A handler that fails is a mistake of the simulator: say so to whoever runs the test.
      core.journal.add({ kind: 'happened', what: `simulator failed: ${String(error)}` })
      link.socket.destroy()
    })
  }
  const server: Server =
    core.settings.tls === null ? createServer(serve) : createTlsServer({ ...core.settings.tls }, serve)
  server.keepAliveTimeout = 60_000
  // The raw socket below TLS is the one that can be reset.
  server.on('connection', (socket: Socket) => {
    const id = ++connections
    const peer = peerOf(socket)
    sockets.set(peer, { socket, id })
    socket.on('close', () => sockets.delete(peer))
    socket.on('error', () => undefined)
    core.journal.add({ kind: 'connected', connection: id })
  })
  server.on('tlsClientError', () => undefined)
  server.on('clientError', (_error, socket) => socket.destroy())
  const port = await bind(server, core.settings.host, core.settings.port)
  return {
    port,
    get connections() {
      return connections
    },
    close: () => shut(server, sockets),
  }
}

function peerOf(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`
}

async function bind(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the simulator got no port')
  return address.port
}

function shut(server: Server, sockets: ReadonlyMap<string, { readonly socket: Socket }>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const { socket } of sockets.values()) socket.destroy()
  })
}

interface Link {
  readonly socket: Socket
  readonly id: number
}

async function exchange(
  core: Core,
  request: IncomingMessage,
  response: ServerResponse,
  link: Link,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator.invalid')
  const { endpoint, route } = routeOf(url.pathname)
  const fault = core.faults.pick(endpoint)
  if (fault?.name === 'reset_before_read') {
    link.socket.resetAndDestroy()
    core.journal.add({ kind: 'hung-up', endpoint, request: 0, fault: fault.name })
    return
  }
  const peer = new AbortController()
  const ends: (() => void)[] = []
  const finish = () => {
    for (const end of ends.splice(0)) end()
  }
  response.on('close', () => {
    finish()
    peer.abort()
  })
  const body = await readBody(request)
  if (body === null) return
  const call = describe(core, { request, url, endpoint, body, link, peer, ends })
  const startedAt = core.settings.clock.monotonic()
  const out = new WireOut(response, link.socket, call.signal, core.settings.clock)
  const act = async () => run(core, call, route)
  const answer =
    fault === null
      ? await plainly(out, call, act)
      : await strike(fault, { core, out, signal: call.signal, refuse: route.refuse, act })
  finish()
  report(core, call, answer, { fault: fault?.name, tookMs: core.settings.clock.monotonic() - startedAt })
}

async function plainly(out: WireOut, call: Exchange, act: () => Promise<Answer>): Promise<Answer | null> {
  const answer = await act()
  if (call.signal.aborted) return null
  out.send(answer)
  return answer
}

async function run(core: Core, call: Exchange, route: Route): Promise<Answer> {
  return route.run(core, call)
}

function report(
  core: Core,
  call: Exchange,
  answer: Answer | null,
  how: { fault: string | undefined; tookMs: number },
): void {
  const fault = how.fault === undefined ? {} : { fault: how.fault }
  const { endpoint, request } = call
  if (answer === null) {
    core.journal.add({ kind: 'hung-up', endpoint, request, ...fault })
    return
  }
  core.journal.add({
    kind: 'answer',
    endpoint,
    request,
    status: answer.status,
    bytes: Buffer.byteLength(answer.body),
    tookMs: how.tookMs,
    ...fault,
    ...(answer.ret === undefined ? {} : { ret: answer.ret }),
    ...(answer.selector === undefined ? {} : { selector: answer.selector }),
    ...(answer.delivered === undefined ? {} : { delivered: answer.delivered }),
  })
}

/** The whole body; null when the peer went away before its end. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | null> {
  const parts: Buffer[] = []
  try {
    for await (const part of request) parts.push(part as Buffer)
    return Buffer.concat(parts)
  } catch {
    // Gone in the middle of the request: there is nobody to answer.
    return null
  }
}

interface Incoming {
  readonly request: IncomingMessage
  readonly ends: (() => void)[]
  readonly url: URL
  readonly endpoint: string
  readonly body: Uint8Array
  readonly link: Link
  readonly peer: AbortController
}

function describe(core: Core, incoming: Incoming): Exchange {
  const { request, url, endpoint, body, link } = incoming
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  const entry = core.journal.add({
    kind: 'request',
    endpoint,
    method: request.method ?? 'GET',
    host,
    connection: link.id,
    query: Object.fromEntries(url.searchParams),
    body: Buffer.from(body.subarray(0, JOURNALLED_BODY)).toString('utf8'),
  })
  return {
    method: request.method ?? 'GET',
    host,
    path: url.pathname,
    endpoint,
    query: url.searchParams,
    headers: headersOf(request),
    cookies: cookiesOf(request.headers.cookie ?? ''),
    body,
    request: entry.seq,
    signal: AbortSignal.any([incoming.peer.signal, core.stop.signal]),
    done: (then) => void incoming.ends.push(then),
  }
}

function headersOf(request: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
}

function cookiesOf(header: string): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>()
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at < 0) continue
    const name = part.slice(0, at).trim()
    cookies.set(name, [...(cookies.get(name) ?? []), part.slice(at + 1).trim()])
  }
  return cookies
}
