import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { SimulatorOptions } from '../../src/simulator/server.ts'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { loggedIn as logIn, moved, scan as scanOn, state as stateOf } from './login-acts.ts'
import { Stage } from './stage.ts'

let stage: Stage

afterEach(async () => {
  await stage.close()
})

/** Opens a shop whose phone does nothing by itself and logs in. */
async function loggedIn(options: SimulatorOptions = {}, settings?: string): Promise<Child> {
  stage = await Stage.open({ phone: 'manual', ...options }, settings === undefined ? {} : { settings })
  return await logIn(stage)
}

/** Logged in, thrown out, and logged in again by a scan. */
async function thrownOutOnce(): Promise<Child> {
  const bot = await loggedIn()
  stage.simulator.phone.revoke()
  stage.simulator.kick(1101)
  await moved(bot, 'awaiting-scan', 2)
  await scan()
  await moved(bot, 'online', 2)
  return bot
}

const scan = () => scanOn(stage)
const state = () => stateOf(stage)

describe('a session that the server ends', () => {
  test.each([
    ['F48', 1100],
    ['F49', 1101],
    ['F50', 1102],
  ] as const)('%s: %d is a state: the phone is asked first, then a code is shown', async (_row, code) => {
    const bot = await loggedIn()
    stage.simulator.kick(code)
    await moved(bot, 'expired')
    await stage.nextRequest('webwxpushloginurl', 0)
    await bot.waitForText(/已向手机发出登录请求/)
    expect((await state()).state).toBe('awaiting-confirm')
    await stage.simulator.phone.confirm()
    await moved(bot, 'online', 2)
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect(stage.requests('jslogin')).toHaveLength(1)
    expect(stage.requests('webwxlogout')).toEqual([])
  })

  test.each([
    ['F49', 1101],
    ['F50', 1102],
  ] as const)(
    '%s: a claim of %d is checked once with webwxinit; a session that lives goes on',
    async (_row, code) => {
      const bot = await loggedIn({ pollHoldMs: 500 })
      const { simulator } = stage
      const since = simulator.journal.seq
      const lie = simulator.faults.add({ endpoint: 'synccheck', kind: `ret:${code}`, when: { times: 1 } })
      await stage.nextRequest('webwxinit', since)
      lie.release()
      expect(await stage.ask('多少钱')).toContain('苹果')
      expect(stage.requests('webwxinit', since)).toHaveLength(1)
      expect(bot.stdout).not.toContain('"to":"expired"')
      expect(stage.requests('jslogin')).toHaveLength(1)
      expect(stage.requests('webwxpushloginurl')).toEqual([])
    },
  )

  test('F49: another login that took over is not fought: one request to the phone, then a code that waits', async () => {
    const bot = await loggedIn()
    stage.simulator.kick(1101)
    await bot.waitForText(/已向手机发出登录请求/)
    await stage.simulator.phone.cancel()
    await moved(bot, 'awaiting-scan', 2)
    expect(stage.requests('webwxpushloginurl')).toHaveLength(1)
    expect(stage.requests('jslogin')).toHaveLength(2)
    expect(bot.process.exitCode).toBeNull()
  })

  test('F48: a browser that the phone forgot gets a code', async () => {
    const bot = await loggedIn()
    stage.simulator.phone.revoke()
    stage.simulator.phone.logout()
    await moved(bot, 'awaiting-scan', 2)
    expect((await stage.command('healthcheck')).code).toBe(0)
    await scan()
    await moved(bot, 'online', 2)
    expect(await stage.ask('多少钱')).toContain('苹果')
  })

  test('F50: thrown out twice at once it stops asking, and says so until a person wants a code', async () => {
    const bot = await thrownOutOnce()
    stage.simulator.kick(1102)
    await moved(bot, 'refused')
    expect(bot.stdout).toContain('账号可能被限制')
    expect(await state()).toMatchObject({
      state: 'refused',
      alarms: expect.arrayContaining([expect.objectContaining({ kind: 'refused' })]),
    })
    expect((await stage.command('healthcheck')).code).toBe(0)
    const before = stage.requests('jslogin').length
    expect(before).toBe(2)
    const refreshed = await stage.command('qr', '--refresh', '--style', 'url')
    expect([refreshed.code, refreshed.stderr]).toEqual([0, ''])
    expect(refreshed.stdout).toContain('/qrcode/')
    await scan()
    await moved(bot, 'online', 3)
  })
})

