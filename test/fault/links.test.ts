import { once } from 'node:events'
import { connect, createServer as createRelay, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Entry } from '../../src/simulator/journal.ts'
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

/** The poll that the server holds now, once it has answered everything else. */
async function heldPoll({ journal, waitFor }: Simulator): Promise<Entry> {
  for (let since = 0; ; ) {
    const open = new Map<number, Entry>()
    for (const note of journal.since()) {
      if (note.kind === 'request') open.set(note.seq, note)
      if (note.kind === 'answer' || note.kind === 'hung-up') open.delete(note.request)
    }
    const [poll] = open.values()
    if (open.size === 1 && poll?.kind === 'request' && poll.endpoint === 'synccheck') return poll
    since = journal.seq
    await waitFor(() => true, { since })
  }
}

describe('the link', () => {
  test(
    'F33: a link that died without a word: given up at the deadline of the poll, served within 45 seconds',
    async () => {
      const { simulator, wire, shop } = await serve()
      ends.push(() => wire.close())
      const bot = shop.run()
      await bot.waitForText(TOLD_ONLINE)
      await answered(simulator, 30_000)
      // Nothing is under way but a poll that the server holds.
      await bot.waitForText(/"event":"delivery".*"to":"sent"/)
      const held = await heldPoll(simulator)
      wire.silence()
      wire.mend()
      const since = simulator.journal.seq
      simulator.deliver({ kind: 'text', from: '小王', text: '编号7' })
      const lost = await simulator.waitFor((note) => note.kind === 'answer' && note.request === held.seq, {
        since,
      })
      const poll = await simulator.waitFor(
        (note) => note.kind === 'request' && note.endpoint === 'synccheck',
        { since },
      )
      const served = await simulator.waitFor((note) => note.kind === 'sent' && note.text === '收到7', {
        since,
      })

      // The news went into the dead link; the next poll took another one.
      expect(lost).toMatchObject({ endpoint: 'synccheck' })
      expect('connection' in poll && 'connection' in held && poll.connection !== held.connection).toBe(true)
      expect(poll.at - held.at).toBeGreaterThanOrEqual(35_000)
      expect(served.at - lost.at).toBeLessThanOrEqual(45_000)
      // Nobody told the server either: its end of the old link is still open.
      const told = simulator.journal.since().filter((note) => note.kind === 'hung-up')
      expect(told).toEqual([])
      await bot.waitForText(/"code":"timeout","endpoint":"synccheck"/)
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
