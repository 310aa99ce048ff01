import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Clock } from '../../../src/support/clock.ts'
import { createLogger } from '../../../src/support/log.ts'
import { Guard, isLoopback } from '../../../src/web/guard.ts'
import { Metrics } from '../../../src/web/metrics.ts'
import { startWeb, type WebServer } from '../../../src/web/server.ts'
import { isSameToken, resolveToken } from '../../../src/web/token.ts'
import { DONE, PlayedDaemon, STATUS } from './daemon.ts'

const TOKEN = 'canary-token-0123456789'
const BEARER = { authorization: `Bearer ${TOKEN}` }
const token = { expose: () => TOKEN }

/** A clock whose time the test sets. */
class HandClock implements Clock {
  at = 0
  now = () => this.at
  monotonic = () => this.at
  sleep = () => Promise.resolve()
}

const servers: WebServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function start(host = '127.0.0.1') {
  const daemon = new PlayedDaemon()
  const metrics = new Metrics('1.2.3')
  const clock = new HandClock()
  const lines: string[] = []
  const log = createLogger('debug', { write: (line: string) => void lines.push(line) })
  const started = await startWeb({ listen: { host, port: 0 }, token, clock, log }, daemon.parts(metrics))
  if (started.kind !== 'listening') throw new Error(started.message.en)
  servers.push(started.server)
  return { daemon, metrics, clock, lines, server: started.server }
}

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

