import { expect } from '@jest/globals'
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts'
import { Inside } from '../support/inside.ts'
import { LeapClock } from '../support/leap-clock.ts'
import { Shop } from '../support/shop.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const ECHO_RULES = `
rules:
  - name: 都答
    when: any
    reply: 收到{{text}}
`

const ends: (() => Promise<void>)[] = []

/** Ends everything that was played; for `afterEach`. */
export async function endAll(): Promise<void> {
  for (const end of ends.splice(0).reverse()) await end()
}

/** Has something ended with the rest. */
export function endLater(end: () => Promise<void>): void {
  ends.push(end)
}

export interface Played {
  readonly clock: LeapClock
  readonly simulator: Simulator
  readonly shop: Shop
  readonly bot: Inside
}

export interface Play {
  readonly rules?: string
  readonly settings?: string
  readonly simulator?: SimulatorOptions
  readonly clock?: LeapClock
  readonly env?: Readonly<Record<string, string>>
}

/** A shop, its server and its daemon on one clock that leaps; nobody is logged in yet unless the phone is quick. */
export async function begin(options: Play = {}): Promise<Played> {
  const clock = options.clock ?? new LeapClock()
  const simulator = await startSimulator({ phone: 'auto', clock, ...options.simulator })
  endLater(() => simulator.close())
  clock.standStillWhile(answering(simulator))
  const settings = `server: {listen: off}\nreload: {watch: false}\n${options.settings ?? ''}`
  const shop = new Shop({ url: simulator.url, settings, rules: options.rules ?? ECHO_RULES })
  endLater(() => shop.close())
  return { clock, simulator, shop, bot: start(shop, clock, options.env) }
}

/** The same, when it is online. */
export async function play(options: Play = {}): Promise<Played> {
  const played = await begin(options)
  expect(await played.clock.until(() => played.bot.state === 'online')).toBe(true)
  return played
}

/** True while the server works on a request that it does not hold on purpose. */
function answering({ journal }: Simulator): () => boolean {
  const open = new Set<number>()
  let seq = 0
  return () => {
    for (const note of journal.since(seq)) {
      seq = note.seq
      if (note.kind === 'request' && !['synccheck', 'login'].includes(note.endpoint)) open.add(note.seq)
      if (note.kind === 'answer' || note.kind === 'hung-up') open.delete(note.request)
    }
    return open.size > 0
  }
}

/** Starts a daemon on this shop, also after another one was stopped. */
export function start(shop: Shop, clock: LeapClock, env: Readonly<Record<string, string>> = {}): Inside {
  const bot = new Inside(shop, clock, env)
  clock.standStillWhile(() => bot.isSending)
  endLater(() => bot.stop())
  return bot
}

/** The most entries of `times` that any window of `ms` holds. */
export function most(times: readonly number[], ms: number): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + ms).length))
}

/** When something was sent, to this chat or to any. */
export function sendTimes(simulator: Simulator, chat: string | null = null): number[] {
  return simulator.journal
    .since()
    .flatMap((note) => (note.kind === 'sent' && (chat === null || note.chat === chat) ? [note.at] : []))
}
