import { systemClock } from '../../src/support/clock.ts'
import { seededRandom } from '../../src/support/random.ts'
import { type Mode, Stand } from './chaos-stand.ts'
import type { Recording } from './checker.ts'

export interface KillPlan extends Mode {
  readonly seed: string
  readonly kills: number
  /** Messages per second. */
  readonly rate: number
  /** Told after each kill. */
  readonly onKill?: (count: number, stand: Stand) => void
}

/** A share of the kills meets a process that just starts; the others one that works. */
const WHILE_STARTING = 0.2
const START_MS = 1200
const WORK_MS = 2500
/** How often the crowd speaks; the rate decides how much at once. */
const TICK_MS = 20
/** So long without a send, and the rest is not coming. */
const STALL_MS = 60_000

/** Kills a daemon under load at random points, lets the last one finish its work and returns the record. */
export async function runKills(plan: KillPlan): Promise<Recording> {
  const stand = await Stand.open(plan)
  const quiet = new AbortController()
  try {
    await stand.startOnline()
    const talking = talk(stand, plan.rate, quiet.signal)
    await killAll(stand, plan)
    quiet.abort()
    await talking
    await stand.drained(STALL_MS)
    await stand.stop()
    return stand.recording()
  } finally {
    quiet.abort()
    await stand.close()
  }
}

async function killAll(stand: Stand, { kills, seed, onKill }: KillPlan): Promise<void> {
  const random = seededRandom(`${seed}/kills`)
  for (let count = 1; count <= kills; count++) {
    if (random.next() < WHILE_STARTING) await systemClock.sleep(random.next() * START_MS)
    else {
      await stand.daemon?.online
      await systemClock.sleep(random.next() * WORK_MS)
    }
    stand.throwIfDead()
    await stand.kill()
    stand.start()
    onKill?.(count, stand)
  }
}

/** Speaks at a steady rate, and catches up when the machine was slow. */
export async function talk(stand: Stand, rate: number, quiet: AbortSignal): Promise<void> {
  const began = systemClock.monotonic()
  for (let said = 0; !quiet.aborted; ) {
    const due = ((systemClock.monotonic() - began) / 1000) * rate
    for (; said < due; said++) stand.crowd.speak()
    await systemClock.sleep(TICK_MS, quiet).catch(() => {})
  }
}
