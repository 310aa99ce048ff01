import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from '@jest/globals'
import { startSimulator } from '../../src/simulator/server.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'
import { endAll, endLater } from './clockwork.ts'
import { Stage } from './stage.ts'

afterEach(endAll)

const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
const PRELOAD = new URL('../support/dns-preload.mjs', import.meta.url).href

describe('F54: the login names another host', () => {
  test.each(['wx2.qq.com', 'wx8.qq.com', 'web.wechat.com', 'web2.wechat.com'])(
    'F54: %s is followed: the session lives there, and its cookies go nowhere else',
    async (apiHost) => {
      const simulator = await startSimulator({
        pollHoldMs: 2000,
        phone: 'auto',
        apiHost,
        tls: { key: readFileSync(tls('server.key'), 'utf8'), cert: readFileSync(tls('server.pem'), 'utf8') },
      })
      endLater(() => simulator.close())
      const shop = new Shop({ settings: FAST_SETTINGS })
      endLater(() => shop.close())
      const bot = shop.run({
        nodeArgs: ['--import', PRELOAD],
        env: { TEST_HTTPS_PORT: String(simulator.port), NODE_EXTRA_CA_CERTS: tls('ca.pem') },
      })
      await bot.waitForText(/"to":"online"/)
      simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
      await simulator.waitFor((note) => note.kind === 'sent')
      const requests = simulator.journal.since().flatMap((note) => (note.kind === 'request' ? [note] : []))
      const hostsOf = (pattern: RegExp) =>
        new Set(requests.filter(({ endpoint }) => pattern.test(endpoint)).map(({ host }) => host))
      expect(hostsOf(/^(jslogin|login)$/)).toEqual(new Set(['login.weixin.qq.com']))
      expect(hostsOf(/^webwx/)).toEqual(new Set([apiHost]))
      expect(hostsOf(/^synccheck$/)).toEqual(new Set([`webpush.${apiHost}`]))
      expect(simulator.violations).toEqual([])
      const { cookies } = JSON.parse(shop.read('data/session.json')) as {
        cookies: { key: string; domain: string }[]
      }
      const site = apiHost.split('.').slice(-2).join('.')
      for (const { key, domain } of cookies) expect([key, domain.endsWith(site)]).toEqual([key, true])
    },
  )

  test.each([
    'https://evil.example/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=a&uuid=b',
    'https://wx2.qq.com.evil.example/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=a',
    'https://wx2.qq.com@127.0.0.1:1/x?ticket=a',
    'https://evilqq.com/x?ticket=a',
    'http://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=a',
    'https://wx2.qq.com:8443/x?ticket=a',
    'https://169.254.169.254/latest?ticket=a',
    'http://localhost:9/x?ticket=a',
    'file:///etc/passwd?ticket=a',
    'javascript:alert(1)',
  ])('F54: %s is on no list: refused, said, and another code comes', async (address) => {
    const stage = await Stage.open(
      {},
      { settings: `${FAST_SETTINGS}sync: {backoff: {first: 100ms, max: 1s}}\n` },
    )
    endLater(() => stage.close())
    const body = `window.code=200;window.redirect_uri="${address}";`
    stage.simulator.faults.add({ endpoint: 'login', kind: `raw:${body}`, when: { times: 1 } })
    const bot = await stage.online()
    expect(bot.output).toMatch(/host-not-allowed/)
    expect(stage.requests('webwxnewloginpage')).toHaveLength(1)
    expect(await stage.ask('多少钱')).toContain('苹果')
    expect(bot.output).not.toContain('evil.example')
  })
})
