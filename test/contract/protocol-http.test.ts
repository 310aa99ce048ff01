import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from '@jest/globals'
import { TransportError } from '../../src/domain/errors.ts'
import { type Call, WireHttp } from '../../src/protocol/http.ts'
import { systemClock } from '../../src/support/clock.ts'

type Answering = (request: IncomingMessage, response: ServerResponse) => void

const open: { close(): unknown; closeAllConnections?(): void }[] = []
const never = new AbortController().signal

async function serve(
  answer: Answering,
  server: Server = createServer(),
): Promise<{ url: string; server: Server; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>()
  server.on('request', answer)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(server)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server, sockets }
}

afterEach(() => {
  for (const one of open.splice(0)) {
    one.closeAllConnections?.()
    one.close()
  }
})

const clientOf = (...urls: string[]) =>
  new WireHttp({
    bases: { api: urls[0], push: urls[1] ?? urls[0] },
    maxBodyBytes: 64 * 1024,
    clock: systemClock,
  })

const call = (url: string, more: Partial<Call> = {}): Call => ({
  name: 'probe',
  url,
  pool: 'send',
  deadlineMs: 5000,
  ...more,
})

async function failureOf(work: Promise<unknown>): Promise<TransportError> {
  const error: unknown = await work.then(
    () => null,
    (problem: unknown) => problem,
  )
  if (!(error instanceof TransportError)) throw new Error('expected a TransportError')
  return error
}

describe('cookies', () => {
  const dated = 'Expires=Wed, 15-Nov-2023 10:13:20 GMT'

  test('with a date that passed are still sent, also those of a 301, until the server deletes them', async () => {
    const seen: string[] = []
    const { url } = await serve((request, response) => {
      seen.push(request.headers.cookie ?? '')
      const value = request.url === '/set' ? 'S/1' : request.url === '/delete' ? '' : null
      if (value !== null) {
        const date = value === '' ? 'Expires=Thu, 01-Jan-1970 00:00:00 GMT' : dated
        response.setHeader('Set-Cookie', [`wxsid=${value}; Path=/; ${date}; Secure`])
      }
      response.writeHead(request.url === '/set' ? 301 : 200).end('ok')
    })
    const http = clientOf(url)
    for (const path of ['/set', '/next', '/delete', '/last']) {
      await http.call(call(`${url}${path}`, { acceptsRedirect: true }), never)
    }
    expect(seen).toEqual(['', 'wxsid=S/1', 'wxsid=S/1', ''])
  })

  test('T6: survive export and import with the rules of where they may go', async () => {
    const seen: Record<string, string> = {}
    const { url } = await serve((request, response) => {
      seen[request.url ?? ''] = request.headers.cookie ?? ''
      response.setHeader('Set-Cookie', [
        'all=1; Path=/',
        'deep=1; Path=/deep',
        `named=1; Domain=wx2.qq.com; Path=/; Secure`,
      ])
      response.end('ok')
    })
    const first = clientOf(url)
    await first.call(call(url), never)
    const saved = JSON.parse(JSON.stringify(first.exportCookies()))
    // Set for the name that this base stands for: it comes back here, and goes nowhere else.
    expect(saved.map((cookie: { key: string }) => cookie.key).sort()).toEqual(['all', 'deep', 'named'])
    expect(first.cookie('https://wx2.qq.com/', 'named')).toBe('')
    const second = clientOf(url)
    second.importCookies(saved)
    await second.call(call(`${url}/other`), never)
    await second.call(call(`${url}/deep/x`), never)
    expect(seen['/other']?.split('; ').sort()).toEqual(['all=1', 'named=1'])
    expect(seen['/deep/x']?.split('; ').sort()).toEqual(['all=1', 'deep=1', 'named=1'])
    expect(second.cookie(url, 'all')).toBe('1')
  })

  test('of a login reach its push and file hosts, whether or not they name a domain, and no other login', () => {
    const http = clientOf('http://127.0.0.1:9')
    const cookie = { value: 'S', domain: 'wx2.qq.com', path: '/', secure: true, httpOnly: false }
    http.importCookies([
      { ...cookie, key: 'bare', hostOnly: true },
      { ...cookie, key: 'named', hostOnly: false },
      { ...cookie, key: 'strange', domain: 'pay.qq.com', hostOnly: true },
    ])
    const reached = (host: string) =>
      ['bare', 'named'].filter((key) => http.cookie(`https://${host}/`, key) === 'S')
    for (const host of ['wx2.qq.com', 'webpush.wx2.qq.com', 'file.wx2.qq.com'])
      expect([host, reached(host)]).toEqual([host, ['bare', 'named']])
    for (const host of ['wx.qq.com', 'webpush.wx8.qq.com', 'qq.com', 'evilwx2.qq.com'])
      expect([host, reached(host)]).toEqual([host, []])
    expect(http.cookie('https://x.pay.qq.com/', 'strange')).toBe('')
  })

  test('T6: of one host are not shown to another', async () => {
    const seen: string[] = []
    const api = await serve((_request, response) =>
      response.setHeader('Set-Cookie', 'key=1; Path=/').end('ok'),
    )
    const push = await serve((request, response) => {
      seen.push(request.headers.cookie ?? '')
      response.end('ok')
    })
    const pushUrl = push.url.replace('127.0.0.1', 'localhost')
    const http = clientOf(api.url, pushUrl)
    await http.call(call(api.url), never)
    await http.call(call(pushUrl), never).catch(() => null)
    expect(seen.every((cookie) => cookie === '')).toBe(true)
  })
})

