import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FaultSpec } from '../../src/simulator/faults.ts'
import type { Entry } from '../../src/simulator/journal.ts'
import { systemClock } from '../../src/support/clock.ts'
import { type Random, seededRandom } from '../../src/support/random.ts'
import { type Mode, Stand } from './chaos-stand.ts'
import type { Asked, Recording } from './checker.ts'

/** How the kill finds its point: by the wire, or by the transaction the process is in. */
type Trigger =
  | { readonly kind: 'wire'; readonly fault: FaultSpec; readonly isReached: (entry: Entry) => boolean }
  | { readonly kind: 'transaction'; readonly words: string; readonly isAboutReply: boolean }

interface Point {
  readonly name: string
  readonly what: string
  /** `certain`: nothing was sent or the end is booked; `unsent`/`sent`: unknown, and not accepted or accepted. */
  readonly truth: 'certain' | 'unsent' | 'sent'
  readonly trigger: Trigger
}

const once = { times: 1 }
const isRequest = (endpoint: string) => (entry: Entry) =>
  entry.kind === 'request' && entry.endpoint === endpoint
const inside = (words: string, isAboutReply = false): Trigger => ({
  kind: 'transaction',
  words,
  isAboutReply,
})

/** The crash table; C6 has no row here because no rule can call out yet. */
const POINTS: readonly Point[] = [
  {
    name: 'C1',
    what: 'half of the webwxsync answer has come',
    truth: 'certain',
    trigger: {
      kind: 'wire',
      fault: { endpoint: 'webwxsync', kind: 'hang_mid_body', when: once },
      isReached: isRequest('webwxsync'),
    },
  },
  { name: 'C2', what: 'the answer is in memory', truth: 'certain', trigger: inside('accept inside') },
  {
    name: 'C3',
    what: 'before the commit that stores it',
    truth: 'certain',
    trigger: inside('accept before'),
  },
  { name: 'C4', what: 'stored, not decided', truth: 'certain', trigger: inside('accept after') },
  {
    name: 'C5',
    what: 'before the commit of the decision',
    truth: 'certain',
    trigger: inside('decide before', true),
  },
  { name: 'C7', what: 'decided, not sent', truth: 'certain', trigger: inside('decide after', true) },
  { name: 'C8', what: 'marked as sending, no byte written', truth: 'unsent', trigger: inside('begin after') },
  {
    name: 'C9',
    what: 'the bytes are under way, not accepted',
    truth: 'unsent',
    trigger: {
      kind: 'wire',
      fault: { endpoint: 'webwxsendmsg', kind: 'hang_before_headers', when: once },
      isReached: isRequest('webwxsendmsg'),
    },
  },
  {
    name: 'C10',
    what: 'accepted, the answer has not come',
    truth: 'sent',
    trigger: {
      kind: 'wire',
      fault: { endpoint: 'webwxsendmsg', kind: 'hang_after_accept', when: once },
      isReached: (entry) => entry.kind === 'sent',
    },
  },
  { name: 'C11', what: 'answered, not booked', truth: 'sent', trigger: inside('settle before') },
  { name: 'C12', what: 'booked as sent', truth: 'certain', trigger: inside('settle after') },
]

/** What one kill at one point came to. */
export interface Trial {
  readonly point: string
  readonly what: string
  /** Null when it came out as the table says. */
  readonly problem: string | null
}

export interface PointsPlan extends Mode {
  readonly seed: string
  /** Kills at each point. */
  readonly each: number
}

interface Due {
  readonly sends: number
  readonly isHeld: boolean
}

/** What the crash table says about one reply. */
function dueOf({ truth }: Point, { send, policy }: Mode): Due {
  if (truth === 'certain') return { sends: 1, isHeld: false }
  if (policy === 'hold') return { sends: truth === 'sent' ? 1 : 0, isHeld: true }
  return { sends: truth === 'sent' && send === 'naive' ? 2 : 1, isHeld: false }
}

const TRAP = fileURLToPath(new URL('./chaos-trap.ts', import.meta.url))
const REACHED_MS = 30_000
const SETTLED_MS = 30_000
const LOOK_EVERY_MS = 50
/** How long the half answer lies in the client's buffers before the kill. */
const HALF_MS = 30

