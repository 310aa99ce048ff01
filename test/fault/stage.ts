import type { Entry } from '../../src/simulator/journal.ts'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { Child, type Finished } from '../support/child.ts'
import { serverMode } from '../support/server-mode.ts'
import { Shop } from '../support/shop.ts'

type ShopOptions = NonNullable<ConstructorParameters<typeof Shop>[0]>
type RunOptions = NonNullable<Parameters<Shop['run']>[0]>

/** The line that tells the owner; the same change is told to the developer before, in another line. */
export const TOLD_ONLINE = /"event":"connection","from":"[a-z-]+","to":"online"/

/** A server on loopback, a shop that points at it, and words for what tests say all the time. */
export class Stage {
  readonly simulator: Simulator
  readonly shop: Shop
  readonly #clients: Child[] = []

  private constructor(simulator: Simulator, shop: Shop) {
    this.simulator = simulator
    this.shop = shop
  }

  /** The phone scans and confirms by itself and polls are short, unless the options say otherwise. */
  static async open(simulator: SimulatorOptions = {}, shop: Omit<ShopOptions, 'url'> = {}): Promise<Stage> {
    const server = await startSimulator({ phone: 'auto', pollHoldMs: 1000, ...serverMode(), ...simulator })
    return new Stage(server, new Shop({ ...shop, url: server.url }))
  }

  /** Starts the daemon and waits until it is online. */
  async online(options: RunOptions = {}): Promise<Child> {
    const bot = this.shop.run(options)
    await bot.waitForText(TOLD_ONLINE)
    return bot
  }

  /** Says `text` as a friend; resolves with the text and chat of the first reply to `chat` after that. */
  async ask(text: string, from = '小王'): Promise<string> {
    const since = this.simulator.journal.seq
    this.simulator.deliver({ kind: 'text', from, text })
    const chat = this.simulator.world.resolve(from)
    const entry = await this.simulator.waitFor((note) => note.kind === 'sent' && note.chat === chat, {
      since,
    })
    return entry.kind === 'sent' ? entry.text : ''
  }

  /** Runs another command on the same three folders until it ends. */
  async command(...words: string[]): Promise<Finished> {
    const child = new Child([...words, ...this.shop.args])
    this.#clients.push(child)
    return await child.finished
  }

  /** Requests of this endpoint (all, without one) after entry number `since`. */
  requests(endpoint: string | null = null, since = 0): Entry[] {
    return this.simulator.journal
      .since(since)
      .filter((note) => note.kind === 'request' && (endpoint === null || note.endpoint === endpoint))
  }

  /** The next request of an endpoint after entry number `since`. */
  async nextRequest(endpoint: string, since = this.simulator.journal.seq): Promise<Entry> {
    return await this.simulator.waitFor((note) => note.kind === 'request' && note.endpoint === endpoint, {
      since,
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((child) => child.stop('SIGKILL')))
    await this.shop.close()
    await this.simulator.close()
  }
}
