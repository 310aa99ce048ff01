import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { startSimulator } from '../../src/simulator/server.ts'
import { Inside } from '../support/inside.ts'
import { LeapClock } from '../support/leap-clock.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'
import { Stage, TOLD_ONLINE } from './stage.ts'

const PRELOAD = fileURLToPath(new URL('../support/inside-preload.mjs', import.meta.url))
/** Docker kills after ten seconds. */
const GRACE_MS = 10_000

let stage: Stage

beforeEach(async () => {
  stage = await Stage.open()
})

afterEach(async () => {
  await stage.close()
})

const replies = () => stage.simulator.sends.map((send) => send.text)
const accepted = () => stage.simulator.waitFor((note) => note.kind === 'sent')

async function sending(fault: string): Promise<Awaited<ReturnType<Stage['online']>>> {
  const bot = await stage.online()
  stage.simulator.faults.add({ endpoint: 'webwxsendmsg', kind: fault, when: { times: 1 } })
  stage.simulator.deliver({ kind: 'text', from: '小王', text: '编号1' })
  await accepted()
  return bot
}

describe('F11: told to stop while a reply is on the wire', () => {
  test('an answer within five seconds is waited for and booked; nothing is said twice', async () => {
    const bot = await sending('delay:5000')
    const toldAt = Date.now()
    const { code, stdout } = await bot.stop()
    expect(Date.now() - toldAt).toBeLessThan(GRACE_MS)
    expect(code).toBe(0)
    expect(stdout).toMatch(/"event":"delivery".*"to":"sent"/)
    await stage.online()
    expect(await stage.ask('编号2')).toBe('收到2')
    expect(replies()).toEqual(['收到1', '收到2'])
    expect(stage.requests('webwxlogout')).toEqual([])
  })

  test('an answer that does not come is not waited for: the outcome is unknown, the end in time', async () => {
    const bot = await sending('hang_after_accept')
    const toldAt = Date.now()
    const { code, stdout } = await bot.stop()
    expect(Date.now() - toldAt).toBeLessThan(GRACE_MS)
    expect(code).toBe(0)
    expect(stdout).toMatch(/"event":"delivery".*"to":"uncertain"/)
    stage.simulator.faults.release()
    await stage.online()
    await stage.ask('编号2')
    const ids = stage.simulator.sends.filter((send) => send.text === '收到1').map((send) => send.clientMsgId)
    expect(new Set(ids).size).toBe(1)
    expect(ids.length).toBeLessThanOrEqual(2)
  })
})

describe('F12: signals', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('a second %s does not wait', async (signal) => {
    const bot = await sending('hang_after_accept')
    bot.process.kill(signal)
    // It listens no more: its first signal has arrived.
    await bot.waitForText(/"event":"stopping"/)
    const toldAt = Date.now()
    const { code } = await bot.stop(signal)
    expect(Date.now() - toldAt).toBeLessThan(2000)
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143)
    stage.simulator.faults.release()
    await stage.online()
    stage.simulator.deliver({ kind: 'text', from: '小王', text: '编号2' })
    await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到2')
  })

  test('SIGHUP reads the rules again, also while it starts: it never ends the daemon', async () => {
    const bot = stage.shop.run()
    await bot.waitForText(/"event":"start"/)
    bot.process.kill('SIGHUP')
    await bot.waitForText(TOLD_ONLINE)
    stage.shop.write('rules/10-shop.yml', 'rules:\n  - {name: 新, when: 多少钱, reply: 新价}\n')
    const printed = bot.stdout.length
    bot.process.kill('SIGHUP')
    // The signal that came early may be obeyed only now; what counts is the reload that saw the new file.
    await bot.waitFor(() => /"outcome":"reloaded"[^\n]*新增 1: 新/.test(bot.stdout.slice(printed)))
    expect(await stage.ask('多少钱')).toBe('新价')
  })
})

describe('F13: after a sleep', () => {
  test('a process that stood still catches up once, with no request too many', async () => {
    const bot = await stage.online()
    await stage.ask('编号1')
    await stage.nextRequest('synccheck')
    bot.process.kill('SIGSTOP')
    const since = stage.simulator.journal.seq
    for (const number of [2, 3, 4]) {
      stage.simulator.deliver({ kind: 'text', from: '小王', text: `编号${number}` })
    }
    // The poll that was held is answered; nobody is there to read it.
    await stage.simulator.waitFor((note) => note.kind === 'answer' && note.endpoint === 'synccheck', {
      since,
    })
    bot.process.kill('SIGCONT')
    await stage.simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到4', { since })
    expect(replies()).toEqual(['收到1', '收到2', '收到3', '收到4'])
    expect(stage.requests('webwxsync', since).length).toBeLessThanOrEqual(2)
    expect(stage.requests('jslogin')).toHaveLength(1)
  })

  test.each([
    ['ten minutes', 10 * 60_000],
    ['a night', 9 * 3_600_000],
  ])(
    'of %s by every clock: synced anew, what is too old is not answered, the rest once',
    async (_name, ms) => {
      const clock = new LeapClock()
      const simulator = await startSimulator({ phone: 'auto', clock })
      const shop = new Shop({ url: simulator.url, settings: `${FAST_SETTINGS}reload: {watch: false}\n` })
      const bot = new Inside(shop, clock)
      clock.standStillWhile(() => bot.isSending)
      try {
        expect(await clock.until(() => bot.state === 'online')).toBe(true)
        const since = simulator.journal.seq
        simulator.deliver({ kind: 'text', from: '小王', text: '编号1', at: clock.now() })
        await clock.jump(ms)
        simulator.deliver({ kind: 'text', from: '小王', text: '编号2' })
        const isAnswered = () => simulator.sends.some((send) => send.text === '收到2')
        expect(await clock.until(isAnswered)).toBe(true)
        await clock.pass(60_000)
        expect(simulator.sends.map((send) => send.text)).toContain('收到2')
        expect(simulator.sends.length).toBeLessThanOrEqual(2)
        expect(bot.state).toBe('online')
        const syncs = simulator.journal
          .since(since)
          .filter((note) => note.kind === 'request' && note.endpoint === 'webwxsync')
        expect(syncs.length).toBeLessThanOrEqual(4)
      } finally {
        await bot.stop()
        await shop.close()
        await simulator.close()
      }
    },
  )
})

describe('F86: an error that nobody caught', () => {
  test.each(['throw', 'reject'])('%s: told, everything written, 70; the next start goes on', async (deed) => {
    const options = { nodeArgs: ['--import', PRELOAD], env: { TEST_ON_WINCH: deed } }
    const bot = await stage.online(options)
    expect(await stage.ask('编号1')).toBe('收到1')
    // Before that the crash may make a double, as the promise says.
    await bot.waitForText(/"to":"sent"/)
    bot.process.kill('SIGWINCH')
    const { code, stdout, stderr } = await bot.finished
    expect(code).toBe(70)
    const last = stdout.trim().split('\n').at(-1) ?? ''
    expect(JSON.parse(last)).toMatchObject({ level: 'fatal', problem: expect.stringContaining('planted') })
    expect(stderr).toContain('internal error')
    await stage.online()
    expect(await stage.ask('编号2')).toBe('收到2')
    expect(replies()).toEqual(['收到1', '收到2'])
  })
})
