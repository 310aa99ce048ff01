import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { readHalfBlocks } from '../support/qr-reader.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'

const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
const PRELOAD = new URL('../support/dns-preload.mjs', import.meta.url).href

let simulator: Simulator
let shop: Shop

beforeEach(async () => {
  simulator = await startSimulator({
    pollHoldMs: 2000,
    tls: { key: readFileSync(tls('server.key'), 'utf8'), cert: readFileSync(tls('server.pem'), 'utf8') },
  })
  shop = new Shop({ settings: FAST_SETTINGS })
})

afterEach(async () => {
  await shop.close()
  await simulator.close()
})

function run(ca: string | null) {
  return shop.run({
    nodeArgs: ['--import', PRELOAD],
    env: {
      TEST_HTTPS_PORT: String(simulator.port),
      ...(ca === null ? {} : { NODE_EXTRA_CA_CERTS: tls(ca) }),
    },
  })
}

test('T5, T6: the real host names work when only DNS and the authority differ', async () => {
  const bot = run('ca.pem')
  const code = await bot.waitFor((output) => readHalfBlocks(output))
  expect(code).toMatch(/^https:\/\/login\.weixin\.qq\.com\/l\//)
  await simulator.phone.scan()
  await simulator.phone.confirm()
  await bot.waitForText(/"to":"online"/)
  simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
  await simulator.waitFor((note) => note.kind === 'sent' && note.text.startsWith('苹果 8 元'))
  expect(simulator.violations).toEqual([])
})

test('T5: a server without a trusted certificate gets nothing', async () => {
  const bot = run(null)
  await bot.waitForText(/"to":"backing-off"/)
  expect(simulator.journal.since().filter((note) => note.kind === 'request')).toEqual([])
})
