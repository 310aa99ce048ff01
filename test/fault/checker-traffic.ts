import type { Entry } from '../../src/simulator/journal.ts'
import type { Problem, Recording } from './checker-recording.ts'

type RequestEntry = Extract<Entry, { kind: 'request' }>
type AnswerEntry = Extract<Entry, { kind: 'answer' }>

/** The bound of figure G10: two requests a second, over ten seconds. */
export const WINDOW_MS = 10_000
export const IDLE_IN_WINDOW = 20
/** Reading the account anew: session, address book, rooms. */
export const REQUESTS_PER_START = 15
/** One synccheck announces what one webwxsync brings. */
const REQUESTS_PER_BATCH = 2
/** By how much a window of the sender may shrink on its way to a busy server: at least so much, or a share of it. */
const JITTER_MS = 250
const JITTER_SHARE = 0.02
const SEND = 'webwxsendmsg'

/** What must hold of the requests as such. */
export function checkTraffic(recording: Recording): Problem[] {
  return [
    ...checkJournal(recording),
    ...checkSenders(recording),
    ...checkFlight(recording),
    ...checkIdle(recording),
    ...checkCeiling(recording),
    ...checkManners(recording),
  ]
}

/** A journal that lost entries proves nothing. */
function checkJournal({ journal }: Recording): Problem[] {
  return journal.flatMap((entry, index) =>
    index > 0 && entry.seq !== (journal[index - 1]?.seq ?? 0) + 1
      ? [{ code: 'journal-gap' as const, seq: entry.seq, text: `entries before ${entry.seq} are missing` }]
      : [],
  )
}

function requests({ journal }: Recording): RequestEntry[] {
  return journal.filter((entry) => entry.kind === 'request')
}

/** Sends come from the one account, inside a login that lives. */
function checkSenders(recording: Recording): Problem[] {
  const problems: Problem[] = []
  for (const { endpoint, body, seq } of requests(recording)) {
    if (endpoint === SEND && uinOf(body) !== recording.uin) {
      problems.push({ code: 'other-account', seq, text: `a send by ${uinOf(body)}` })
    }
  }
  let alive = 0
  for (const entry of recording.journal) {
    if (entry.kind === 'session') alive = entry.what === 'opened' ? entry.generation : 0
    if (entry.kind === 'sent' && entry.generation !== alive) {
      problems.push({
        code: 'dead-login',
        seq: entry.seq,
        text: `${entry.text} in login ${entry.generation}`,
      })
    }
  }
  return problems
}

function uinOf(body: string): number | null {
  return Number(/"Uin"\s*:\s*"?(\d+)/.exec(body)?.[1] ?? Number.NaN)
}

/** One send in flight: the next may start when the last was answered or hung up, or its process was killed. */
function checkFlight(recording: Recording): Problem[] {
  const open = new Set<number>()
  let flying: number | null = null
  const problems: Problem[] = []
  for (const entry of recording.journal) {
    if (entry.kind === 'request' && entry.endpoint === SEND) {
      const isOpen = flying !== null && open.has(flying)
      if (isOpen && !wasKilledBetween(recording, flying ?? 0, entry.seq)) {
        problems.push({ code: 'two-in-flight', seq: entry.seq, text: `while ${flying} was not answered` })
      }
      flying = entry.seq
      open.add(entry.seq)
    }
    if (entry.kind === 'answer' || entry.kind === 'hung-up') open.delete(entry.request)
  }
  return problems
}

function wasKilledBetween({ kills }: Recording, from: number, until: number): boolean {
  return kills.some((kill) => kill.until > from && kill.from < until)
}

/** Requests that brought nothing, in any window: the sum that a fault must not drive up. */
function checkIdle(recording: Recording): Problem[] {
  const events = idleEvents(recording)
  let tail = 0
  let sum = 0
  for (const { at, seq, weight } of events) {
    sum += weight
    while ((events[tail]?.at ?? at) <= at - WINDOW_MS) {
      sum -= events[tail]?.weight ?? 0
      tail++
    }
    if (sum > IDLE_IN_WINDOW) {
      return [{ code: 'runaway', seq, text: `${sum} requests without work in ${WINDOW_MS} ms` }]
    }
  }
  return []
}

/** Requests count; starts, sends that were taken and answers that bring messages give credit. */
function idleEvents({ journal, starts }: Recording): { at: number; seq: number; weight: number }[] {
  const credit = starts.map((at) => ({ at, seq: 0, weight: -REQUESTS_PER_START }))
  const charged = journal.flatMap((entry) => {
    const { at, seq } = entry
    if (entry.kind === 'request') return [{ at, seq, weight: 1 }]
    if (entry.kind === 'sent' || entry.kind === 'send-repeated') return [{ at, seq, weight: -1 }]
    if (entry.kind === 'hung-up' && entry.request === 0) return [{ at, seq, weight: 1 }]
    return isBatch(entry) ? [{ at, seq, weight: -REQUESTS_PER_BATCH }] : []
  })
  return [...credit, ...charged].sort((a, b) => a.at - b.at || a.weight - b.weight)
}

function isBatch(entry: Entry): entry is AnswerEntry {
  return entry.kind === 'answer' && (entry.delivered?.length ?? 0) > 0
}

/** The operator's limit holds at the server, whatever was killed in between. */
function checkCeiling(recording: Recording): Problem[] {
  const { ceiling } = recording
  if (ceiling === null) return []
  const { max, inMs } = ceiling
  const least = inMs - Math.max(JITTER_MS, JITTER_SHARE * inMs)
  const sends = requests(recording).filter((entry) => entry.endpoint === SEND)
  return sends.flatMap(({ at, seq }, index) => {
    const spanMs = at - (sends[index - max]?.at ?? Number.NEGATIVE_INFINITY)
    return spanMs < least ? [{ code: 'ceiling' as const, seq, text: `${max + 1} sends in ${spanMs} ms` }] : []
  })
}

/** Nobody but the owner logs out; the process ends only when told to; the server finds nothing to blame. */
function checkManners({ journal, deaths }: Recording): Problem[] {
  const problems = journal.flatMap((entry): Problem[] => {
    if (entry.kind === 'request' && entry.endpoint === 'webwxlogout') {
      return [{ code: 'logout', seq: entry.seq, text: 'the session was given up' }]
    }
    if (entry.kind !== 'violation') return []
    return [{ code: 'violation', seq: entry.seq, text: `${entry.endpoint}: ${entry.text}` }]
  })
  return [...problems, ...deaths.map((text) => ({ code: 'died' as const, seq: 0, text }))]
}
