import type { Child } from '../support/child.ts'
import { noteServed } from '../support/served.ts'
import type { Wrong } from './garbage.ts'
import { Stage, TOLD_ONLINE } from './stage.ts'

/** The bound on requests in any fault: two a second on average over ten seconds. */
export const WINDOW_MS = 10_000
export const MAX_IN_WINDOW = 20

/** What one wrong answer did to a daemon. */
export interface Trial {
  /** When each of the wrong answers was asked for, milliseconds. */
  readonly asked: readonly number[]
  /** All requests while the fault held. */
  readonly requests: number
  /** From the end of the fault to the reply to a message. */
  readonly servedAfterMs: number
  readonly reply: string
  /** States it went through while the fault held. */
  readonly states: readonly string[]
  readonly codes: number
  readonly isUp: boolean
  readonly output: string
}

/** Where and how a wrong answer is given. */
export interface Plan {
  readonly endpoint: string
  readonly wrong: Wrong
  /** To a daemon that is online, or to one that just starts. */
  readonly when: 'online' | 'start'
  /** How many of them; `window`: as many as it asks for in ten seconds. */
  readonly times: number | 'window'
}

/** A daemon that gets no answer asks again only after its deadline; one such answer must do. */
const SILENT = /^(hang|trickle)/

/** Gives wrong answers, then right ones, and asks something. Always cleans up behind itself. */
export async function tryWrong(plan: Plan): Promise<Trial> {
  const stage = await Stage.open({ pollHoldMs: plan.times === 'window' ? 5000 : 1000 })
  try {
    const bot = plan.when === 'online' ? await stage.online() : stage.shop.run()
    return await suffer(stage, bot, plan)
  } finally {
    await stage.close()
  }
}

async function suffer(stage: Stage, bot: Child, { endpoint, wrong, times }: Plan): Promise<Trial> {
  const { simulator } = stage
  const from = bot.stdout.length
  const since = simulator.journal.seq
  const fault = simulator.faults.add({ endpoint, kind: wrong.kind })
  const isAsked = (note: { kind: string }) =>
    'endpoint' in note &&
    (endpoint === '*' || note.endpoint === endpoint) &&
    (note.kind === 'request' || isCut(note))
  let seq = since
  const atLeast = times === 'window' || SILENT.test(wrong.kind) ? 1 : times
  for (let hit = 0; hit < atLeast; hit++) {
    seq = (await simulator.waitFor((note) => isAsked(note), { since: seq })).seq
  }
  if (times === 'window') await countdown(stage, seq - 1)
  const entries = simulator.journal.since(times === 'window' ? seq - 1 : since)
  const states = statesOf(bot, from)
  fault.release()
  const ended = Date.now()
  const reply = await Promise.race([askWhenOnline(stage, bot), bot.finished.then(() => 'it ended')])
  const servedAfterMs = Date.now() - ended
  noteServed(servedAfterMs)
  return {
    asked: entries.filter((entry) => isAsked(entry)).map((entry) => entry.at),
    requests: entries.filter((entry) => entry.kind === 'request' || isCut(entry)).length,
    servedAfterMs,
    reply,
    states,
    codes: stage.requests('jslogin').length,
    isUp: bot.process.exitCode === null,
    output: bot.output,
  }
}

/** A connection that was cut before the request was read is a request, too. */
function isCut(note: object): boolean {
  return 'kind' in note && note.kind === 'hung-up' && 'request' in note && note.request === 0
}

/** Ends with the window, or as soon as one request too many was made. */
async function countdown(stage: Stage, since: number): Promise<void> {
  const window = AbortSignal.timeout(WINDOW_MS)
  let seq = since
  for (let count = 0; count <= MAX_IN_WINDOW; count++) {
    const next = await stage.simulator
      .waitFor((note) => note.kind === 'request' || isCut(note), { since: seq, signal: window })
      .catch(() => null)
    if (next === null) return
    seq = next.seq
  }
}

function statesOf(bot: Child, from: number): string[] {
  const told = bot.stdout.slice(from).matchAll(/"event":"connection","from":"[a-z-]+","to":"([a-z-]+)"/g)
  return [...told].map((match) => match[1] ?? '')
}

/** A message that comes while nobody is logged in never reaches anybody. */
async function askWhenOnline(stage: Stage, bot: Child): Promise<string> {
  await bot.waitForText(TOLD_ONLINE)
  return await stage.ask('多少钱')
}

/** Runs plans side by side, a few at a time, in their order; each result is there as soon as it is known. */
export function runTrials(plans: readonly Plan[], atOnce: number): Promise<Trial>[] {
  const running: Promise<unknown>[] = []
  return plans.map((plan, index) => {
    const before = running[index - atOnce] ?? Promise.resolve()
    const result = before.then(() => tryWrong(plan))
    running.push(result.catch(() => {}))
    return result
  })
}
