import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'

const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
const PRELOAD = new URL('../support/dns-preload.mjs', import.meta.url).href

let simulator: Simulator
let shop: Shop

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

test.each([
  ['expired', 'ca.pem', 'cert_has_expired'],
  ['wrong-host', 'ca.pem', 'err_tls_cert_altname_invalid'],
  ['self-signed', 'ca.pem', 'depth_zero_self_signed_cert'],
])(
  'F30: a certificate that is %s: no request, backing off, the reason told, never downgraded',
  async (name, ca, code) => {
    simulator = await startSimulator({
      tls: { key: readFileSync(tls(`${name}.key`), 'utf8'), cert: readFileSync(tls(`${name}.pem`), 'utf8') },
    })
    shop = new Shop({ settings: FAST_SETTINGS })
    const bot = shop.run({
      nodeArgs: ['--import', PRELOAD],
      env: { TEST_HTTPS_PORT: String(simulator.port), NODE_EXTRA_CA_CERTS: tls(ca) },
    })
    await bot.waitForText(/"to":"backing-off"/)
    await bot.waitFor((output) => output.toLowerCase().includes(code))
    expect(simulator.journal.since().filter((note) => note.kind === 'request')).toEqual([])
    expect(bot.process.exitCode).toBeNull()
  },
)
