import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'
import { TOLD_ONLINE } from './stage.ts'

const PATIENCE_MS = 150_000
const ends: (() => unknown)[] = []
const tls = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
const PRELOAD = new URL('../support/dns-preload.mjs', import.meta.url).href

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

async function answered(simulator: Simulator, withinMs: number): Promise<void> {
  const since = simulator.journal.seq
  simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
  await simulator.waitFor((note) => note.kind === 'sent' && note.text.startsWith('苹果'), {
    since,
    signal: AbortSignal.timeout(withinMs),
  })
}

test.each(['ENOTFOUND', 'EAI_AGAIN', 'slow'])(
  'F28: names that do not resolve (%s): backing off, then served within 30 seconds',
  async (trouble) => {
    const simulator = await startSimulator({
      phone: 'auto',
      pollHoldMs: 1000,
      tls: { key: readFileSync(tls('server.key'), 'utf8'), cert: readFileSync(tls('server.pem'), 'utf8') },
    })
    ends.push(() => simulator.close())
    const shop = new Shop({ settings: FAST_SETTINGS })
    ends.push(() => shop.close())
    const file = shop.path('dns-trouble')
    writeFileSync(file, trouble)
    const bot = shop.run({
      nodeArgs: ['--import', PRELOAD],
      env: {
        TEST_HTTPS_PORT: String(simulator.port),
        TEST_DNS_TROUBLE: file,
        NODE_EXTRA_CA_CERTS: tls('ca.pem'),
      },
    })
    await bot.waitForText(trouble === 'slow' ? /timeout/ : new RegExp(trouble.toLowerCase()))
    rmSync(file)
    const mended = AbortSignal.timeout(30_000)
    await Promise.race([
      bot.waitForText(TOLD_ONLINE),
      once(mended, 'abort').then(() => Promise.reject(new Error('not online within 30 seconds'))),
    ])
    await answered(simulator, 30_000)
    expect([simulator.generation, bot.process.exitCode]).toEqual([1, null])
  },
  PATIENCE_MS,
)
