import { type Asked, type Problem, type Recording, type SentEntry, sentOf } from './checker-recording.ts'

/** Differences of clocks and the time of one request. */
const TOLERANCE_MS = 2000
/** An attempt of unknown outcome may be repeated for so long after it began. */
const RESEND_MS = 60_000

interface Place {
  readonly asked: Asked
  readonly part: number
  /** Position among all replies of its chat, in the order of the messages. */
  readonly rank: number
}

/** What every reply is about, by its text. */
export function placesOf({ asked }: Recording): Map<string, Place> {
  const ranks = new Map<string, number>()
  const places = new Map<string, Place>()
  for (const message of [...asked].sort((a, b) => a.seq - b.seq)) {
    message.replies.forEach((text, part) => {
      const rank = ranks.get(message.chat) ?? 0
      ranks.set(message.chat, rank + 1)
      places.set(text, { asked: message, part, rank })
    })
  }
  return places
}

/** Every send must be a reply to its message, in its chat, after it and in time, in the order of the chat. */
export function checkSends(recording: Recording): Problem[] {
  const places = placesOf(recording)
  const forbidden = new Set(recording.asked.flatMap((message) => message.forbidden))
  const reached = new Map<string, number>()
  const seen = new Set<string>()
  return sentOf(recording).flatMap((sent) => {
    const place = places.get(sent.text)
    if (place === undefined) return [unknown(sent, forbidden)]
    const problems = [
      ...checkPlace(sent, place.asked),
      ...checkTime(sent, place.asked, recording.replyTtlMs + (seen.has(sent.text) ? RESEND_MS : 0)),
      ...checkOrder(sent, place, reached),
    ]
    seen.add(sent.text)
    return problems
  })
}

function unknown({ text, chat, seq }: SentEntry, forbidden: ReadonlySet<string>): Problem {
  return forbidden.has(text)
    ? { code: 'answered-silent', seq, text: `${text}: this message must stay unanswered` }
    : { code: 'unknown-text', seq, text: `${text} in ${chat} answers nothing` }
}

function checkPlace({ chat, text, seq }: SentEntry, asked: Asked): Problem[] {
  return chat === asked.chat
    ? []
    : [{ code: 'wrong-chat', seq, text: `${text} went to ${chat}, not to ${asked.chat}` }]
}

function checkTime({ seq, at, text }: SentEntry, asked: Asked, ttlMs: number): Problem[] {
  if (seq <= asked.seq) return [{ code: 'early', seq, text: `${text} was said before its message came` }]
  const ageMs = at - asked.at
  return ageMs > ttlMs + TOLERANCE_MS
    ? [{ code: 'late', seq, text: `${text} was said after ${ageMs} ms` }]
    : []
}

function checkOrder(
  { chat, seq, text }: SentEntry,
  { rank }: Place,
  reached: Map<string, number>,
): Problem[] {
  const last = reached.get(chat) ?? -1
  reached.set(chat, Math.max(last, rank))
  return rank < last
    ? [{ code: 'out-of-order', seq, text: `${text} came after a later reply in ${chat}` }]
    : []
}

/** Every message must be answered or accounted for, and what the store says must be true. */
export function checkAnswers(recording: Recording): Problem[] {
  const said = new Set(sentOf(recording).map((sent) => sent.text))
  const left = new Map(recording.left.map((step) => [`${step.msgId}#${step.part}`, step]))
  const problems: Problem[] = []
  for (const { msgId, replies, seq } of recording.asked) {
    replies.forEach((text, part) => {
      const state = left.get(`${msgId}#${part}`)?.state
      if (state === 'waiting')
        problems.push({ code: 'undrained', seq, text: `${text} still waits at the end` })
      else if (state === undefined && !said.has(text)) {
        problems.push({ code: 'lost', seq, text: `${text} was neither said nor is it accounted for` })
      } else if ((state === 'expired' || state === 'cancelled') && said.has(text)) {
        problems.push({ code: 'false-report', seq, text: `${text} was said but is called ${state}` })
      }
    })
  }
  return [...problems, ...checkLeft(recording)]
}

function checkLeft({ asked, left }: Recording): Problem[] {
  const known = new Set(
    asked.flatMap(({ msgId, replies }) => replies.map((_text, part) => `${msgId}#${part}`)),
  )
  return left
    .filter(({ msgId, part }) => !known.has(`${msgId}#${part}`))
    .map(({ msgId, part, state }) => ({
      code: 'false-report' as const,
      seq: 0,
      text: `the store calls ${state} what nobody asked for: ${msgId}#${part}`,
    }))
}
