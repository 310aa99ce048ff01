import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from '@jest/globals'
import { FAST_SETTINGS } from '../support/shop.ts'
import { loggedIn, moved, scan, state } from './login-acts.ts'
import { Stage } from './stage.ts'

let stage: Stage

afterEach(async () => {
  await stage.close()
})

describe('who may log in', () => {
  test('F57, T8: another account than the first is refused, logged out again, and leaves no trace', async () => {
    stage = await Stage.open({ phone: 'manual' })
    const bot = await loggedIn(stage)
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
    expect((await state(stage)).state).toBe('refused')
    expect(bot.process.exitCode).toBeNull()
    await stage.command('qr', '--refresh')
    await scan(stage)
    await moved(bot, 'online', 2)
    expect(await stage.ask('多少钱')).toContain('苹果')
  })

  test('F51: a barred account is refused in the words of the server, once, and the daemon stays', async () => {
    stage = await Stage.open({ barred: true })
    const bot = stage.shop.run()
    await moved(bot, 'refused')
    expect(bot.stdout).toMatch(/ret 1203.*(网页|登录)/)
    expect((await state(stage)).state).toBe('refused')
    expect((await stage.command('healthcheck')).code).toBe(0)
    expect(stage.requests('webwxnewloginpage')).toHaveLength(1)
    expect(stage.requests('jslogin')).toHaveLength(1)
    expect((await bot.stop()).code).toBe(0)
  })
})

describe('the code', () => {
  test('F55: a new one is drawn when the server calls the old one dead, not before', async () => {
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

  test('F55: a scanned one is not replaced, also not by --refresh', async () => {
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

  test('F56: codes that die at once are paced; nothing dead is left on show', async () => {
    stage = await Stage.open({ phone: 'manual', pollHoldMs: 100 })
    stage.simulator.faults.add({ endpoint: 'login', kind: 'raw:window.code=400;' })
    const bot = stage.shop.run()
    await bot.waitForText(/二维码换得太快/)
    expect(stage.requests('jslogin').length).toBeLessThanOrEqual(3)
    expect((await state(stage)).state).toBe('signed-out')
    expect((await stage.command('qr')).code).toBe(1)
    expect((await stage.command('healthcheck')).code).toBe(0)
    expect(existsSync(stage.shop.path('data/qr.png'))).toBe(false)
    stage.simulator.faults.release()
    expect((await stage.command('qr', '--refresh', '--style', 'url')).code).toBe(0)
    await scan(stage)
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
    await scan(stage)
    await moved(bot, 'online')
  })
})
