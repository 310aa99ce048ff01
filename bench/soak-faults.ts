import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultSpec } from '../src/simulator/faults.ts'
import type { Random } from '../src/support/random.ts'
import type { Stand } from '../test/fault/chaos-stand.ts'

const FAULT_MS = 8000
const SERVED_LIMIT_MS = 60_000

/** Transient troubles of every kind; each lasts eight seconds or the stated number of answers. */
const FAULTS: readonly FaultSpec[] = [
  { endpoint: 'synccheck', kind: 'html200' },
  { endpoint: 'webwxsendmsg', kind: 'reset_after_accept', when: { times: 1 } },
  { endpoint: 'webwxsync', kind: 'truncate:60' },
  { endpoint: '*', kind: 'reset_before_read' },
  { endpoint: 'webwxsendmsg', kind: 'status:502', when: { times: 2 } },
  { endpoint: 'synccheck', kind: 'hang_before_headers' },
  { endpoint: 'webwxsync', kind: 'html200' },
  { endpoint: '*', kind: 'status:503' },
  { endpoint: 'webwxsendmsg', kind: 'truncate:10', when: { times: 1 } },
  { endpoint: 'synccheck', kind: 'raw:window.synccheck={retcode:"0",selector:"2"}' },
  { endpoint: 'webwxsync', kind: 'hang_mid_body' },
  { endpoint: 'webwxsendmsg', kind: 'delay:3000', when: { times: 2 } },
  { endpoint: 'webwxsync', kind: 'bad_gzip' },
  { endpoint: '*', kind: 'empty200' },
]

/** One fault and how long after its end the next question was answered. */
export interface Endured {
  readonly fault: string
  readonly servedAfterMs: number
}

/** Plays the n-th fault and waits until a question asked after its end is answered. */
export async function endure(stand: Stand, nth: number, random: Random): Promise<Endured> {
  const { simulator } = stand
  const spec = FAULTS[nth % FAULTS.length] ?? { endpoint: '*', kind: 'ok' }
  await sleep(random.next() * 2000)
  const fault = simulator.faults.add(spec)
  await sleep(FAULT_MS)
  fault.release()
  const began = performance.now()
  const asked = stand.crowd.askOne()
  const signal = AbortSignal.timeout(SERVED_LIMIT_MS)
  await simulator
    .waitFor((entry) => entry.kind === 'sent' && entry.text === asked.replies[0], {
      since: asked.seq,
      signal,
    })
    // Not answered within the limit: the time itself tells.
    .catch(() => undefined)
  return { fault: `${spec.endpoint} ${spec.kind}`, servedAfterMs: performance.now() - began }
}
