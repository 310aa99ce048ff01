import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { SimulatorOptions } from '../../src/simulator/server.ts'
import type { Child } from '../support/child.ts'
import { FAST_SETTINGS } from '../support/shop.ts'
import { Stage } from './stage.ts'

let stage: Stage

afterEach(async () => {
  await stage.close()
})

/** Opens a shop whose phone does nothing by itself and logs in. */
async function loggedIn(options: SimulatorOptions = {}, settings?: string): Promise<Child> {
  stage = await Stage.open({ phone: 'manual', ...options }, settings === undefined ? {} : { settings })
  const bot = stage.shop.run()
  await scan()
  await bot.waitForText(/"to":"online"/)
  return bot
}

async function scan(): Promise<void> {
  await stage.simulator.phone.scan()
  await stage.simulator.phone.confirm()
}

async function state(): Promise<Record<string, unknown>> {
  const { stdout, code } = await stage.command('status', '--json')
  expect(code).toBe(0)
  return JSON.parse(stdout) as Record<string, unknown>
}

/** Waits for the n-th time the program says that it moved to this state. */
async function moved(bot: Child, to: string, times = 1): Promise<void> {
  const told = new RegExp(`"event":"connection","from":"[a-z-]+","to":"${to}"`, 'g')
  await bot.waitFor((output) => (output.match(told)?.length ?? 0) >= times)
}

