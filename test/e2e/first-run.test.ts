import { existsSync, statSync } from 'node:fs'
import { watch as watchFolder } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { readHalfBlocks, readPng } from '../support/qr-reader.ts'
import { Shop } from '../support/shop.ts'

let simulator: Simulator
let shop: Shop

beforeEach(async () => {
  simulator = await startSimulator({ pollHoldMs: 2000 })
  shop = new Shop({ url: simulator.url })
})

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

/** Resolves when the simulator took a text for this chat. */
async function sent(text: string, since = 0): Promise<string> {
  const entry = await simulator.waitFor((note) => note.kind === 'sent' && note.text === text, { since })
  return entry.kind === 'sent' ? entry.chat : ''
}

/** Resolves when a file is no longer there. */
async function vanished(path: string): Promise<void> {
  const changes = watchFolder(dirname(path))[Symbol.asyncIterator]()
  while (existsSync(path)) await changes.next()
  await changes.return?.()
}

async function logIn() {
  const bot = shop.run()
  await simulator.phone.scan()
  await bot.waitForText(/已扫码/)
  await simulator.phone.confirm()
  await bot.waitForText(/在线/)
  return bot
}

describe('a first run', () => {
  test('shows a code that phones can read, three ways', async () => {
    const bot = shop.run()
    const text = await bot.waitFor((output) => readHalfBlocks(output))
    expect(text).toMatch(/\/l\/[\w=+/%-]+$/)
    await bot.waitForText(/qr\.png/)
    expect(readPng(shop.path('data/qr.png'))).toBe(text)
    expect(bot.stderr).toContain(`/qrcode/`)
    expect(statSync(shop.path('data/qr.png')).mode & 0o777).toBe(0o600)
  })

  test('scan and confirm lead online, and the picture of the code is gone', async () => {
    const bot = await logIn()
    expect(bot.output).toContain('已扫码')
    await bot.waitForText(/"to":"online"/)
    await vanished(shop.path('data/qr.png'))
    expect(simulator.violations).toEqual([])
  })

  test('answers a private text, a mention in a room and a regex with captures', async () => {
    await logIn()
    simulator.deliver({ kind: 'text', from: '小王', text: '苹果多少钱？' })
    expect(await sent('苹果 8 元一斤，香蕉 5 元一斤。')).toBe('wxid_xiaowang001')
    simulator.deliver({ kind: 'text', from: '小王', in: '老客户群', mention: ['self'], text: '价格' })
    expect(await sent('@小王 价目表私信您啦')).toBe('10000000001@chatroom')
    simulator.deliver({ kind: 'text', from: '小王', text: '寄上海3公斤' })
    expect(await sent('寄上海 3 公斤，运费 22 元。')).toBe('wxid_xiaowang001')
    expect(simulator.sends).toHaveLength(3)
    expect(simulator.violations).toEqual([])
  })

  test('a restart needs no scan and answers what came in between, once', async () => {
    const first = await logIn()
    simulator.deliver({ kind: 'text', from: '小王', text: '编号1' })
    await sent('收到1')
    const end = await first.stop()
    expect(end.code).toBe(0)
    simulator.deliver({ kind: 'text', from: '小王', text: '编号2' })
    const second = shop.run()
    await sent('收到2')
    simulator.deliver({ kind: 'text', from: '小王', text: '编号3' })
    await sent('收到3')
    expect(second.stderr).not.toContain('▀')
    expect(simulator.sends.map((send) => send.text)).toEqual(['收到1', '收到2', '收到3'])
    expect(simulator.generation).toBe(1)
    expect(
      simulator.journal.since().some((note) => note.kind === 'request' && note.endpoint === 'webwxlogout'),
    ).toBe(false)
  })
})
