import { setTimeout as sleep } from 'node:timers/promises'
import { generateWorld } from '../src/simulator/server.ts'
import { type Mode, Stand } from '../test/fault/chaos-stand.ts'
import { check } from '../test/fault/checker.ts'
import { atMost, type Figure } from './table.ts'
import { cpuSecondsOf, percentile } from './vitals.ts'

const MODE: Mode = { init: 'current', send: 'naive', policy: 'resend' }
const CONTACTS = 1000
const BACKLOG = 1000
const FAULT_MS = 20_000
const FLOOD_PER_SECOND = 200
const FLOOD_MS = 10_000
const PROBE_EVERY_MS = 1000
/** So long without a send, and the rest is not coming. */
const STALL_MS = 60_000

/** Figures that need a scene of their own, one after another. */
export async function playPieces(): Promise<Figure[]> {
  return [await coldStart(), await cpuInFault(), await backlog(), ...(await flood())]
}

/** From the start of the process to its first long poll, with a stored session and many contacts. */
async function coldStart(): Promise<Figure> {
  const world = generateWorld({ friends: CONTACTS, rooms: 20, roomMembers: 50 })
  const stand = await Stand.open({ ...MODE, seed: 'cold', simulator: { world } })
  try {
    await stand.startOnline()
    await stand.stop()
    const since = stand.simulator.journal.seq
    const began = performance.now()
    stand.start()
    await stand.simulator.waitFor((entry) => entry.kind === 'request' && entry.endpoint === 'synccheck', {
      since,
    })
    return atMost(
      'G12',
      `cold start to first poll, ${CONTACTS} contacts`,
      (performance.now() - began) / 1000,
      3,
      's',
    )
  } finally {
    await stand.close()
  }
}

/** Processor time while every poll gets a page instead of an answer. */
async function cpuInFault(): Promise<Figure> {
  const stand = await Stand.open({ ...MODE, seed: 'cpu' })
  try {
    await stand.startOnline()
    const pid = stand.daemon?.pid ?? 0
    stand.simulator.faults.add({ endpoint: '*', kind: 'html200' })
    await sleep(PROBE_EVERY_MS)
    const before = cpuSecondsOf(pid)
    await sleep(FAULT_MS)
    const after = cpuSecondsOf(pid)
    const share = before === null || after === null ? null : (100_000 * (after - before)) / FAULT_MS
    return atMost('G11', 'processor in a fault', share, 5, '% of a core')
  } finally {
    await stand.close()
  }
}

/** From a start after a crash to the last reply of a backlog. */
async function backlog(): Promise<Figure> {
  const stand = await Stand.open({ ...MODE, seed: 'backlog' })
  try {
    await stand.startOnline()
    await stand.kill()
    for (let count = 0; count < BACKLOG; count++) stand.crowd.askOne()
    const began = performance.now()
    stand.start()
    await stand.drained(STALL_MS)
    const took = (stand.lastSendAt() - performance.timeOrigin - began) / 1000
    return atMost('G13', `crash to answered backlog of ${BACKLOG}`, took, 30, 's')
  } finally {
    await stand.close()
  }
}

/** One chat floods; another asks now and then. */
async function flood(): Promise<Figure[]> {
  const stand = await Stand.open({ ...MODE, seed: 'flood' })
  try {
    await stand.startOnline()
    const waits: Promise<number>[] = []
    const began = performance.now()
    for (let said = 0; performance.now() - began < FLOOD_MS; ) {
      const due = ((performance.now() - began) / 1000) * FLOOD_PER_SECOND
      for (; said < due; said++) stand.crowd.askFrom(0)
      if (waits.length < (performance.now() - began) / PROBE_EVERY_MS) waits.push(waitOf(stand))
      await sleep(10)
    }
    await stand.drained(STALL_MS)
    await stand.stop()
    const { figures } = check(stand.recording())
    const name = `flood of ${FLOOD_PER_SECOND}/s for ${FLOOD_MS / 1000} s`
    return [
      atMost('G21', `${name}: lost`, figures.lost, 0, ''),
      atMost('G21', `${name}: the other chat waits`, percentile(await Promise.all(waits), 1) / 1000, 5, 's'),
    ]
  } finally {
    await stand.close()
  }
}

async function waitOf(stand: Stand): Promise<number> {
  const began = performance.now()
  const asked = stand.crowd.askFrom(1)
  await stand.simulator.waitFor((entry) => entry.kind === 'sent' && entry.text === asked.replies[0], {
    since: asked.seq,
  })
  return performance.now() - began
}
