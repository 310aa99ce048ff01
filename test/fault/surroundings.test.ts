import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Stage } from './stage.ts'

const PRELOAD = fileURLToPath(new URL('../support/inside-preload.mjs', import.meta.url))

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(async () => {
  await stage.close()
})

const replies = () => stage.simulator.sends.map((send) => send.text)

describe('F80: no memory is left', () => {
  test('the heap has a limit, the process dies of it, and the next one loses and repeats nothing', async () => {
    const bot = await stage.online({
      nodeArgs: ['--max-old-space-size=96', '--import', PRELOAD],
      env: { TEST_ON_WINCH: 'hog' },
    })
    const said = bot.stdout.length
    expect(await stage.ask('编号1')).toBe('收到1')
    await bot.waitFor(() => bot.stdout.slice(said).includes('"to":"sent"'))
    bot.process.kill('SIGWINCH')
    await bot.waitForText(/hogging/)
    // It takes memory and reads nothing more; what is said now waits for the next process.
    for (const number of [2, 3]) {
      stage.simulator.deliver({ kind: 'text', from: '小王', text: `编号${number}` })
    }
    const { code, signal, stderr } = await bot.finished
    expect(code === 0).toBe(false)
    expect([code, signal]).not.toEqual([null, 'SIGKILL'])
    expect(stderr).toContain('heap')
    await stage.online()
    expect(await stage.ask('编号4')).not.toBe('')
    await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到4')
    expect(replies()).toEqual(['收到1', '收到2', '收到3', '收到4'])
    expect(stage.requests('jslogin')).toHaveLength(1)
  })
})

describe('F90: proxies of the environment', () => {
  let trap: Server
  let caught = 0

  beforeEach(async () => {
    caught = 0
    trap = createServer().on('connection', (socket) => {
      caught++
      socket.destroy()
    })
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
  })

  afterEach(() => {
    trap.close()
  })

  test('are ignored: nothing goes to them, whatever they are called', async () => {
    const url = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`
    const names = ['http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']
    const env = {
      ...Object.fromEntries(names.map((name) => [name, url])),
      no_proxy: '',
      NO_PROXY: '',
      NODE_USE_ENV_PROXY: '1',
    }
    await stage.online({ env })
    expect(await stage.ask('编号1')).toBe('收到1')
    expect(caught).toBe(0)
  })
})
