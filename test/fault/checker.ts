import { checkDoubles, checkIds, repeatsOf } from './checker-doubles.ts'
import { type Problem, type Recording, sentOf } from './checker-recording.ts'
import { checkAnswers, checkSends } from './checker-replies.ts'
import { checkTraffic } from './checker-traffic.ts'

export type { Asked, Kill, Left, Problem, ProblemCode, Recording } from './checker-recording.ts'

/** What a recording comes to. */
export interface Verdict {
  readonly problems: readonly Problem[]
  readonly figures: {
    /** Messages that were to be answered, and the replies they were due. */
    readonly messages: number
    readonly replies: number
    readonly answered: number
    readonly held: number
    readonly lost: number
    readonly doubles: number
    readonly kills: number
    /** Kills to which no problem can be traced. */
    readonly survived: number
  }
}

/**
 * Judges a recording; reads nothing else and changes nothing. A recording without problems kept the promise: every
 * message answered or accounted for, in order and in its chat, doubles only as one retry of one reply per unknown
 * outcome, none where the server or the policy rules them out.
 */
export function check(recording: Recording): Verdict {
  const problems = [
    ...checkAnswers(recording),
    ...checkSends(recording),
    ...checkDoubles(recording),
    ...checkIds(recording),
    ...checkTraffic(recording),
  ]
  const due = recording.asked.filter((message) => message.replies.length > 0)
  const said = new Set(sentOf(recording).map((sent) => sent.text))
  const replies = due.flatMap((message) => message.replies)
  return {
    problems,
    figures: {
      messages: due.length,
      replies: replies.length,
      answered: replies.filter((text) => said.has(text)).length,
      held: recording.left.filter((step) => step.state === 'held').length,
      lost: problems.filter((problem) => problem.code === 'lost').length,
      doubles: repeatsOf(recording).length,
      kills: recording.kills.length,
      survived: survivedOf(recording, problems),
    },
  }
}

/** Every problem is laid at the door of the last kill before it, or of the first one. */
function survivedOf({ kills }: Recording, problems: readonly Problem[]): number {
  const guilty = new Set(
    problems.map(({ seq }) =>
      Math.max(
        0,
        kills.findLastIndex((kill) => kill.from <= seq),
      ),
    ),
  )
  return Math.max(0, kills.length - guilty.size)
}
