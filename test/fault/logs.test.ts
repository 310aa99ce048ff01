import { closeSync, openSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { LogReader } from '../support/fifo.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

const PRELOAD = fileURLToPath(new URL('../support/inside-preload.mjs', import.meta.url))
const CHATTY = `${FAST_SETTINGS.replace('{level: debug, format: json}', '{level: debug, format: json, messages: full}')}`
/** Far more than a pipe and our own buffer hold. */
const LINES = 150
const LONG = '长'.repeat(2000)
const MAX_LAG_MS = 200

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open({}, { settings: CHATTY })
})

afterEach(async () => {
  await stage.close()
})

/** It polls, so it is online; nothing of this can be read from a log that nobody reads. */
const isOnline = () => stage.nextRequest('synccheck', 0)

/** Makes it write a lot, and shows that it goes on answering meanwhile. */
async function talk(): Promise<void> {
  for (let line = 0; line < LINES; line++) stage.simulator.deliver({ kind: 'text', from: '李姐', text: LONG })
  expect(await stage.ask('编号7')).toBe('收到7')
}

describe('F82: the reader of the log stands still', () => {
  test('the daemon does not wait for it; what was dropped is counted and told', async () => {
    const reader = new LogReader(stage.shop.path('log'))
    const lag = stage.shop.path('lag')
    try {
      const bot = stage.shop.run({
        stdout: reader.fd,
        nodeArgs: ['--import', PRELOAD],
        env: { TEST_LAG_FILE: lag },
      })
      await isOnline()
      reader.standStill()
      await talk()
      expect(await stage.ask('编号8')).toBe('收到8')
      expect(Number(readFileSync(lag, 'utf8'))).toBeLessThan(MAX_LAG_MS)
      reader.goOn()
      while (!/"event":"log","lost":[1-9]/.test(reader.text)) await stage.nextRequest('synccheck')
      expect((await bot.stop()).code).toBe(0)
      for (const line of reader.text.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
    } finally {
      await reader.close()
    }
  })
})

describe('F83: the log goes nowhere', () => {
  test('a disk without room for it', async () => {
    const full = openSync('/dev/full', 'w')
    const bot = stage.shop.run({ stdout: full })
    closeSync(full)
    await isOnline()
    await talk()
    expect((await bot.stop()).code).toBe(0)
  })

  test('a reader that has gone', async () => {
    const bot = await stage.online()
    bot.process.stdout?.destroy()
    bot.process.stderr?.destroy()
    await talk()
    bot.process.kill('SIGTERM')
    const { code } = await bot.finished
    expect(code).toBe(0)
  })
})