function call(
  server: WebServer,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, method, path, headers, agent: false }
    const outgoing = httpRequest(options, (incoming) => {
      const chunks: Buffer[] = []
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

describe('views', () => {
  test('health and readiness answer with their status and nothing else', async () => {
    const { daemon, server } = await start()
    expect((await call(server, 'GET', '/-/healthy')).status).toBe(200)
    const notReady = await call(server, 'GET', '/-/ready')
    expect(notReady.status).toBe(503)
    expect(JSON.parse(notReady.text)).toEqual({ ok: false, reasons: ['connection is awaiting-scan'] })
    daemon.health = { isOk: false, reasons: ['sync loop stalled'] }
    expect((await call(server, 'GET', '/-/healthy')).status).toBe(503)
    expect((await call(server, 'HEAD', '/-/healthy')).text).toBe('')
  })

  test('status is the view as JSON', async () => {
    const { server } = await start()
    const answer = await call(server, 'GET', '/status')
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.text)).toEqual(STATUS)
  })

  test('metrics carry every documented name', async () => {
    const { metrics, server } = await start()
    metrics.count('messages_received_total', { chat: 'private', kind: 'text' })
    metrics.observeMs('send_latency_seconds', 1400)
    metrics.setOneOf('login_state', 'state', ['online', 'expired'], 'online')
    const { text, headers } = await call(server, 'GET', '/metrics')
    expect(headers['content-type']).toMatch(/^text\/plain/)
    for (const name of METRIC_NAMES) expect(text).toContain(`# TYPE wxreply_${name} `)
    expect(text).toContain('wxreply_messages_received_total{chat="private",kind="text"} 1')
    expect(text).toContain('wxreply_send_latency_seconds_bucket{le="2"} 1')
    expect(text).toContain('wxreply_login_state{state="online"} 1')
    expect(text).toContain('wxreply_login_state{state="expired"} 0')
    expect(text).toContain('wxreply_build_info{version="1.2.3"')
  })

  test('labels cannot grow without end, nor be invented', async () => {
    const metrics = new Metrics('1')
    for (let rule = 0; rule < 2500; rule++) metrics.count('rule_matches_total', { rule: `r${rule}` })
    const text = await metrics.text()
    expect(text.match(/^wxreply_rule_matches_total\{/gm)).toHaveLength(2001)
    expect(text).toContain('wxreply_rule_matches_total{rule="other"} 500')
    expect(() => metrics.count('sends_total', { name: '小王' })).toThrow()
  })
})

const METRIC_NAMES =
  `build_info login_state login_attempts_total qr_shown_total sync_total sync_last_success_timestamp_seconds
  reconnects_total messages_received_total messages_skipped_total rule_matches_total rule_limited_total
  rule_errors_total sends_total send_queue_length send_latency_seconds decision_duration_seconds loop_breaks_total
  takeovers_active flows_active http_action_duration_seconds llm_calls_total llm_tokens_total regex_timeouts_total
  rules_loaded config_last_reload_successful config_last_reload_success_timestamp_seconds config_hash
  session_age_seconds`.split(/\s+/)

describe('commands', () => {
  test('reach the daemon with the token', async () => {
    const { daemon, server } = await start()
    const json = { ...BEARER, 'content-type': 'application/json' }
    expect((await call(server, 'POST', '/-/reload', BEARER)).status).toBe(200)
    expect((await call(server, 'POST', '/-/pause', json, '{"chat":"小王","for":"1h"}')).status).toBe(200)
    expect((await call(server, 'POST', '/-/pause', BEARER)).status).toBe(200)
    const resumed = await call(server, 'POST', '/-/resume', json, '{}')
    expect(JSON.parse(resumed.text)).toEqual({ ok: true, message: DONE.message })
    expect(daemon.orders).toEqual([
      { reload: true },
      { pause: { chat: '小王', forMs: 3_600_000 } },
      { pause: { chat: null, forMs: null } },
      { resume: { chat: null } },
    ])
  })

  test('a refusal is 409 with both languages', async () => {
    const { daemon, server } = await start()
    daemon.outcome = {
      kind: 'refused',
      code: 'bad-rules',
      message: { zh: '规则有误', en: 'rules are wrong' },
    }
    const answer = await call(server, 'POST', '/-/reload', BEARER)
    expect([answer.status, JSON.parse(answer.text).message.zh]).toEqual([409, '规则有误'])
  })

  test.each([
    ['{"for":"soon"}', 'application/json', 400],
    ['{"for":"-1h"}', 'application/json', 400],
    ['{"extra":1}', 'application/json', 400],
    ['{"chat":', 'application/json', 400],
    ['[]', 'application/json', 400],
    ['{"__proto__":{"x":1}}', 'application/json', 400],
    ['chat=1', 'application/x-www-form-urlencoded', 415],
    ['{}', 'text/plain', 415],
    [`{"chat":"${'x'.repeat(20_000)}"}`, 'application/json', 413],
  ])('%.30s as %s is %i and does nothing', async (body, type, status) => {
    const { daemon, server } = await start()
    const answer = await call(server, 'POST', '/-/pause', { ...BEARER, 'content-type': type }, body)
    expect(answer.status).toBe(status)
    expect(Object.keys(JSON.parse(answer.text)).sort()).toEqual(['error', 'id'])
    expect(daemon.orders).toEqual([])
  })

  test('T18: a failure inside tells nothing outside; its id is in the log', async () => {
    const { daemon, server, lines } = await start()
    daemon.outcome = new Error('canary-detail')
    const answer = await call(server, 'POST', '/-/reload', BEARER)
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('canary')
    const { id } = JSON.parse(answer.text) as { id: string }
    expect(lines.some((line) => line.includes(id) && line.includes('canary-detail'))).toBe(true)
    expect(lines.join('')).not.toContain(TOKEN)
  })
})

describe('who may come in', () => {
  const all: [string, string][] = [
    ['GET', '/status'],
    ['GET', '/metrics'],
    ['POST', '/-/reload'],
    ['POST', '/-/pause'],
    ['POST', '/-/resume'],
    ['GET', '/'],
    ['GET', '/nowhere'],
    ['GET', `/status?token=${TOKEN}`],
  ]

  test('reachable from outside, everything but liveness needs the token', async () => {
    const { daemon, server } = await start('0.0.0.0')
    for (const [method, path] of all) {
      const answer = await call(server, method, path)
      expect([method, path, answer.status]).toEqual([method, path, 401])
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
    }
    expect(daemon.orders).toEqual([])
    expect((await call(server, 'GET', '/status', BEARER)).status).toBe(200)
    expect((await call(server, 'GET', '/status', { ...BEARER, host: 'bot.example.com' })).status).toBe(200)
    expect((await call(server, 'GET', '/nowhere', BEARER)).status).toBe(404)
    expect((await call(server, 'GET', '/-/healthy')).status).toBe(200)
  })

  test('on loopback, orders need the token and views do not', async () => {
    const { server } = await start()
    for (const [method, path] of all.filter(([verb]) => verb === 'POST')) {
      expect((await call(server, method, path)).status).toBe(401)
    }
    expect((await call(server, 'GET', '/metrics')).status).toBe(200)
  })

  test.each(['evil.example.com', 'evil.example.com:8787', '10.0.0.1', 'localhost.evil.example'])(
    'a foreign host name on loopback is misdirected: %s',
    async (host) => {
      const { server } = await start()
      for (const path of ['/status', '/-/healthy', '/nowhere']) {
        expect((await call(server, 'GET', path, { ...BEARER, host })).status).toBe(421)
      }
    },
  )

  test.each(['localhost', 'localhost:9000', '127.0.0.1:1', '[::1]:80', '127.5.5.5'])(
    '%s is this machine',
    async (host) => {
      const { server } = await start()
      expect((await call(server, 'GET', '/status', { host })).status).toBe(200)
    },
  )

  test.each([
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 200],
    [{}, 200],
  ] as [Record<string, string>, number][])('an order with %j is %i', async (headers, status) => {
    const { server } = await start()
    expect((await call(server, 'POST', '/-/reload', { ...BEARER, ...headers })).status).toBe(status)
  })

  test('an order from our own page passes', async () => {
    const { server } = await start()
    const headers = { ...BEARER, origin: `http://127.0.0.1:${server.port}` }
    expect((await call(server, 'POST', '/-/reload', headers)).status).toBe(200)
  })

  test('five wrong tokens a minute, then nothing is even compared', async () => {
    const { server, clock, daemon } = await start()
    const wrong = { authorization: 'Bearer wrong' }
    for (let i = 0; i < 5; i++) expect((await call(server, 'GET', '/status', wrong)).status).toBe(401)
    const sixth = await call(server, 'POST', '/-/reload', BEARER)
    expect([sixth.status, Number(sixth.headers['retry-after'])]).toEqual([429, 60])
    expect(daemon.orders).toEqual([])
    clock.at = 59_999
    expect((await call(server, 'POST', '/-/reload', BEARER)).status).toBe(429)
    clock.at = 60_001
    expect((await call(server, 'POST', '/-/reload', BEARER)).status).toBe(200)
  })

  test('guesses of one address do not lock out another, and addresses are forgotten', () => {
    const clock = new HandClock()
    const guard = new Guard({ token, isLoopbackOnly: false, clock })
    const knock = (ip: string, authorization: string) =>
      guard.judge({
        method: 'GET',
        ip,
        host: 'x',
        authorization,
        origin: undefined,
        fetchSite: undefined,
        access: 'token',
      })
    for (let i = 0; i < 6; i++) knock('10.0.0.1', 'Bearer nope')
    expect(knock('10.0.0.1', `Bearer ${TOKEN}`)).toMatchObject({ status: 429 })
    expect(knock('10.0.0.2', `Bearer ${TOKEN}`)).toEqual({ kind: 'pass' })
    expect(knock('10.0.0.2', TOKEN)).toMatchObject({ status: 401 })
    for (let i = 0; i < 10_001; i++) knock(`a${i}`, 'Bearer nope')
    expect(knock('10.0.0.1', `Bearer ${TOKEN}`)).toEqual({ kind: 'pass' })
  })

  test.each([
    ['127.0.0.1', true],
    ['127.1.2.3', true],
    ['localhost', true],
    ['::1', true],
    ['[::1]', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.2', false],
    ['127.evil.example', false],
  ])('%s is loopback: %s', (host, expected) => expect(isLoopback(host)).toBe(expected))
})

describe('the edges', () => {
  test('every answer carries the security headers', async () => {
    const { server } = await start()
    for (const path of ['/status', '/nowhere', '/-/healthy']) {
      const { headers } = await call(server, 'GET', path, path === '/nowhere' ? BEARER : {})
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['cache-control']).toBe('no-store')
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
      expect(headers['access-control-allow-origin']).toBeUndefined()
      expect(headers['x-powered-by']).toBeUndefined()
    }
  })

  test('T18: garbage on the wire gets a plain refusal and harms nobody', async () => {
    const { server } = await start()
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.end('\u0016\u0003 GARBAGE\r\n\r\n'))
      let text = ''
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1')
      })
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400/)
    expect((await call(server, 'GET', '/-/healthy')).status).toBe(200)
  })

  test('a taken port is told with its number and the setting', async () => {
    const { server } = await start()
    const daemon = new PlayedDaemon()
    const log = createLogger('silent', { write: () => undefined })
    const listen = { host: '127.0.0.1', port: server.port }
    const second = await startWeb(
      { listen, token, clock: new HandClock(), log },
      daemon.parts(new Metrics('1')),
    )
    expect(second).toMatchObject({ kind: 'failed', code: 'EADDRINUSE', port: server.port })
    if (second.kind === 'failed') {
      expect(second.message.zh).toContain(String(server.port))
      expect(second.message.zh).toContain('server.listen')
    }
  })

  test('closing frees the port although a client holds its connection open', async () => {
    const { server } = await start()
    const idle = connect(server.port, '127.0.0.1')
    await new Promise((resolve) => idle.once('connect', resolve))
    const gone = new Promise((resolve) => idle.once('close', resolve))
    idle.on('error', () => undefined)
    idle.resume()
    await servers.pop()?.close()
    await gone
    const again = createServer()
    await new Promise<void>((resolve, reject) => {
      again.once('error', reject)
      again.listen(server.port, '127.0.0.1', resolve)
    })
    await new Promise((resolve) => again.close(resolve))
  })
})

describe('token', () => {
  test('is made once, private, long, and never when the settings have one', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'wxr-token-'))
    try {
      const first = await resolveToken(null, dir)
      const file = join(dir, 'http-token')
      expect(first.file).toBe(file)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect((await readFile(file, 'utf8')).trim()).toBe(first.token.expose())
      expect(first.token.expose().length).toBeGreaterThanOrEqual(32)
      expect(JSON.stringify(first)).not.toContain(first.token.expose())
      expect((await resolveToken(null, dir)).token.expose()).toBe(first.token.expose())
      await writeFile(file, '\n', { mode: 0o644 })
      const remade = await resolveToken(null, dir)
      expect(remade.token.expose()).not.toBe(first.token.expose())
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect(await resolveToken(token, dir)).toEqual({ token, file: null })
      await expect(resolveToken(null, join(dir, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' })
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })

  test('is compared whole', () => {
    expect(isSameToken('abc', 'abc')).toBe(true)
    for (const wrong of ['', 'ab', 'abcd', 'abd', 'ABC']) expect(isSameToken(wrong, 'abc')).toBe(false)
  })
})
