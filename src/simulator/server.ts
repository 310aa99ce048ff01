import { type Acts, actsOf } from './acts.ts'
import { controlDoor } from './control.ts'
import { Core } from './core.ts'
import { deliver } from './deliver.ts'
import type { Fault, FaultSpec } from './faults.ts'
import { FaultTable } from './faults.ts'
import type { Entry, Journal, Send } from './journal.ts'
import type { Delivery } from './messages.ts'
import { type Phone, phoneOf } from './phone.ts'
import { type SimulatorOptions, settle } from './settings.ts'
import { listen, type SideDoor } from './transport.ts'
import { type Troubles, troublesOf } from './troubles.ts'
import type { World } from './world.ts'

export type { Delivery } from './messages.ts'
export type { SimulatorOptions } from './settings.ts'
export { readWorld } from './world-file.ts'
export { DEFAULT_WORLD, generateWorld, type WorldSpec } from './world-spec.ts'

/** A WeChat web server on loopback with one account behind it. */
export interface Simulator extends Acts, Troubles {
  /** Base of all five addresses a client takes (login, api, file, push, qr). */
  readonly url: string
  readonly port: number
  /** The account's address book and rooms; to change them so that clients notice, use `deliver` and the acts below. */
  readonly world: World
  readonly phone: Phone
  readonly faults: {
    add(spec: FaultSpec): Fault
    /** Releases one fault, or all. */
    release(id?: number): void
    list(): readonly Fault[]
  }
  readonly journal: Journal
  /** Sends that were taken, oldest first. */
  readonly sends: readonly Send[]
  /** What clients did wrong, as sentences; empty for a good client. */
  readonly violations: readonly string[]
  /** TCP connections accepted so far. */
  readonly connections: number
  readonly isLoggedIn: boolean
  /** How many logins there were; every one has its own UserNames. */
  readonly generation: number
  /** The UserName of a world reference in the current login. Throws when nobody is logged in. */
  userName(reference: string): string
  /** Brings a message to the account; returns its MsgId. */
  deliver(delivery: Delivery): string
  /** Resolves with the first journal entry after number `since` that matches, now or later. */
  waitFor(
    matches: (entry: Entry) => boolean,
    options?: { since?: number; signal?: AbortSignal },
  ): Promise<Entry>
  /** Ends every socket at once and stops listening. */
  close(): Promise<void>
}

/** Starts a simulator. Rejects when the address cannot be had. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const settings = settle(options)
  const core = new Core(settings, new FaultTable(settings.random))
  let door: SideDoor = () => false
  const transport = await listen(core, (request, response) => door(request, response))
  const scheme = settings.tls === null ? 'http' : 'https'
  const url = `${scheme}://${settings.host}:${transport.port}`
  core.publicBase = settings.tls === null ? url : `https://${settings.apiHost}`
  const simulator: Simulator = Object.freeze({
    url,
    port: transport.port,
    world: core.world,
    phone: phoneOf(core),
    faults: core.faults,
    journal: core.journal,
    get sends() {
      return core.journal.sends
    },
    get violations() {
      return core.journal.violations
    },
    get connections() {
      return transport.connections
    },
    get isLoggedIn() {
      return core.session !== null
    },
    get generation() {
      return core.sessions.length
    },
    userName(reference: string) {
      if (core.session === null) throw new Error('nobody is logged in')
      return core.session.names.nameOf(core.world.resolve(reference))
    },
    deliver: (delivery: Delivery) => deliver(core, delivery),
    waitFor: (...rest: Parameters<Journal['waitFor']>) => core.journal.waitFor(...rest),
    ...actsOf(core),
    ...troublesOf(core),
    close() {
      core.stop.abort()
      return transport.close()
    },
  })
  if (settings.control) door = controlDoor(simulator, (ms, signal) => settings.clock.sleep(ms, signal))
  return simulator
}
