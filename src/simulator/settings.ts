import type { Clock } from '../support/clock.ts'
import { systemClock } from '../support/clock.ts'
import type { Random } from '../support/random.ts'
import { systemRandom } from '../support/random.ts'
import { DEFAULT_WORLD, type WorldSpec } from './world-spec.ts'

/** How a simulator behaves; every field has a default. */
export interface SimulatorOptions {
  readonly host?: string
  readonly port?: number
  /** PEM texts. With them the server speaks TLS and answers for all real hosts by Host header. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** TLS mode: the host that accounts live on, other than the one they start on. Default `wx2.qq.com`. */
  readonly apiHost?: string
  readonly world?: WorldSpec
  /** Whether webwxinit returns the newest key or the one of the login, so that history comes again. */
  readonly initMode?: 'current' | 'replay'
  /** Whether a second send with a known ClientMsgId is the same send or another one. */
  readonly sendMode?: 'dedupe' | 'naive'
  /** How long the login poll and synccheck are held. Default 25 s. */
  readonly pollHoldMs?: number
  /** Sends of the web session come back through webwxsync. Default false. */
  readonly echoOwn?: boolean
  /** The account may not use web login at all: ret 1203. */
  readonly barred?: boolean
  /** Ret 1203 unless the ticket request carries both desktop headers. */
  readonly webForbidden?: boolean
  /** Records what a client does that the reference calls wrong. Default true. */
  readonly strict?: boolean
  /** Status of the ticket answer; 301 comes without Location. Default 301, as the v2 answer. */
  readonly ticketStatus?: 200 | 301
  /** `auto`: the phone scans and confirms every code at once. Default `manual`. */
  readonly phone?: 'manual' | 'auto'
  /** Contacts per page of webwxgetcontact. Default: what needs no more than 16 pages, at least 10. */
  readonly contactPageSize?: number
  /** Changes per webwxsync answer. Default 50. */
  readonly syncPageSize?: number
  /** Life of an unscanned login code. Default 5 min. */
  readonly codeLifeMs?: number
  /** Draws the PNG of a text, for `/qrcode/<uuid>`; without it that path answers 404. */
  readonly drawQr?: (text: string) => Promise<Uint8Array>
  /** Serves the control calls under `/__sim/` to loopback host names. Default false. */
  readonly control?: boolean
  /** Entries the journal holds before the oldest leave. Default 50,000. */
  readonly journalLimit?: number
  readonly clock?: Clock
  readonly random?: Random
}

/** The options with every gap filled. */
export type Settings = Required<Omit<SimulatorOptions, 'tls' | 'contactPageSize' | 'drawQr'>> & {
  readonly tls: SimulatorOptions['tls'] | null
  readonly contactPageSize: number | null
  readonly drawQr: NonNullable<SimulatorOptions['drawQr']> | null
}

/** Fills the gaps. */
export function settle(options: SimulatorOptions): Settings {
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 0,
    tls: options.tls ?? null,
    apiHost: options.apiHost ?? 'wx2.qq.com',
    world: options.world ?? DEFAULT_WORLD,
    initMode: options.initMode ?? 'current',
    sendMode: options.sendMode ?? 'naive',
    pollHoldMs: options.pollHoldMs ?? 25_000,
    echoOwn: options.echoOwn ?? false,
    barred: options.barred ?? false,
    webForbidden: options.webForbidden ?? false,
    strict: options.strict ?? true,
    ticketStatus: options.ticketStatus ?? 301,
    phone: options.phone ?? 'manual',
    contactPageSize: options.contactPageSize ?? null,
    syncPageSize: options.syncPageSize ?? 50,
    codeLifeMs: options.codeLifeMs ?? 5 * 60_000,
    drawQr: options.drawQr ?? null,
    control: options.control ?? false,
    journalLimit: options.journalLimit ?? 50_000,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}