/** Kills a daemon at each point of the crash table in turn, round after round. */
export async function runPoints(plan: PointsPlan): Promise<{ trials: Trial[]; recording: Recording }> {
  const stand = await Stand.open({ ...plan, pollHoldMs: 2000 })
  const random = seededRandom(`${plan.seed}/points`)
  const done: { point: Point; asked: Asked }[] = []
  try {
    await stand.startOnline(trapped(stand))
    for (let round = 0; round < plan.each; round++) {
      for (const point of POINTS) {
        const asked = await killAt(stand, point, random)
        done.push({ point, asked })
        await settled(stand, asked, dueOf(point, plan))
      }
    }
    await stand.stop()
    const recording = stand.recording()
    return { trials: done.map(({ point, asked }) => judge(point, asked, recording)), recording }
  } finally {
    await stand.close()
  }
}

function trapped(stand: Stand) {
  return { nodeArgs: ['--import', TRAP], env: { CHAOS_TRAP: stand.shop.path('trap') } }
}

/** Asks one question, kills the daemon when the point is reached, and starts it again. */
async function killAt(stand: Stand, { trigger }: Point, random: Random): Promise<Asked> {
  const asked =
    trigger.kind === 'wire' ? await killOnWire(stand, trigger, random) : await killInside(stand, trigger)
  stand.start(trapped(stand))
  return asked
}

async function killOnWire(
  stand: Stand,
  { fault, isReached }: Extract<Trigger, { kind: 'wire' }>,
  random: Random,
): Promise<Asked> {
  const { simulator } = stand
  const since = simulator.journal.seq
  const trouble = simulator.faults.add(fault)
  const asked = stand.crowd.askOne()
  await simulator.waitFor(isReached, { since, signal: AbortSignal.timeout(REACHED_MS) })
  await systemClock.sleep(random.next() * HALF_MS)
  await stand.kill()
  // Released only when the server has seen the client go: what was not accepted must not be accepted now.
  await simulator.waitFor((entry) => isEnd(entry, fault.endpoint), {
    since,
    signal: AbortSignal.timeout(REACHED_MS),
  })
  trouble.release()
  return asked
}

function isEnd(entry: Entry, endpoint: string): boolean {
  return (entry.kind === 'hung-up' || entry.kind === 'answer') && entry.endpoint === endpoint
}

async function killInside(
  stand: Stand,
  { words, isAboutReply }: Extract<Trigger, { kind: 'transaction' }>,
): Promise<Asked> {
  const number = stand.crowd.nextNumber
  writeFileSync(stand.shop.path('trap'), `${words} ${isAboutReply ? '答' : ''}甲${number}`)
  const asked = stand.crowd.askOne()
  await stand.untilKilled()
  rmSync(stand.shop.path('trap'))
  return asked
}

/** Waits until the reply is where it should be and nothing is under way; at most half a minute. */
async function settled(stand: Stand, { replies, msgId }: Asked, due: Due): Promise<void> {
  const end = systemClock.monotonic() + SETTLED_MS
  while (systemClock.monotonic() < end) {
    const status = await stand.control.status()
    const held = await stand.control.held()
    if (status.kind === 'answer' && held.kind === 'answer') {
      const { ready, uncertain } = status.result.queue
      const isHeld = held.result.some(({ step }) => step.includes(`/${msgId}/`))
      const said = stand.simulator.sends.filter(({ text }) => text === replies[0]).length
      if (ready + uncertain === 0 && said >= due.sends && isHeld === due.isHeld) return
    }
    await systemClock.sleep(LOOK_EVERY_MS)
  }
}

function judge(point: Point, { msgId, replies }: Asked, recording: Recording): Trial {
  const due = dueOf(point, { init: 'current', send: recording.sendMode, policy: recording.policy })
  const sends = recording.journal.filter((entry) => entry.kind === 'sent' && entry.text === replies[0]).length
  const isHeld = recording.left.some((step) => step.msgId === msgId && step.state === 'held')
  const isRight = sends === due.sends && isHeld === due.isHeld
  const problem = isRight
    ? null
    : `${replies[0]}: said ${sends} times${isHeld ? ' and held' : ''}, due ${due.sends}${due.isHeld ? ' and held' : ''}`
  return { point: point.name, what: point.what, problem }
}
