import type { Entry } from '../../src/simulator/journal.ts'
import { type Problem, type Recording, type SentEntry, sentOf } from './checker-recording.ts'

/** What can leave an outcome unknown: a kill, or an answer that never came or could not be read. */
interface Cause {
  readonly from: number
  readonly until: number
}

/** Sends of one text that follow each other. */
interface Repeat {
  readonly first: SentEntry
  readonly second: SentEntry
}

/** All repeats, in the order of their first sends. */
export function repeatsOf(recording: Recording): Repeat[] {
  const last = new Map<string, SentEntry>()
  const repeats: Repeat[] = []
  for (const sent of sentOf(recording)) {
    const first = last.get(sent.text)
    if (first !== undefined) repeats.push({ first, second: sent })
    last.set(sent.text, sent)
  }
  return repeats.sort((a, b) => a.first.seq - b.first.seq)
}

/** The moments that excuse one unknown outcome each. */
export function causesOf({ kills, journal }: Recording): Cause[] {
  // The answer that a killed process did not wait for is the same unknown outcome as its kill.
  const isOfKill = (seq: number) => kills.some((kill) => kill.from <= seq && seq <= kill.until)
  const unclear = journal
    .filter((entry) => isUnclear(entry) && !isOfKill(entry.seq))
    .map(({ seq }) => ({ from: seq, until: seq }))
  const causes = [...kills.map(({ from, until }) => ({ from, until })), ...unclear]
  return causes.sort((a, b) => a.until - b.until)
}

function isUnclear(entry: Entry): boolean {
  if (!('endpoint' in entry) || entry.endpoint !== 'webwxsendmsg') return false
  if (entry.kind === 'hung-up') return entry.request > 0
  return entry.kind === 'answer' && entry.fault !== undefined && entry.fault !== 'ok'
}

/** A double must be one retry of one reply (one id, one login), with a cause of its own, where doubles may be at all. */
export function checkDoubles(recording: Recording): Problem[] {
  const free = causesOf(recording)
  return repeatsOf(recording).flatMap((repeat) => [
    ...checkRetry(repeat),
    ...checkMode(recording, repeat),
    ...checkCause(free, repeat),
  ])
}

function checkRetry({ first, second }: Repeat): Problem[] {
  const { seq, text } = second
  if (first.generation !== second.generation) {
    return [{ code: 'double-across-logins', seq, text: `${text} was repeated in another login` }]
  }
  return first.clientMsgId === second.clientMsgId
    ? []
    : [{ code: 'double-two-ids', seq, text: `${text} was said under two ids` }]
}

function checkMode({ sendMode, policy }: Recording, { second: { seq, text } }: Repeat): Problem[] {
  const problems: Problem[] = []
  if (sendMode === 'dedupe') {
    problems.push({ code: 'double-on-dedupe', seq, text: `${text} doubled though the server drops repeats` })
  }
  if (policy === 'hold') problems.push({ code: 'double-on-hold', seq, text: `${text} doubled under hold` })
  return problems
}

/** Takes the earliest cause that lies between the two sends out of `free`: it excuses nothing else. */
function checkCause(free: Cause[], { first, second }: Repeat): Problem[] {
  const index = free.findIndex((cause) => cause.until > first.seq && cause.from < second.seq)
  if (index >= 0) {
    free.splice(index, 1)
    return []
  }
  const { seq, text } = second
  return [{ code: 'double-without-cause', seq, text: `${text} doubled, and nothing was left to excuse it` }]
}

/** An id names one reply for ever, and as many replies are held at most as outcomes were unknown. */
export function checkIds(recording: Recording): Problem[] {
  const texts = new Map<string, string>()
  const problems: Problem[] = []
  for (const { clientMsgId, text, seq } of sentOf(recording)) {
    const known = texts.get(clientMsgId) ?? text
    if (known !== text) problems.push({ code: 'id-reused', seq, text: `one id for ${known} and ${text}` })
    texts.set(clientMsgId, text)
  }
  const held = recording.left.filter((step) => step.state === 'held').length
  const causes = causesOf(recording).length
  if (held > causes) {
    problems.push({ code: 'held-without-cause', seq: 0, text: `${held} held, ${causes} causes` })
  }
  return problems
}
