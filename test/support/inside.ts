import { runDaemon } from '../../src/app/daemon.ts'
import type { DaemonExit, DaemonObserver } from '../../src/app/setup.ts'
import { loadConfig } from '../../src/config/load.ts'
import type { ConnectionKind } from '../../src/domain/connection.ts'
import type { Event } from '../../src/domain/event.ts'
import type { Delivery } from '../../src/domain/run.ts'
import type { DeliveryChange } from '../../src/outbox/ports.ts'
import type { Clock } from '../../src/support/clock.ts'
import { createLogger } from '../../src/support/log.ts'
import { seededRandom } from '../../src/support/random.ts'
import { connectControl } from '../../src/web/control-client.ts'
import type { StatusView } from '../../src/web/ports.ts'
import type { Shop } from './shop.ts'

/** The whole daemon inside this process, on a shop's folders and a clock that the test owns. */
export class Inside {
  state: ConnectionKind = 'signed-out'
  readonly deliveries: DeliveryChange[] = []
  readonly decided: { readonly event: Event; readonly outcome: string }[] = []
  readonly alarms: string[] = []
  readonly #sending = new Set<string>()
  readonly #lines: string[] = []
  readonly #end = new AbortController()
  readonly #dataDir: string
  readonly finished: Promise<DaemonExit>

  constructor(shop: Shop, clock: Clock, env: Readonly<Record<string, string>> = {}) {
    const { config, diagnostics } = loadConfig({
      file: shop.path('config/config.yaml'),
      env: { ...env },
      flags: { 'rules.path': shop.path('rules'), 'data.path': shop.path('data') },
      cwd: shop.dir,
    })
    if (config === null) throw new Error(JSON.stringify(diagnostics))
    this.#dataDir = config.data.path
    const setup = {
      config,
      version: '0.0.0-test',
      log: createLogger('debug', { write: (text: string) => void this.#lines.push(text) }),
      print: () => {},
      clock,
      random: seededRandom('inside'),
      observer: this.#observer(),
      ownsProcess: false,
    }
    this.finished = runDaemon(setup, this.#end.signal)
  }

  /** Everything that was logged. */
  get log(): string {
    return this.#lines.join('')
  }

  /** True while a reply is on the wire. */
  get isSending(): boolean {
    return this.#sending.size > 0
  }

  /** What replies have come to, in the order in which it happened. */
  outcomes(...kinds: readonly Delivery['kind'][]): Delivery[] {
    return this.deliveries.map(({ to }) => to).filter(({ kind }) => kinds.includes(kind))
  }

  async status(): Promise<StatusView> {
    const answer = await this.control.status()
    if (answer.kind !== 'answer') throw new Error(JSON.stringify(answer))
    return answer.result
  }

  get control() {
    return connectControl(this.#dataDir)
  }

  async stop(): Promise<void> {
    this.#end.abort()
    await this.finished
  }

  #observer(): DaemonObserver {
    return {
      onConnection: ({ to }) => {
        this.state = to.kind
      },
      onDelivery: (change) => {
        this.deliveries.push(change)
        if (change.to.kind === 'sending') this.#sending.add(change.step)
        else this.#sending.delete(change.step)
      },
      onDecided: (event, { decision }) => {
        const outcome = decision?.kind === 'suppressed' ? decision.reason : (decision?.kind ?? 'none')
        this.decided.push({ event, outcome })
      },
      onAlarm: ({ kind, state }) => {
        this.alarms.push(`${kind} ${state}`)
      },
    }
  }
}
