import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from '@jest/globals'
import { CALL_LIMIT_MS, postNotice } from '../../src/outbox/effectors/notify.ts'
import type { Notice } from '../../src/outbox/effectors/notify-formats.ts'
import { Bell } from '../../src/support/abort.ts'
import { diagnosticsOf } from '../support/rule-text.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { endAll, endLater } from './clockwork.ts'
import { Stage } from './stage.ts'

afterEach(endAll)

const NOTICE: Notice = {
  about: 'offline',
  state: 'raised',
  title: '连不上',
  text: '两分钟了',
  at: '2030-03-05T02:00:00Z',
}
const never = new AbortController().signal
const MB = 1024 * 1024

/** A server that answers as told, and counts who asked and what it could get rid of. */
class Hostile {
  calls = 0
  readonly #asked = new Bell()
  written = 0
  readonly #server: Server

  constructor(answer: (response: ServerResponse, hostile: Hostile, request: IncomingMessage) => void) {
    this.#server = createServer((request, response) => {
      this.calls++
      this.#asked.ring()
      response.on('error', () => {})
      answer(response, this, request)
    })
    endLater(() => this.close())
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Resolves when it was asked so often. */
  async called(times: number): Promise<void> {
    while (this.calls < times) await this.#asked.wait(new AbortController().signal)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Writes for ever, as fast as anybody reads. */
function pour(response: ServerResponse, hostile: Hostile, piece: Uint8Array): void {
  const more = () => {
    while (!response.destroyed && response.write(piece)) hostile.written += piece.length
  }
  response.on('drain', more)
  more()
}

const post = (url: string) => postNotice({ webhook: { expose: () => url }, format: 'json' }, NOTICE, never)

describe('F75: a push channel that does not answer', () => {
  test.each([
    ['hangs before its headers', () => {}],
    ['hangs in the middle', (response: ServerResponse) => void response.writeHead(200).write('{')],
  ])('F75: %s: cut after ten seconds, to be tried again', async (_name, answer) => {
    const url = await new Hostile(answer).open()
    const startedAt = performance.now()
    expect(await post(url)).toEqual({ kind: 'failed', problem: 'timeout', mayRetry: true })
    const took = performance.now() - startedAt
    expect(took).toBeGreaterThan(CALL_LIMIT_MS - 100)
    expect(took).toBeLessThan(CALL_LIMIT_MS + 5000)
  })

  test.each([
    ['a reset', (response: ServerResponse) => void response.destroy(), 'ECONNRESET', true],
    ['503', (response: ServerResponse) => void response.writeHead(503).end(), 'http-503', true],
    ['404', (response: ServerResponse) => void response.writeHead(404).end(), 'http-404', false],
  ])(
    'F75: %s: said in one word, tried again when that may help',
    async (_name, answer, problem, mayRetry) => {
      const url = await new Hostile(answer).open()
      expect(await post(url)).toEqual({ kind: 'failed', problem, mayRetry })
    },
  )

  test('F75: while it hangs, messages are answered and the daemon stops in time', async () => {
    const hostile = new Hostile(() => {})
    const url = await hostile.open()
    const settings = `${FAST_SETTINGS}notify: {channels: {手机: {webhook: {secret: PUSH_URL}, format: json}}, on: {logged_out: [手机], qr: [手机]}}\n`
    const stage = await Stage.open({ phone: 'manual' }, { settings })
    endLater(() => stage.close())
    const bot = stage.shop.run({ env: { PUSH_URL: url } })
    await bot.waitForText(/qrcode\//)
    await stage.simulator.phone.scan()
    await stage.simulator.phone.confirm()
    await bot.waitForText(/"to":"online"/)
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect(hostile.calls).toBeGreaterThan(0)
    const startedAt = Date.now()
    expect((await bot.stop()).code).toBe(0)
    expect(Date.now() - startedAt).toBeLessThan(8000)
  })
})

describe('F4: killed while a call to a push channel hangs', () => {
  test('F4: each message is answered once, before and after', async () => {
    const hostile = new Hostile(() => {})
    const url = await hostile.open()
    const settings = `${FAST_SETTINGS}notify: {channels: {手机: {webhook: {secret: PUSH_URL}, format: json}}, on: {reload_failed: [手机]}}\n`
    const stage = await Stage.open({}, { settings })
    endLater(() => stage.close())
    const bot = await stage.online({ env: { PUSH_URL: url } })
    const { simulator } = stage
    const good = stage.shop.read('rules/10-shop.yml')
    stage.shop.write('rules/10-shop.yml', `${good}  - name: 错\n    whem: 价格\n`)
    await hostile.called(1)
    expect(await stage.ask('多少钱')).toContain('苹果')
    await bot.waitForText(/"to":"sent"/)
    await bot.stop('SIGKILL')
    simulator.deliver({ kind: 'text', from: '小王', text: '几点开门' })
    await stage.online({ env: { PUSH_URL: url } })
    await simulator.waitFor((note) => note.kind === 'sent' && note.text.includes('全年无休'))
    expect(simulator.sends.filter(({ chat }) => chat !== 'filehelper')).toHaveLength(2)
  })
})

describe('F76: a push channel that answers too much', () => {
  test('F76: an endless answer is cut long before a megabyte', async () => {
    const hostile = new Hostile((response, self) => {
      response.writeHead(200)
      pour(response, self, Buffer.alloc(65_536, 120))
    })
    expect(await post(await hostile.open())).toMatchObject({ kind: 'failed' })
    expect(hostile.written).toBeLessThan(8 * MB)
  })

  test('F76: one that claims a gigabyte is cut', async () => {
    const url = await new Hostile((response, self) => {
      response.writeHead(200, { 'content-length': String(1024 * MB) })
      pour(response, self, Buffer.alloc(65_536, 120))
    }).open()
    expect(await post(url)).toMatchObject({ kind: 'failed' })
  })

  test('F76: a bomb of gzip is cut by what it becomes, not by what it weighs', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * MB))
    const url = await new Hostile((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bomb.length }).end(bomb)
    }).open()
    const before = process.memoryUsage().rss
    expect(await post(url)).toMatchObject({ kind: 'failed' })
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * MB)
  })
})

