import { DatabaseSync } from 'node:sqlite'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { systemClock } from '../../src/support/clock.ts'
import { seededRandom } from '../../src/support/random.ts'
import { type ControlClient, connectControl } from '../../src/web/control-client.ts'
import { Shop } from '../support/shop.ts'
import { Daemon, type DaemonStart } from './chaos-daemon.ts'
import { CROWD, CROWD_RULES, Crowd, crowdSettings } from './chaos-world.ts'
import type { Kill, Left, Recording } from './checker.ts'

/** One of the server's modes with one of our policies. */
export interface Mode {
  readonly init: 'current' | 'replay'
  readonly send: 'naive' | 'dedupe'
  readonly policy: 'resend' | 'hold'
}

export interface StandOptions extends Mode {
  readonly seed: string
  readonly pollHoldMs?: number
  readonly ceiling?: { readonly max: number; readonly inMs: number }
  readonly simulator?: SimulatorOptions
}

const REPLY_TTL_MS = 3_600_000
const LOOK_EVERY_MS = 250
/** Calm for so many looks is the end of all work. */
const CALM_LOOKS = 8

type LeftRow = { run: string; position: number; state: string }

/** A server with a crowd and a daemon that may be killed, and the record of what happened to them. */
export class Stand {
  readonly simulator: Simulator
  readonly crowd: Crowd
  readonly shop: Shop
  readonly control: ControlClient
  readonly kills: Kill[] = []
  readonly starts: number[] = []
  readonly deaths: string[] = []
  daemon: Daemon | null = null
  readonly #options: StandOptions
  #isKilling = false

  private constructor(simulator: Simulator, options: StandOptions) {
    const { policy, ceiling } = options
    const limit = ceiling === undefined ? 'off' : `{max: ${ceiling.max}, in: ${ceiling.inMs / 1000}s}`
    this.simulator = simulator
    this.#options = options
    this.crowd = new Crowd(simulator, seededRandom(`${options.seed}/crowd`))
    this.shop = new Shop({
      url: simulator.url,
      settings: crowdSettings({ policy, limit }),
      rules: CROWD_RULES,
    })
    this.control = connectControl(this.shop.path('data'))
  }

  static async open(options: StandOptions): Promise<Stand> {
    const simulator = await startSimulator({
      world: CROWD,
      phone: 'auto',
      pollHoldMs: options.pollHoldMs ?? 5000,
      initMode: options.init,
      sendMode: options.send,
      journalLimit: 10_000_000,
      ...options.simulator,
    })
    return new Stand(simulator, options)
  }