describe('connections', () => {
  test('are kept: fifty requests in each pool use one connection per pool', async () => {
    const { url, sockets } = await serve((_request, response) => response.end('ok'))
    const http = clientOf(url)
    for (let nth = 0; nth < 50; nth++) {
      for (const pool of ['main', 'push'] as const) await http.call(call(url, { pool, body: { nth } }), never)
    }
    expect(sockets.size).toBe(2)
  })

  test('of a held poll do not hold up a send', async () => {
    const { url } = await serve((request, response) => {
      if (request.url !== '/held') response.end('ok')
    })
    const http = clientOf(url)
    const stop = new AbortController()
    const held = http.call(call(`${url}/held`, { pool: 'push' }), stop.signal).catch(() => 'stopped')
    expect((await http.call(call(url), never)).text).toBe('ok')
    stop.abort()
    expect(await held).toBe('stopped')
  })

  test('that the server closed while idle are not used again', async () => {
    const { url, sockets } = await serve((_request, response) => response.end('ok'))
    const http = clientOf(url)
    await http.call(call(url), never)
    const [first] = sockets
    const closed = new Promise((resolve) => first?.once('close', resolve))
    first?.end()
    await closed
    expect((await http.call(call(url, { body: {} }), never)).text).toBe('ok')
    expect(sockets.size).toBe(2)
  })
})

describe('what was not sent is known', () => {
  test('when nobody listens', async () => {
    const { url, server } = await serve(() => {})
    await new Promise((resolve) => server.close(resolve))
    expect(await failureOf(clientOf(url).call(call(url, { body: {} }), never))).toMatchObject({
      code: 'econnrefused',
      mayHaveBeenSent: false,
    })
  })

  test('when the name does not exist', async () => {
    const url = 'https://does-not-exist.invalid'
    expect((await failureOf(clientOf(url).call(call(url, { body: {} }), never))).mayHaveBeenSent).toBe(false)
  })

  test('when the server does not speak TLS', async () => {
    const { url } = await serve((_request, response) => response.end('ok'))
    const tls = url.replace('http:', 'https:')
    expect((await failureOf(clientOf(tls).call(call(tls, { body: {} }), never))).mayHaveBeenSent).toBe(false)
  })

  test('when the handshake is cut', async () => {
    const server = createTcpServer((socket) => socket.destroy())
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push(server)
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect((await failureOf(clientOf(url).call(call(url, { body: {} }), never))).mayHaveBeenSent).toBe(false)
  })

  test('when the host is not allowed', async () => {
    const http = clientOf('http://127.0.0.1:1')
    expect(await failureOf(http.call(call('https://example.invalid/'), never))).toMatchObject({
      code: 'host-not-allowed',
      mayHaveBeenSent: false,
    })
  })

  test('but a cut after the request leaves it open', async () => {
    const { url } = await serve((request) => request.socket.destroy())
    expect((await failureOf(clientOf(url).call(call(url, { body: {} }), never))).mayHaveBeenSent).toBe(true)
  })
})

