import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { startSimulator } from '../../src/simulator/server.ts'
import type { Child } from '../support/child.ts'
import { Numbers, withNumbers } from '../support/numbers.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'

const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
const PRELOAD = new URL('../support/dns-preload.mjs', import.meta.url).href
/** As soon as the settings allow. */
const SETTINGS = `${withNumbers(FAST_SETTINGS)}sync: {stall_after: 10s}\n`
const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A daemon whose WeChat hosts are all this port, and who trusts our authority. */
function run(port: number): Child {
  const shop = new Shop({ settings: SETTINGS })
  ends.push(() => shop.close())
  return shop.run({
    nodeArgs: ['--import', PRELOAD],
    env: { TEST_HTTPS_PORT: String(port), NODE_EXTRA_CA_CERTS: tls('ca.pem') },
  })
}

/** Said, counted, an alarm with the reason in it, on the page; and the daemon lives. */
async function refusedBy(bot: Child, code: string): Promise<void> {
  await bot.waitForText(/"to":"backing-off"/)
  await bot.waitForText(new RegExp(`"alarm":"offline","state":"raised".*${code}`))
  const numbers = await Numbers.of(bot)
  await numbers.become(`reconnects_total{reason="${code}"}`, 1)
  await numbers.become('alarms_active{kind="offline"}', 1)
  expect(bot.process.exitCode).toBeNull()
}

test.each([
  ['expired', 'cert_has_expired'],
  ['wrong-host', 'err_tls_cert_altname_invalid'],
  ['self-signed', 'depth_zero_self_signed_cert'],
])(
  'F30: a certificate that is %s: no request, backing off, an alarm, never downgraded',
  async (name, code) => {
    const simulator = await startSimulator({
      tls: { key: readFileSync(tls(`${name}.key`), 'utf8'), cert: readFileSync(tls(`${name}.pem`), 'utf8') },
    })
    ends.push(() => simulator.close())
    await refusedBy(run(simulator.port), code)
    expect(simulator.journal.since().filter((note) => note.kind === 'request')).toEqual([])
  },
)

/** A server with a good certificate that speaks nothing newer than this; counts who came so far as to say something. */
async function oldServer(
  maxVersion: 'TLSv1.1' | 'TLSv1.2',
): Promise<{ server: Server; port: number; heard(): number }> {
  let heard = 0
  const server = createServer(
    {
      key: readFileSync(tls('server.key')),
      cert: readFileSync(tls('server.pem')),
      minVersion: 'TLSv1',
      maxVersion,
      // Otherwise the library that plays the server would refuse the old version itself.
      ciphers: 'DEFAULT@SECLEVEL=0',
    },
    (socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        heard++
        socket.end('HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
      })
    },
  )
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  const address = server.address()
  return {
    server,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    heard: () => heard,
  }
}

test('F30: a server that speaks only TLS 1.1: no request, backing off, an alarm, never downgraded', async () => {
  const { port, heard } = await oldServer('TLSv1.1')
  await refusedBy(run(port), 'tls-too-old')
  expect(heard()).toBe(0)
})

test('F30: the same server with TLS 1.2 is spoken to', async () => {
  const { port, heard } = await oldServer('TLSv1.2')
  await run(port).waitForText(/"to":"backing-off".*http-503/s)
  expect(heard()).toBeGreaterThan(0)
})
