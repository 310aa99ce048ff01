import { once } from 'node:events'
import { connect, createServer as createRelay, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../src/simulator/server.ts'
import { FAST_SETTINGS, Shop } from '../support/shop.ts'
import { TOLD_ONLINE } from './stage.ts'

const PATIENCE_MS = 150_000
const ends: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A wire between the daemon and its server that can fall silent without a word, or be cut. */
class Wire {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isSilent = false

  constructor(port: number) {
    this.#server = createRelay((near) => {
      const far = connect(port, '127.0.0.1')
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from)
        from.on('error', () => {})
        from.on('data', (bytes) => void (this.#isSilent || to.write(bytes)))
        from.on('close', () => void (this.#isSilent || to.destroy()))
      }
      if (this.#isSilent) far.destroy()
    })
  }

  async open(port = 0): Promise<number> {
    this.#server.listen(port, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Nothing passes any more on the connections there are; both ends stay open. */
  silence(): void {
    this.#isSilent = true
  }

  /** New connections work again; those from before stay dead. */
  mend(): void {
    for (const socket of this.#sockets) socket.removeAllListeners('data').removeAllListeners('close')
    this.#isSilent = false
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}

async function serve(
  pollHoldMs = 25_000,
): Promise<{ simulator: Simulator; wire: Wire; port: number; shop: Shop }> {
  const simulator = await startSimulator({ phone: 'auto', pollHoldMs })
  ends.push(() => simulator.close())
  const wire = new Wire(simulator.port)
  const port = await wire.open()
  const url = `http://127.0.0.1:${port}`
  // The server's own address is named, too, since its redirect_uri leads there; every request takes the wire.
  const bases = `{login: "${url}", api: "${url}", file: "${url}", push: "${url}", qr: "${simulator.url}"}`
  const shop = new Shop({ settings: `login: {bases: ${bases}}\n${FAST_SETTINGS}` })
  ends.push(() => shop.close())
  return { simulator, wire, port, shop }
}

async function answered(simulator: Simulator, withinMs: number): Promise<void> {
  const since = simulator.journal.seq
  simulator.deliver({ kind: 'text', from: '小王', text: '多少钱' })
  await simulator.waitFor((note) => note.kind === 'sent' && note.text.startsWith('苹果'), {
    since,
    signal: AbortSignal.timeout(withinMs),
  })
}

describe('the link', () => {
  test(
    'F33: a link that died without a word: noticed by the deadline, served within 45 seconds',
    async () => {
      const { simulator, wire, shop } = await serve()
      ends.push(() => wire.close())
      const bot = shop.run()
      await bot.waitForText(TOLD_ONLINE)
      await answered(simulator, 30_000)
      wire.silence()
      wire.mend()
      await answered(simulator, 45_000)
      expect(simulator.generation).toBe(1)
    },
    PATIENCE_MS,
  )

  test(
    'F31: refused connections: backing off, then served on the same login',
    async () => {
      const { simulator, wire, port, shop } = await serve(1000)
      const bot = shop.run()
      await bot.waitForText(TOLD_ONLINE)
      await wire.close()
      await bot.waitForText(/econnrefused/)
      const again = new Wire(simulator.port)
      ends.push(() => again.close())
      await again.open(port)
      await answered(simulator, 30_000)
      expect(simulator.generation).toBe(1)
      expect(bot.process.exitCode).toBeNull()
    },
    PATIENCE_MS,
  )
})
