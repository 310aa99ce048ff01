import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from '@jest/globals'
import { holdMs, Restraint } from '../../src/app/restraint.ts'
import type { Child } from '../support/child.ts'
import { Stage } from './stage.ts'

const PRELOAD = fileURLToPath(new URL('../support/inside-preload.mjs', import.meta.url))
const HOUR_MS = 3_600_000
const HELD = /"event":"held-back".*?"waitMs":(\d+)/

let stage: Stage

afterEach(async () => {
  await stage?.close()
})

/** Starts it and kills it as soon as it asks for a code. */
async function dieAtCode(): Promise<void> {
  const since = stage.simulator.journal.seq
  const bot = stage.shop.run()
  await stage.nextRequest('jslogin', since)
  await bot.stop('SIGKILL')
}

/** Starts it and lets it crash when it is online. */
async function crashOnline(options: Parameters<Stage['online']>[0]): Promise<void> {
  const bot = await stage.online(options)
  bot.process.kill('SIGWINCH')
  expect((await bot.finished).code).toBe(70)
}

const held = async (bot: Child) => Number((await bot.waitForText(HELD))[1])

describe('F88: a daemon that dies again and again', () => {
  test('at the start: logins wait longer and longer, what serves people runs, a person can end it', async () => {
    stage = await Stage.open({ phone: 'manual' })
    for (let life = 0; life < 3; life++) await dieAtCode()
    const since = stage.simulator.journal.seq
    const fourth = stage.shop.run()
    expect(await held(fourth)).toBe(5000)
    const { stdout, code } = await stage.command('status', '--json')
    expect([code, (JSON.parse(stdout) as { state: string }).state]).toEqual([0, 'signed-out'])
    expect((await stage.command('healthcheck')).code).toBe(0)
    expect(stage.requests(null, since)).toEqual([])
    await fourth.stop('SIGKILL')
    const fifth = stage.shop.run()
    expect(await held(fifth)).toBe(10_000)
    expect((await fifth.stop()).code).toBe(0)
    const sixth = stage.shop.run()
    await stage.nextRequest('jslogin', since)
    expect(sixth.output).not.toMatch(HELD)
  })

  test('with a session that lives: kills cost no pause, faults of ours do', async () => {
    stage = await Stage.open()
    for (let life = 0; life < 4; life++) await (await stage.online()).stop('SIGKILL')
    const crashing = { nodeArgs: ['--import', PRELOAD], env: { TEST_ON_WINCH: 'throw' } }
    for (let life = 0; life < 3; life++) await crashOnline(crashing)
    const bot = stage.shop.run()
    expect(await held(bot)).toBe(5000)
    expect(await stage.ask('编号1')).toBe('收到1')
    expect(stage.requests('jslogin')).toHaveLength(1)
  })

  test('at most 15 starts in an hour, however it dies', () => {
    const kept = new Map<string, string>()
    const meta = {
      get: (key: string) => kept.get(key) ?? null,
      set: (key: string, value: string) => void kept.set(key, value),
      delete: (key: string) => void kept.delete(key),
    }
    let starts = 0
    for (let now = 1_900_000_000_000, end = now + HOUR_MS; now < end; starts++) {
      const { streak } = new Restraint(meta, now)
      now += holdMs(streak.failures)
    }
    expect(starts).toBeLessThanOrEqual(15)
  })
})