  /** Starts a process on the same folders; it may be killed before it is online. */
  start(more: Omit<DaemonStart, 'args'> = {}): Daemon {
    const last = this.kills.at(-1)
    // Until now the server may have read what the killed process left in its sockets.
    if (last?.until === Number.POSITIVE_INFINITY) {
      this.kills[this.kills.length - 1] = { ...last, until: this.simulator.journal.seq }
    }
    this.starts.push(systemClock.now())
    const daemon = new Daemon({ args: this.shop.args, ...more })
    this.daemon = daemon
    void daemon.ended.then((how) => {
      if (this.daemon === daemon && !this.#isKilling) this.deaths.push(`${how}\n${daemon.tail}`)
    })
    return daemon
  }

  /** Throws when a process ended by itself: going on would only wait for what cannot come. */
  throwIfDead(): void {
    const [death] = this.deaths
    if (death !== undefined) throw new Error(`the daemon ended by itself: ${death}`)
  }

  /** Starts a process and waits until its connection is up. */
  async startOnline(more: Omit<DaemonStart, 'args'> = {}): Promise<void> {
    await this.start(more).online
    this.throwIfDead()
    const status = await this.control.status()
    if (status.kind !== 'answer' || status.result.rules.count === 0) throw new Error('no rules are loaded')
  }

  /** Kills the process that runs. */
  async kill(): Promise<void> {
    await this.#whileKilling(async (daemon) => await daemon.kill())
  }

  /** Waits for a process that was set up to kill itself. */
  async untilKilled(): Promise<void> {
    await this.#whileKilling(async (daemon) => {
      const how = await daemon.ended
      if (how !== 'SIGKILL') this.deaths.push(`${how}\n${daemon.tail}`)
    })
  }

  async #whileKilling(work: (daemon: Daemon) => Promise<void>): Promise<void> {
    const { daemon, simulator } = this
    if (daemon === null) return
    this.#isKilling = true
    const from = simulator.journal.seq
    await work(daemon)
    this.kills.push({ from, until: Number.POSITIVE_INFINITY, at: systemClock.now() })
    this.daemon = null
    this.#isKilling = false
  }

  /** Asks the process to stop; anything but exit 0 is a death. */
  async stop(): Promise<void> {
    const { daemon } = this
    if (daemon === null) return
    this.#isKilling = true
    const how = await daemon.stop()
    if (how !== 'exit 0') this.deaths.push(`SIGTERM: ${how}\n${daemon.tail}`)
    this.daemon = null
    this.#isKilling = false
  }

  /** Due texts that were not said yet. */
  missing(): Set<string> {
    const missing = new Set(this.crowd.asked.flatMap((asked) => asked.replies))
    for (const { text } of this.simulator.sends) missing.delete(text)
    return missing
  }

  /** When the server took the last send, by the wall clock. */
  lastSendAt(): number {
    return this.simulator.journal.since(0).findLast((entry) => entry.kind === 'sent')?.at ?? 0
  }

  /** Resolves when everything is said, or nothing waits and nothing moves any more, or for `stallMs` nothing was said. */
  async drained(stallMs: number): Promise<void> {
    let end = systemClock.monotonic() + stallMs
    for (let calm = 0, last = -1; calm < CALM_LOOKS && systemClock.monotonic() < end; ) {
      await systemClock.sleep(LOOK_EVERY_MS)
      const answer = await this.control.status()
      const { ready, uncertain } = answer.kind === 'answer' ? answer.result.queue : { ready: 1, uncertain: 0 }
      const said = this.simulator.sends.length
      if (said > last) end = systemClock.monotonic() + stallMs
      const isQuiet = ready + uncertain === 0 && said === last
      calm = isQuiet ? calm + (this.missing().size === 0 ? CALM_LOOKS / 2 : 1) : 0
      last = said
    }
  }

  /** What the stopped daemon's store says about every reply that is not `sent`. */
  left(): Left[] {
    const db = new DatabaseSync(this.shop.path('data', 'store.db'))
    try {
      const rows = db
        .prepare(
          `SELECT r.id AS run, s.position, s.state FROM steps s JOIN runs r ON r.seq = s.run_seq WHERE s.state <> 'sent'`,
        )
        .all() as LeftRow[]
      return rows.map(leftOf)
    } finally {
      db.close()
    }
  }

  /** Everything the checker needs; call it when the daemon is stopped. */
  recording(): Recording {
    const { send, policy, ceiling } = this.#options
    return {
      sendMode: send,
      policy,
      uin: CROWD.self.uin,
      replyTtlMs: REPLY_TTL_MS,
      ceiling: ceiling ?? null,
      asked: this.crowd.asked,
      kills: this.kills,
      starts: this.starts,
      deaths: this.deaths,
      left: this.left(),
      journal: this.simulator.journal.since(0),
    }
  }

  async close(): Promise<void> {
    this.#isKilling = true
    await this.daemon?.kill()
    await this.shop.close()
    await this.simulator.close()
  }
}

const WAITING: readonly string[] = ['ready', 'retry', 'sending', 'uncertain']

/** A run's id holds the id of the server's message between slashes: account/m/message/second|rule. */
function leftOf({ run, position, state }: LeftRow): Left {
  const msgId = /\/m\/([^/]+)\//.exec(run)?.[1] ?? run
  return { msgId, part: position, state: WAITING.includes(state) ? 'waiting' : (state as Left['state']) }
}
