import type { ConnectionChange } from '../domain/connection.ts'
import type { Decision } from '../domain/decision.ts'
import type { Event, MessageReceived, OwnerSpoke } from '../domain/event.ts'
import type { FactWrite } from '../domain/run.ts'
import type { DeliveryChange } from '../outbox/ports.ts'
import type { Clock } from '../support/clock.ts'
import { spokenDuration } from '../support/duration.ts'
import type { HeldLines } from './held-lines.ts'
import { nearestPhrase, saidPhrase, type Writing } from './message-phrases.ts'
import { LateNarration } from './narration-late.ts'
import { LoginNarration, type LoginSources } from './narration-login.ts'
import { ReplyNarration, type ToldChat } from './narration-replies.ts'
import type { Narrator } from './narrator.ts'
import { type Phrase, reasonPhrase } from './phrases.ts'
import type { Verdict } from './pipeline.ts'

export interface NarrationParts extends LoginSources {
  readonly narrator: Narrator
  readonly lines: HeldLines
  readonly clock: Clock
  readonly writing: Writing
}

interface Result {
  readonly decision: Decision
  readonly runs: Verdict['runs']
}

/** What happens, told to the owner: one line per thing. */
export class Narration {
  readonly #narrator: Narrator
  readonly #writing: Writing
  readonly #login: LoginNarration
  readonly #late: LateNarration
  readonly #replies: ReplyNarration
  readonly #clock: Clock

  constructor(parts: NarrationParts) {
    const { narrator, lines, clock, writing } = parts
    this.#narrator = narrator
    this.#writing = writing
    this.#clock = clock
    this.#login = new LoginNarration(parts)
    this.#late = new LateNarration(narrator, lines, clock)
    this.#replies = new ReplyNarration(narrator, lines, clock)
  }

  /** Every change of connection is one line: from, to, why, and what it means for the owner. */
  connection(change: ConnectionChange): void {
    if (change.to.kind === 'online') this.#late.online()
    this.#login.changed(change)
  }

  /** One line per message of a person; what is kept for the record only goes to debug. */
  decided(event: Event, verdict: Verdict): void {
    this.#tellNotes(verdict)
    const { decision, runs } = verdict
    if (decision === null) return
    if (event.kind === 'owner.spoke') this.#tellTakeover(event, verdict.writes)
    if (event.kind === 'schedule.fired' && decision.kind !== 'no-match') {
      const head = { zh: `定时任务 ${event.schedule}`, en: `schedule ${event.schedule}` }
      const fields = { event: 'schedule', eventId: event.id, decision: decision.kind, isLate: event.isLate }
      this.#tellResult(head, { decision, runs }, fields, () => ({ zh: '', en: '' }))
    }
    if (event.kind === 'message.received') this.#tellMessage(event, { decision, runs })
  }

  /** What became of a reply. */
  delivered(change: DeliveryChange, chat: ToldChat): void {
    this.#replies.delivered(change, chat)
  }

  #tellNotes({ notes }: Verdict): void {
    for (const { rule, kind, level, text, english } of notes) {
      const fields = { event: 'rule-note', rule, noteKind: kind }
      const phrase = { zh: text, en: english ?? text }
      if (level === 'warn' || level === 'error') this.#narrator.warn(phrase, fields)
      else this.#narrator.info(phrase, fields)
    }
  }

  #tellMessage(event: MessageReceived, result: Result): void {
    const { decision } = result
    const fields = {
      event: 'decision',
      eventId: event.id,
      decision: decision.kind,
      rulesVersion: decision.trace.rulesVersion,
      ...(decision.kind === 'act' ? { rules: decision.acts.map((act) => act.rule) } : {}),
      ...(decision.kind === 'suppressed' ? { reason: decision.reason, rule: decision.rule } : {}),
    }
    const near = () => nearestPhrase(decision.trace.tried, event.content.fullText, this.#writing)
    this.#tellResult(saidPhrase(event, this.#writing), result, fields, near)
  }

  #tellResult(
    head: Phrase,
    { decision, runs }: Result,
    fields: Record<string, unknown>,
    near: () => Phrase,
  ): void {
    switch (decision.kind) {
      case 'act': {
        const names =
          runs.map((run) => run.ruleName).join('、') || decision.acts.map((act) => act.rule).join('、')
        const steps = runs.flatMap((run) => run.steps.map((step) => step.id))
        const by = { zh: `${head.zh} → 规则 ${names}`, en: `${head.en} -> rule ${names}` }
        this.#replies.decided(by, steps, fields)
        return
      }
      case 'suppressed': {
        const reason = reasonPhrase(decision.reason)
        const line = { zh: `${head.zh} → 不回: ${reason.zh}`, en: `${head.en} -> silent: ${reason.en}` }
        if (decision.reason === 'too-old') this.#late.passedOver(line, fields)
        else this.#narrator.info(line, fields)
        return
      }
      case 'no-match': {
        const { zh, en } = near()
        this.#narrator.info({ zh: `${head.zh} → 未命中${zh}`, en: `${head.en} -> no match${en}` }, fields)
      }
    }
  }

  /** The owner typed on the phone: whether the bot falls silent in that chat, or speaks again. */
  #tellTakeover({ chat, id }: OwnerSpoke, writes: readonly FactWrite[]): void {
    const fields = { event: 'takeover', eventId: id }
    for (const write of writes) {
      if (write.kind === 'mute' && write.reason === 'takeover') {
        const time = spokenDuration(write.until - this.#clock.now())
        this.#narrator.info(
          {
            zh: `您在手机上回了 ${chat.name}，机器人在这个聊天里暂停 ${time.zh}`,
            en: `you answered ${chat.name} on the phone; the bot is silent in this chat for ${time.en}`,
          },
          { ...fields, state: 'taken', until: write.until },
        )
      } else if (write.kind === 'unmute') {
        const words = {
          zh: `${chat.name} 的聊天交还给机器人了`,
          en: `the chat with ${chat.name} is the bot's again`,
        }
        this.#narrator.info(words, { ...fields, state: 'given-back' })
      }
    }
  }
}
