import { readFile } from 'node:fs/promises'
import { request } from 'node:https'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'

const pem = (name: string) =>
  readFile(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)), 'utf8')
const API = '/cgi-bin/mmwebwx-bin'

let simulator: Simulator
let ca: string

async function start(certificate = 'server'): Promise<void> {
  const tls = { key: await pem(`${certificate}.key`), cert: await pem(`${certificate}.pem`) }
  simulator = await startSimulator({ tls, phone: 'auto', pollHoldMs: 50 })
}

beforeEach(async () => {
  ca = await pem('ca.pem')
})

afterEach(() => simulator.close())

interface Reply {
  readonly body: string
  readonly cookies: readonly string[]
}

/** Asks under a real host name; only the address is ours. */
function ask(host: string, path: string, cookie = ''): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: simulator.port,
      servername: host,
      ca,
      path,
      headers: { host, cookie },
    }
    const call = request({ ...options, agent: false }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part
      })
      response.on('end', () => resolve({ body, cookies: response.headers['set-cookie'] ?? [] }))
      response.on('error', reject)
    })
    call.on('error', reject).end()
  })
}

async function confirmed(): Promise<URL> {
  const { body } = await ask('login.weixin.qq.com', '/jslogin?appid=wx782c26e4c19acffb&fun=new')
  const uuid = encodeURIComponent(/uuid = "([^"]+)"/.exec(body)?.[1] ?? '')
  const poll = await ask('login.wx.qq.com', `${API}/login?uuid=${uuid}&tip=1`)
  return new URL(/redirect_uri="([^"]+)"/.exec(poll.body)?.[1] ?? '')
}

describe('under the real host names', () => {
  test('the account lives on another host, with cookies for it and its parent', async () => {
    await start()
    const target = await confirmed()
    expect(target.host).toBe('wx2.qq.com')
    const { body, cookies } = await ask(target.host, `${target.pathname}${target.search}&fun=new&version=v2`)
    expect(body).toContain('<ret>0</ret>')
    const heads = cookies.map((line) => /^(\w+)=.*Domain=([^;]+);.*Secure$/.exec(line)?.slice(1).join(' '))
    expect(heads).toEqual([
      'wxuin wx2.qq.com',
      'wxsid wx2.qq.com',
      'wxloadtime wx2.qq.com',
      'mm_lang wx2.qq.com',
      'wxuin .qq.com',
      'webwx_data_ticket .qq.com',
      'webwxuvid wx2.qq.com',
      'webwx_auth_ticket wx2.qq.com',
    ])
  })

  test('the wrong host has no ticket page and no session', async () => {
    await start()
    const target = await confirmed()
    const page = `${target.pathname}${target.search}&fun=new&version=v2`
    expect((await ask('wx.qq.com', page)).body).toContain('<html>')
    const { cookies } = await ask(target.host, page)
    const jar = cookies.map((line) => line.split(';')[0]).join('; ')
    for (const host of ['webpush.wx.qq.com', 'webpush.weixin.qq.com', 'wx2.qq.com']) {
      expect((await ask(host, `${API}/synccheck`, jar)).body).toContain('retcode:"1100"')
    }
    expect((await ask('file.wx2.qq.com', `${API}/webwxgetmsgimg?MsgID=1`, jar)).body).toBe('')
    expect(simulator.violations.filter((text) => text.includes('host of this session'))).toHaveLength(4)
  })

  test('a connection can be reset below TLS', async () => {
    await start()
    simulator.faults.add({ endpoint: 'jslogin', kind: 'reset_after_accept' })
    await expect(ask('login.wx.qq.com', '/jslogin')).rejects.toThrow(/ECONNRESET|hang up/)
    expect(simulator.connections).toBe(1)
  })
})

test.each([
  ['expired', /expired/],
  ['wrong-host', /altnames|does not match/],
  ['self-signed', /self-signed/],
])('the %s certificate is one that nobody should trust', async (certificate, message) => {
  await start(certificate)
  await expect(ask('login.wx.qq.com', '/jslogin')).rejects.toThrow(message)
})