describe('F77: a push channel that points elsewhere', () => {
  test.each([301, 302, 303, 307, 308])(
    'F77: %d is told and not followed, wherever it points',
    async (status) => {
      const target = new Hostile((response) => void response.end('{}'))
      const local = await target.open()
      for (const location of [
        local,
        local.replace('127.0.0.1', 'localhost'),
        'http://169.254.169.254/latest/meta-data/',
        'http://[::ffff:a9fe:a9fe]/',
        'file:///etc/passwd',
        '//169.254.169.254/',
      ]) {
        const url = await new Hostile(
          (response) => void response.writeHead(status, { location }).end(),
        ).open()
        expect(await post(url)).toEqual({ kind: 'failed', problem: `http-${status}`, mayRetry: false })
      }
      expect(target.calls).toBe(0)
    },
  )
})

describe('F75, F76, F77, F78: what rules of this version call', () => {
  const CALLING = (url: string) => `
rules:
  - name: 查单
    when: 查单
    do:
      - webhook: {url: "${url}/order", save: 单}
      - reply: 查到了
  - name: 闲聊
    when: 闲聊
    do:
      - llm: {prompt: 你是客服}
  - {name: 问价, when: 多少钱, reply: 八元}
`

  test('F75, F76, F77, F78: nothing is ever called: it is said when the rules are checked, and the rest is answered', async () => {
    const hostile = new Hostile((response) => void response.end('{}'))
    const url = await hostile.open()
    const found = await diagnosticsOf(CALLING(url))
    expect(found.map(({ code }) => code)).toEqual(['W250', 'W250'])
    const stage = await Stage.open({}, { rules: CALLING(url) })
    endLater(() => stage.close())
    const bot = await stage.online()
    for (const text of ['查单', '闲聊']) stage.simulator.deliver({ kind: 'text', from: '小王', text })
    expect(await stage.ask('多少钱', '李姐')).toBe('八元')
    expect(hostile.calls).toBe(0)
    expect(bot.process.exitCode).toBeNull()
    expect(bot.stdout).toMatch(/W250/)
  })
})
