import type { StepId } from '../domain/ids.ts'
import type { DeliveryChange } from '../outbox/ports.ts'
import type { Clock } from '../support/clock.ts'
import { spokenDuration } from '../support/duration.ts'
import { withheldPhrase } from './delivery-phrases.ts'
import type { HeldLine, HeldLines } from './held-lines.ts'
import type { Narrator } from './narrator.ts'
import type { Phrase } from './phrases.ts'

/** A reply takes a few seconds, as a person does; who waits longer is told that it waits. */
const HOLD_MS = 10_000

/** A chat as the owner knows it. */
export interface ToldChat {
  readonly name: string
  /** Where the daemon writes to the owner. */
  readonly isOwner: boolean
}

/** One decision whose steps are on their way. */
interface Reply {
  readonly head: Phrase
  readonly fields: Readonly<Record<string, unknown>>
  readonly steps: ReadonlySet<StepId>
  readonly began: number
  readonly open: Set<StepId>
  sent: number
}

/** Tells a decision together with what became of it: one line per message that is answered. */
export class ReplyNarration {
  readonly #narrator: Narrator
  readonly #lines: HeldLines
  readonly #clock: Clock
  readonly #open = new Map<StepId, { readonly reply: Reply; readonly line: HeldLine }>()

  constructor(narrator: Narrator, lines: HeldLines, clock: Clock) {
    this.#narrator = narrator
    this.#lines = lines
    this.#clock = clock
  }

  /** A decision was stored: `head` says who, what and by which rule; the end of the line says how it went. */
  decided(head: Phrase, steps: readonly StepId[], fields: Readonly<Record<string, unknown>>): void {
    const reply = {
      head,
      fields,
      steps: new Set(steps),
      open: new Set(steps),
      began: this.#clock.monotonic(),
      sent: 0,
    }
    if (steps.length === 0) {
      this.#tell(reply)
      return
    }
    const line = this.#lines.hold(() => this.#tell(reply), HOLD_MS)
    for (const step of steps) this.#open.set(step, { reply, line })
  }

  /** What is withheld is told at once; what is sent ends the line of its decision, or stands alone when that was told. */
  delivered({ step, from, to }: DeliveryChange, chat: ToldChat): void {
    const fields = { event: 'delivery', stepId: step, from: from.kind, to: to.kind }
    const withheld = withheldPhrase(to, chat.name)
    if (withheld !== null) {
      const withReason = 'reason' in to ? { ...fields, reason: to.reason } : fields
      if (to.kind === 'cancelled') this.#narrator.info(withheld, withReason)
      else this.#narrator.warn(withheld, withReason)
    } else if (to.kind === 'sent') {
      if (this.#open.has(step)) this.#narrator.debug(sentPhrase(chat), fields)
      else this.#narrator.info(sentPhrase(chat), fields)
    }
    if (withheld !== null || to.kind === 'sent')
      this.#settle(step, to.kind === 'sent', to.kind !== 'uncertain')
  }

  #settle(step: StepId, isSent: boolean, isFinal: boolean): void {
    const waiting = this.#open.get(step)
    if (waiting === undefined || !isFinal) return
    const { reply, line } = waiting
    this.#open.delete(step)
    reply.open.delete(step)
    if (isSent) reply.sent++
    if (reply.open.size === 0) line.finish()
  }

  #tell(reply: Reply): void {
    for (const step of reply.open) this.#open.delete(step)
    const end = endOf(reply, this.#clock.monotonic() - reply.began)
    this.#narrator.info(
      { zh: `${reply.head.zh} → ${end.zh}`, en: `${reply.head.en} -> ${end.en}` },
      { ...reply.fields, sent: reply.sent, waiting: reply.open.size },
    )
  }
}

function sentPhrase({ name, isOwner }: ToldChat): Phrase {
  return isOwner
    ? { zh: `已写给您（${name}）`, en: `written to you (${name})` }
    : { zh: `已回复 ${name}`, en: `replied to ${name}` }
}

function endOf({ steps, open, sent }: Reply, tookMs: number): Phrase {
  if (steps.size === 0) return { zh: '照做了，不用回话', en: 'done, nothing to say' }
  const missed = steps.size - open.size - sent
  const zh = [
    ...(sent > 0 ? [`已回复 ${sent} 条`] : []),
    ...(open.size > 0 ? [`${open.size} 条待发`] : []),
    ...(missed > 0 ? [`${missed} 条没发`] : []),
  ]
  const en = [
    ...(sent > 0 ? [`replied ${sent}`] : []),
    ...(open.size > 0 ? [`${open.size} waiting`] : []),
    ...(missed > 0 ? [`${missed} not sent`] : []),
  ]
  const took = open.size > 0 ? null : elapsed(tookMs)
  return {
    zh: `${zh.join('，')}${took === null ? '' : ` (${took.zh})`}`,
    en: `${en.join(', ')}${took === null ? '' : ` (${took.en})`}`,
  }
}

/** Tenths of a second while they matter. */
function elapsed(ms: number): Phrase {
  const seconds = `${(ms / 1000).toFixed(1)}s`
  return ms < HOLD_MS ? { zh: seconds, en: seconds } : spokenDuration(ms)
}