describe('a session that the server ends', () => {
  test.each([1100, 1101, 1102])(
    '%d is a state: the phone is asked first, then a code is shown',
    async (code) => {
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
    },
  )

  test('a browser that the phone forgot gets a code', async () => {
    const bot = await loggedIn()
    stage.simulator.phone.revoke()
    stage.simulator.phone.logout()
    await moved(bot, 'awaiting-scan', 2)
    expect((await stage.command('healthcheck')).code).toBe(0)
    await scan()
    await moved(bot, 'online', 2)
    expect(await stage.ask('多少钱')).toContain('苹果')
  })

  test('thrown out twice at once it stops asking, and says so until a person wants a code', async () => {
    const bot = await loggedIn()
    stage.simulator.phone.revoke()
    stage.simulator.kick(1101)
    await moved(bot, 'awaiting-scan', 2)
    await scan()
    await moved(bot, 'online', 2)
    stage.simulator.kick(1102)
    await moved(bot, 'refused')
    expect((await state()).state).toBe('refused')
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

describe('only wxreply logout logs out', () => {
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

describe('who may log in', () => {
  test('another account than the first is refused, logged out again, and leaves no trace', async () => {
    const bot = await loggedIn()
    stage.simulator.phone.revoke()
    stage.simulator.phone.logout()
    await moved(bot, 'awaiting-scan', 2)
    await stage.simulator.phone.scan({
      id: 'wxid_other',
      uin: 1_000_000_777,
      nickName: '别人',
      signature: '',
    })
    await stage.simulator.phone.confirm()
    await bot.waitForText(/另一个微信号/)
    expect((await state()).state).toBe('refused')
    expect(bot.process.exitCode).toBeNull()
    await stage.command('qr', '--refresh')
    await scan()
    await moved(bot, 'online', 2)
    expect(await stage.ask('多少钱')).toContain('苹果')
  })

  test('a barred account is refused in the words of the server, once, and the daemon stays', async () => {
    stage = await Stage.open({ barred: true })
    const bot = stage.shop.run()
    await moved(bot, 'refused')
    expect(bot.stdout).toMatch(/ret 1203.*(网页|登录)/)
    expect((await state()).state).toBe('refused')
    expect((await stage.command('healthcheck')).code).toBe(0)
    expect(stage.requests('webwxnewloginpage')).toHaveLength(1)
    expect(stage.requests('jslogin')).toHaveLength(1)
    expect((await bot.stop()).code).toBe(0)
  })
})

describe('the code', () => {
  test('a new one is drawn when the server calls the old one dead, not before', async () => {
    stage = await Stage.open({ phone: 'manual', pollHoldMs: 100 })
    const bot = stage.shop.run()
    const first = await bot.waitForText(/qrcode\/(\S+)/)
    let since = 0
    for (let poll = 0; poll < 5; poll++) since = (await stage.nextRequest('login', since)).seq
    expect(stage.requests('jslogin')).toHaveLength(1)
    await stage.simulator.phone.expireQr()
    const second = await bot.waitFor((output) => {
      const codes = [...output.matchAll(/qrcode\/(\S+)/g)].map((match) => match[1])
      return codes.find((code) => code !== first[1])
    })
    expect((await stage.command('qr', '--style', 'url')).stdout).toContain(second)
  })

  test('a scanned one is not replaced, also not by --refresh', async () => {
    stage = await Stage.open({ phone: 'manual', pollHoldMs: 100 })
    const bot = stage.shop.run()
    await stage.simulator.phone.scan()
    await moved(bot, 'awaiting-confirm')
    const { code, stderr } = await stage.command('qr', '--refresh')
    expect([code, stderr]).toEqual([1, expect.stringContaining('扫了码')])
    await stage.simulator.phone.confirm()
    await moved(bot, 'online')
    expect((await stage.command('qr', '--refresh')).stderr).toContain('已经登录')
    expect(stage.requests('jslogin')).toHaveLength(1)
  })

  test('--refresh prints the fresh one, never the one it replaced', async () => {
    stage = await Stage.open({ phone: 'manual' })
    const bot = stage.shop.run()
    const first = (await bot.waitForText(/qrcode\/(\S+)/))[1] ?? ''
    const { stdout, code } = await stage.command('qr', '--refresh', '--style', 'url')
    expect(code).toBe(0)
    expect(stdout).toContain('/qrcode/')
    expect(stdout).not.toContain(first)
    expect(stage.requests('jslogin')).toHaveLength(2)
  })

  test('codes that die at once are paced; nothing dead is left on show', async () => {
    stage = await Stage.open({ phone: 'manual', pollHoldMs: 100 })
    stage.simulator.faults.add({ endpoint: 'login', kind: 'raw:window.code=400;' })
    const bot = stage.shop.run()
    await bot.waitForText(/二维码换得太快/)
    expect(stage.requests('jslogin').length).toBeLessThanOrEqual(3)
    expect((await state()).state).toBe('signed-out')
    expect((await stage.command('qr')).code).toBe(1)
    expect((await stage.command('healthcheck')).code).toBe(0)
    expect(existsSync(stage.shop.path('data/qr.png'))).toBe(false)
    stage.simulator.faults.release()
    expect((await stage.command('qr', '--refresh', '--style', 'url')).code).toBe(0)
    await scan()
    await moved(bot, 'online')
  })

  test('a confirmed login survives a server that fails for a while: nobody scans twice', async () => {
    const settings = `${FAST_SETTINGS}sync: {backoff: {first: 100ms, max: 1s}}\n`
    stage = await Stage.open({}, { settings })
    stage.simulator.faults.add({ endpoint: 'webwxnewloginpage', kind: 'status:502', when: { times: 5 } })
    stage.simulator.faults.add({ endpoint: 'webwxinit', kind: 'reset_after_accept', when: { times: 2 } })
    const bot = stage.shop.run()
    await moved(bot, 'online')
    expect(stage.requests('jslogin')).toHaveLength(1)
    expect(await stage.ask('多少钱')).toContain('苹果')
  })

  test('cancelled on the phone: a new one', async () => {
    stage = await Stage.open({ phone: 'manual', pollHoldMs: 100 })
    const bot = stage.shop.run()
    await stage.simulator.phone.scan()
    await stage.simulator.phone.cancel()
    await moved(bot, 'awaiting-scan', 2)
    await scan()
    await moved(bot, 'online')
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