describe('an answer', () => {
  test.each([
    ['too large', (r: ServerResponse) => r.end('x'.repeat(70_000)), 'too-large'],
    [
      'a bomb',
      (r: ServerResponse) => r.setHeader('Content-Encoding', 'gzip').end(gzipSync('x'.repeat(5_000_000))),
      'too-large',
    ],
    ['an error', (r: ServerResponse) => r.writeHead(503).end(), 'http-503'],
    [
      'a redirect',
      (r: ServerResponse) => r.writeHead(302, { Location: 'https://example.invalid/' }).end(),
      'http-302',
    ],
  ])('T20: that is %s is none', async (_name, answer, code) => {
    const { url } = await serve((_request, response) => void answer(response))
    expect((await failureOf(clientOf(url).call(call(url), never))).code).toBe(code)
  })

  test('T20: that only trickles is cut by the total deadline', async () => {
    const { url } = await serve((_request, response) => {
      const drip = () => {
        if (!response.destroyed) response.write('x', () => setImmediate(drip))
      }
      response.writeHead(200, { 'Content-Type': 'text/plain' })
      drip()
    })
    const http = new WireHttp({
      bases: { api: url },
      maxBodyBytes: Number.MAX_SAFE_INTEGER,
      clock: systemClock,
    })
    expect((await failureOf(http.call(call(url, { deadlineMs: 50 }), never))).code).toBe('timeout')
  })

  test('asking for time is believed up to five minutes', async () => {
    const { url } = await serve((request, response) =>
      response.writeHead(429, { 'Retry-After': request.url === '/long' ? '999999' : '7' }).end(),
    )
    const http = clientOf(url)
    expect((await failureOf(http.call(call(url), never))).retry).toEqual({ afterMs: 7000 })
    expect((await failureOf(http.call(call(`${url}/long`), never))).retry).toEqual({ afterMs: 300_000 })
  })

  test('tells how far our clock is off, when that is more than a minute', async () => {
    const hour = 3_600_000
    const { url } = await serve((request, response) => {
      const aheadMs = Number(request.url?.slice(1))
      response.writeHead(200, { Date: new Date(systemClock.now() - aheadMs).toUTCString() }).end()
    })
    const http = clientOf(url)
    const told = async (aheadMs: number) => {
      await http.call(call(`${url}/${aheadMs}`), never)
      return Math.round(http.skewMs / hour)
    }
    expect([await told(hour), await told(-24 * hour), await told(20_000)]).toEqual([1, -24, 0])
  })

  test('with broken UTF-8 is read with replacements', async () => {
    const { url } = await serve((_request, response) =>
      response.end(Buffer.from([0x61, 0xff, 0xe4, 0xbd, 0xa0])),
    )
    expect((await clientOf(url).call(call(url), never)).text).toBe('a\ufffd你')
  })
})

test('T17: errors name no address, ticket or cookie', async () => {
  const { url } = await serve((request, response) => {
    response.setHeader('Set-Cookie', 'wxsid=SECRET; Path=/')
    if (request.url?.includes('second')) request.socket.destroy()
    else response.end('ok')
  })
  const http = clientOf(url)
  await http.call(call(url), never)
  const error = await failureOf(
    http.call(call(`${url}/second`, { query: { skey: '@crypt_SECRET' }, body: { Sid: 'SECRET' } }), never),
  )
  expect(
    JSON.stringify({ ...error, message: error.message, stack: error.stack, cause: error.cause }),
  ).not.toMatch(/SECRET|127\.0\.0\.1/)
})

test('a stop from outside is a stop, not a failure', async () => {
  const { url, sockets } = await serve(() => {})
  const stop = new AbortController()
  const held = clientOf(url).call(call(url), stop.signal)
  stop.abort()
  await expect(held).rejects.toMatchObject({ name: 'AbortError' })
  expect([...sockets].length).toBeLessThanOrEqual(1)
})