describe('F50: thrown out twice within ten minutes, with a restart between', () => {
  test('F50: the first time is remembered', async () => {
    const bot = await thrownOutOnce()
    await bot.stop('SIGKILL')
    const again = await stage.online()
    stage.simulator.kick(1102)
    await moved(again, 'refused')
    expect(again.stdout).toContain('账号可能被限制')
    expect(stage.requests('jslogin')).toHaveLength(2)
  })
})

describe('F10: only wxreply logout logs out', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
    'not %s: the next start needs no code',
    async (signal) => {
      const bot = await loggedIn()
      const startedAt = Date.now()
      const { code } = await bot.stop(signal)
      expect(Date.now() - startedAt).toBeLessThan(2000)
      expect(code).toBe(signal === 'SIGKILL' ? null : 0)
      await stage.online()
      expect(await stage.ask('多少钱')).toContain('苹果')
      expect(stage.requests('webwxlogout')).toEqual([])
      expect(stage.requests('jslogin')).toHaveLength(1)
    },
  )

  test('wxreply logout does, and the daemon stays', async () => {
    const bot = await loggedIn()
    const { code, stdout } = await stage.command('logout')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/已退出/)])
    expect(stage.requests('webwxlogout')).toHaveLength(1)
    expect(stage.simulator.isLoggedIn).toBe(false)
    expect(existsSync(stage.shop.path('data/session.json'))).toBe(false)
    expect((await state()).state).toBe('signed-out')
    expect((await stage.command('qr', '--refresh', '--style', 'url')).code).toBe(0)
    await scan()
    await moved(bot, 'online', 2)
  })
})

describe('a running daemon answers its owner', () => {
  test('status, qr, contacts, rooms, held, pause, resume', async () => {
    await loggedIn()
    await stage.ask('多少钱')
    const status = await state()
    expect(status).toMatchObject({
      state: 'online',
      isPaused: false,
      nextStep: null,
      counters: { received: 1 },
    })
    expect((await stage.command('status')).stdout).toMatch(/在线/)
    expect((await stage.command('qr')).code).toBe(1)
    const found = await stage.command('contacts', 'find', '张伟')
    expect(found.stdout.trim().split('\n')).toHaveLength(2)
    expect((await stage.command('contacts', 'find', '查无此人')).code).toBe(1)
    expect((await stage.command('rooms')).stdout).toContain('老客户群')
    expect((await stage.command('held')).code).toBe(0)
    expect((await stage.command('pause', '小王', '--for', '1h')).code).toBe(0)
    const before = stage.simulator.sends.length
    stage.simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
    await stage.ask('多少钱', '李姐')
    expect(stage.simulator.sends).toHaveLength(before + 1)
    expect((await stage.command('resume', '小王')).code).toBe(0)
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect((await stage.command('pause', '没这个人')).code).toBe(1)
    expect((await stage.command('pause')).code).toBe(0)
    expect((await state()).isPaused).toBe(true)
    expect((await stage.command('resume')).code).toBe(0)
  })

  test('reload by command and by SIGHUP; mistakes keep the old rules and the login', async () => {
    const bot = await loggedIn({}, `${FAST_SETTINGS}reload: {watch: false}\n`)
    stage.shop.write('rules/10-shop.yml', 'rules:\n  - name: 新\n    when: 多少钱\n    reply: 新价\n')
    expect((await stage.command('reload')).code).toBe(0)
    expect(await stage.ask('多少钱')).toBe('新价')
    stage.shop.write('rules/10-shop.yml', 'rules:\n  - name: 坏\n    when: {regex: "("}\n    reply: x\n')
    const refused = await stage.command('reload')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/10-shop\.yml:3:\d+/)
    expect((await state()).rules).toMatchObject({ reloadError: expect.stringContaining('10-shop.yml:3') })
    expect(await stage.ask('多少钱')).toBe('新价')
    stage.shop.write('rules/10-shop.yml', 'rules:\n  - name: 更新\n    when: 多少钱\n    reply: 更新价\n')
    const printed = bot.stdout.length
    bot.process.kill('SIGHUP')
    await bot.waitFor(() => bot.stdout.slice(printed).includes('"outcome":"reloaded"'))
    expect(await stage.ask('多少钱')).toBe('更新价')
  })

  test('SIGUSR2 prints the code and the state again', async () => {
    stage = await Stage.open({ phone: 'manual' })
    const bot = stage.shop.run()
    await bot.waitForText(/自动换新/)
    bot.process.kill('SIGUSR2')
    await bot.waitFor((output) => output.split('自动换新').length > 2)
    await bot.waitForText(/"event":"status"/)
    expect(stage.requests('jslogin')).toHaveLength(1)
  })
})
