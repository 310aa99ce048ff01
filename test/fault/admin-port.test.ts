import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

/** More than the server lets in. */
const CROWD = 400
/** Headers must be complete within five seconds; then the place is free again. */
const FREE_AGAIN_MS = 15_000

const sockets: Socket[] = []
let stage: Stage

beforeEach(async () => {
  stage = await Stage.open(
    {},
    { settings: FAST_SETTINGS.replace('{listen: off}', '{listen: "127.0.0.1:0"}') },
  )
})

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await stage.close()
})

async function portOf(bot: Child): Promise<number> {
  return Number((await bot.waitForText(/"event":"web","port":(\d+)/))[1])
}

/** Connections that say `text` and then nothing more; resolves when all are open or refused. */
async function crowd(port: number, count: number, text: string): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => {})
      await Promise.race([once(socket, 'connect'), once(socket, 'close')])
      socket.write(text)
    }),
  )
}

/** Asks again until the server has a place for us. */
async function healthyWithin(port: number, ms: number): Promise<boolean> {
  const deadline = AbortSignal.timeout(ms)
  while (!deadline.aborted) {
    const answer = await fetch(`http://127.0.0.1:${port}/-/healthy`, { signal: deadline }).catch(() => null)
    if (answer?.status === 200) return true
    await stage.nextRequest('synccheck')
  }
  return false
}

describe('F85: clients that hold the admin port', () => {
  test.each([
    ['who say nothing', ''],
    ['who never end their headers', 'GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: '],
    [
      'who never send their body',
      'POST /-/reload HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{',
    ],
  ])('%s: replies go on, and the port is free again', async (_name, text) => {
    const bot = await stage.online()
    const port = await portOf(bot)
    await crowd(port, CROWD, text)
    expect(await stage.ask('编号1')).toBe('收到1')
    expect(await healthyWithin(port, FREE_AGAIN_MS)).toBe(true)
    expect((await bot.stop()).code).toBe(0)
  })
})

describe('F79: no file handle is left', () => {
  /** The crowd is cut after some seconds, so on a slow machine a message may find a handle: then another is said. */
  async function sayUntilNoHandle(bot: Child, port: number): Promise<number> {
    const isRefused = bot.waitForText(/"event":"store","code":"not-writable"/).then(() => true)
    for (let number = 2; ; number++) {
      await crowd(port, 120, '')
      // A new cookie has to be written to a file, which needs a handle.
      stage.simulator.faults.add({
        endpoint: 'webwxsync',
        kind: `set_cookie:fresh=${number}`,
        when: { times: 1 },
      })
      stage.simulator.deliver({ kind: 'text', from: '小王', text: `编号${number}` })
      const isAnswered = stage.simulator
        .waitFor((note) => note.kind === 'sent' && note.text === `收到${number}`)
        .then(() => false)
      if (await Promise.race([isRefused, isAnswered])) return number
    }
  }

  test('the admin port waits, the daemon lives, and goes on when handles are free', async () => {
    const wrap = ['sh', '-c', 'ulimit -n 64; exec "$@"', 'sh']
    const bot = await stage.online({ wrap })
    const port = await portOf(bot)
    await stage.ask('编号1')
    const last = await sayUntilNoHandle(bot, port)
    expect(bot.process.exitCode).toBeNull()
    for (const socket of sockets.splice(0)) socket.destroy()
    await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text === `收到${last}`)
    expect(await healthyWithin(port, FREE_AGAIN_MS)).toBe(true)
    const all = Array.from({ length: last }, (_, index) => `收到${index + 1}`)
    expect(stage.simulator.sends.map((send) => send.text)).toEqual(all)
    expect(stage.requests('jslogin')).toHaveLength(1)
    expect((await bot.stop()).code).toBe(0)
  })
})
