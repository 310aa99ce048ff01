import { describeTrace } from '../../app/explain.ts'
import { reasonPhrase } from '../../app/phrases.ts'
import { addDays, instantAt, localTime } from '../../domain/local-time.ts'
import { formatNearest } from '../../rules/testing/report.ts'
import type { Said, Session, SessionRules } from '../../rules/testing/session.ts'
import { formatDuration } from '../../support/duration.ts'
import { CHAT_HELP, type ChatOrder, type ClockTime, readChatLine } from './chat-line.ts'

export interface ChatParts {
  readonly language: 'zh-CN' | 'en'
  readonly timezone: string
  readonly from: string | null
  readonly room: string | null
  say(text: string): void
  begin(rules: SessionRules, at: number): Session
  /** Reads the rules again; null after showing what is wrong with them. */
  reload(): Promise<SessionRules | null>
  readonly rules: SessionRules
  readonly startAt: number
}

/** A conversation with the rules: who speaks where, what the clock shows, and what came of the last line. */
export class ChatTalk {
  readonly #parts: ChatParts
  #rules: SessionRules
  #session: Session
  #from: string | null
  #room: string | null
  #last: Said | null = null

  constructor(parts: ChatParts) {
    this.#parts = parts
    this.#rules = parts.rules
    this.#from = parts.from
    this.#room = parts.room
    this.#session = parts.begin(parts.rules, parts.startAt)
  }

  /** What stands in front of the line that is typed. */
  get prompt(): string {
    const who = this.#from ?? this.#pick('顾客', 'customer')
    return this.#room === null ? `${who}> ` : `${this.#room} / ${who}> `
  }

  greet(): void {
    this.#say(
      '离线对话，什么也不会发出去。直接打字，/help 看用法。',
      'Offline; nothing is sent. Just type, /help tells more.',
    )
  }

  /** Carries out one line; false ends the conversation. */
  async obey(line: string): Promise<boolean> {
    const order = readChatLine(line)
    await this.#carryOut(order)
    return order.kind !== 'quit'
  }

  async #carryOut(order: ChatOrder): Promise<void> {
    switch (order.kind) {
      case 'quit':
      case 'nothing':
        return
      case 'help':
        this.#say(CHAT_HELP.zh, CHAT_HELP.en)
        return
      case 'wrong':
        this.#say(order.words.zh, order.words.en)
        return
      case 'say':
        this.#hear(order)
        return
      case 'as':
        this.#from = order.from
        return
      case 'place':
        this.#room = order.room
        return
      case 'wait':
        this.#pass(order.ms)
        return
      case 'at':
        this.#goTo(order.clock)
        return
      case 'why':
        this.#why(order.isWhole)
        return
      case 'reload':
        await this.#reload()
        return
      case 'again':
        this.#session = this.#parts.begin(this.#rules, this.#session.now)
        this.#last = null
        this.#say('已忘掉之前的对话。', 'Everything said before is forgotten.')
    }
  }

  #hear({ text, mentionsSelf, sort }: Extract<ChatOrder, { kind: 'say' }>): void {
    const said = this.#session.say(
      {
        place: { file: 'chat', line: 1, column: 1 },
        room: this.#room,
        from: this.#from,
        mention: mentionsSelf ? 'me' : 'none',
        kind: sort,
      },
      text,
    )
    this.#show(said)
    for (const one of this.#session.pass(BETWEEN_LINES_MS)) this.#show(one)
  }

  #pass(ms: number): void {
    for (const said of this.#session.pass(ms)) this.#show(said)
    const { date, hour, minute } = localTime(this.#parts.timezone, this.#session.now)
    const clock = `${date} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
    this.#say(`现在是 ${clock}`, `It is ${clock} now`)
  }

  #goTo({ date, minuteOfDay }: ClockTime): void {
    const { timezone } = this.#parts
    const today = localTime(timezone, this.#session.now).date
    const wanted = instantAt(timezone, date ?? today, minuteOfDay)
    const isPast = wanted < this.#session.now
    if (isPast && date !== null) {
      this.#say('时间不能倒退；要从头来请用 --at 重新开始。', 'Time does not go back; start again with --at.')
      return
    }
    const target = isPast ? instantAt(timezone, addDays(today, 1), minuteOfDay) : wanted
    this.#pass(target - this.#session.now)
  }

  async #reload(): Promise<void> {
    const rules = await this.#parts.reload()
    if (rules === null) {
      this.#say('规则有错，继续用原来的。', 'The rules have mistakes; the old ones stay.')
      return
    }
    this.#rules = rules
    this.#session = this.#parts.begin(rules, this.#session.now)
    this.#last = null
    this.#say(
      `规则已重读，${rules.spec.rules.length} 条，从头开始。`,
      `${rules.spec.rules.length} rules read; starting anew.`,
    )
  }

  #show(said: Said): void {
    this.#last = said
    for (const { effect, delay } of said.steps) {
      if (delay.kind === 'fixed')
        this.#say(`  （停 ${formatDuration(delay.ms)}）`, `  (waits ${formatDuration(delay.ms)})`)
      if (effect.kind === 'reply') this.#say(`机器人: ${effect.text}`, `bot: ${effect.text}`)
      else {
        const to = effect.to === 'owner' ? this.#pick('店主', 'owner') : effect.to
        this.#say(`机器人 → ${to}: ${effect.text}`, `bot -> ${to}: ${effect.text}`)
      }
    }
    for (const note of said.notes)
      this.#say(`  （日志: ${note.text}）`, `  (log: ${note.english ?? note.text})`)
    if (said.steps.length === 0) this.#silence(said)
  }

  #silence({ decision, explanation }: Said): void {
    if (decision.kind === 'act') {
      this.#say('  （收下了，不回）', '  (taken, no reply)')
      return
    }
    const zh: string[] = []
    const en: string[] = []
    if (decision.kind === 'suppressed') {
      const reason = reasonPhrase(decision.reason)
      const rule = decision.trace.tried.find((entry) => entry.outcome.kind === 'suppressed')
      zh.push(rule === undefined ? reason.zh : `规则“${rule.name}”${reason.zh}`)
      en.push(rule === undefined ? reason.en : `rule "${rule.name}": ${reason.en}`)
    } else {
      const nearest = explanation?.nearest ?? null
      const near = nearest === null ? null : formatNearest(nearest, this.#parts.language)
      zh.push('没有规则命中', ...(near === null ? [] : [near]))
      en.push('no rule matches', ...(near === null ? [] : [near]))
    }
    this.#say(`  （不回: ${zh.join('。')}）`, `  (no reply: ${en.join('. ')})`)
  }

  #why(isWhole: boolean): void {
    const last = this.#last
    if (last === null) {
      this.#say('还没有消息。', 'Nothing was said yet.')
      return
    }
    const { trace } = last.decision
    const tried = isWhole ? (last.explanation?.rules ?? trace.tried) : trace.tried
    const text = describeTrace({ ...trace, tried }, this.#parts.language)
    this.#parts.say(text)
  }

  #pick(zh: string, en: string): string {
    return this.#parts.language === 'en' ? en : zh
  }

  #say(zh: string, en: string): void {
    this.#parts.say(this.#pick(zh, en))
  }
}

/** Somebody who types takes a moment; without it the loop breaker would take them for a robot. */
const BETWEEN_LINES_MS = 5000
