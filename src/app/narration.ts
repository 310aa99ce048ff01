import type { ConnectionChange } from '../domain/connection.ts'
import type { Decision, TraceEntry } from '../domain/decision.ts'
import type { Event, MessageReceived } from '../domain/event.ts'
import type { Mask } from '../domain/mask.ts'
import type { DeliveryChange } from '../outbox/ports.ts'
import { CODES_ARE_PACED } from '../protocol/client.ts'
import type { Narrator } from './narrator.ts'
import { type MessageLogging, quoteText } from './narrator.ts'
import { connectionPhrase, type Phrase, reasonPhrase } from './phrases.ts'
import type { Verdict } from './pipeline.ts'

const PACED: Phrase = {
  zh: '二维码换得太快，先停一会儿再换新的，免得惊动微信。马上要一张: wxreply qr --refresh',
  en: 'too many codes in a short time; the next one comes later, so as not to alarm WeChat. For one now: wxreply qr --refresh',
}

/** Every change of connection is one line: from, to, why, and what it means for the owner. */
export function tellConnection(change: ConnectionChange, narrator: Narrator): void {
  const fields = { event: 'connection', from: change.from.kind, to: change.to.kind, reason: change.reason }
  const phrase = change.reason === CODES_ARE_PACED ? PACED : connectionPhrase(change.to, change.at)
  if (change.to.kind === 'expired' || change.to.kind === 'refused') narrator.error(phrase, fields)
  else if (change.to.kind === 'backing-off') narrator.warn(phrase, fields)
  else narrator.info(phrase, fields)
}

/** Where a message stands, as the owner calls it: `小王`, or `群 老客户群 / 李姐`. */
function whereabouts(event: MessageReceived): Phrase {
  const { chat, sender } = event
  if (chat.kind !== 'group') return { zh: sender.name, en: sender.name }
  return { zh: `群 ${chat.name} / ${sender.name}`, en: `room ${chat.name} / ${sender.name}` }
}

/** Conditions that were met by something else than what was said: what they met may be told whatever the settings say of texts. */
const ABOUT_FACTS: ReadonlySet<string> = new Set(
  'chat kind room from mention time day count length silence first_contact replied_recently owner_active flow is'.split(
    ' ',
  ),
)

/** What may be written down of a message. */
interface Writing {
  readonly logging: MessageLogging
  readonly mask: Mask
}

function nearest(tried: readonly TraceEntry[], said: string, { logging, mask }: Writing): Phrase {
  const entry = tried.find((one) => one.outcome.kind === 'failed')
  if (entry?.outcome.kind !== 'failed') return { zh: '', en: '' }
  const { condition, expected, actual } = entry.outcome.failure
  const key = condition.split('.').at(-1)?.replace(/\[.*/, '') ?? ''
  const isShown = logging === 'full' || ABOUT_FACTS.has(key)
  const met = mask.part(actual, said)
  return {
    zh: `（最近: ${entry.name}，${condition} 要 ${expected}${isShown ? `，实际 ${met}` : ''}）`,
    en: ` (nearest: ${entry.name}, ${condition} wants ${expected}${isShown ? `, met ${met}` : ''})`,
  }
}

function verdictPhrase(decision: Decision, verdict: Verdict, near: () => Phrase): Phrase {
  switch (decision.kind) {
    case 'act': {
      const names =
        verdict.runs.map((run) => run.ruleName).join('、') || decision.acts.map((act) => act.rule).join('、')
      const steps = verdict.runs.reduce((sum, run) => sum + run.steps.length, 0)
      return { zh: `规则 ${names} → ${steps} 条待发`, en: `rule ${names} -> ${steps} to send` }
    }
    case 'suppressed': {
      const reason = reasonPhrase(decision.reason)
      return { zh: `不回: ${reason.zh}`, en: `silent: ${reason.en}` }
    }
    case 'no-match': {
      const { zh, en } = near()
      return { zh: `未命中${zh}`, en: `no match${en}` }
    }
  }
}

/** One line per message of a person; what is kept for the record only goes to debug. */
export function tellDecision(event: Event, verdict: Verdict, narrator: Narrator, writing: Writing): void {
  const { decision } = verdict
  for (const note of verdict.notes) {
    const fields = { event: 'rule-note', rule: note.rule, noteKind: note.kind }
    if (note.level === 'warn' || note.level === 'error')
      narrator.warn({ zh: note.text, en: note.text }, fields)
    else narrator.info({ zh: note.text, en: note.text }, fields)
  }
  if (decision === null) return
  if (event.kind === 'schedule.fired' && decision.kind !== 'no-match') {
    const result = verdictPhrase(decision, verdict, () => ({ zh: '', en: '' }))
    const what = { zh: `定时任务 ${event.schedule}`, en: `schedule ${event.schedule}` }
    const fields = { event: 'schedule', eventId: event.id, decision: decision.kind, isLate: event.isLate }
    narrator.info({ zh: `${what.zh} → ${result.zh}`, en: `${what.en} -> ${result.en}` }, fields)
  }
  if (event.kind !== 'message.received') return
  const where = whereabouts(event)
  const text = quoteText(event.content.text, writing.logging, writing.mask)
  const near = () => nearest(decision.trace.tried, event.content.fullText, writing)
  const result = verdictPhrase(decision, verdict, near)
  const fields = {
    event: 'decision',
    eventId: event.id,
    decision: decision.kind,
    rulesVersion: decision.trace.rulesVersion,
    ...(decision.kind === 'act' ? { rules: decision.acts.map((act) => act.rule) } : {}),
    ...(decision.kind === 'suppressed' ? { reason: decision.reason, rule: decision.rule } : {}),
  }
  narrator.info(
    { zh: `${where.zh}: ${text} → ${result.zh}`, en: `${where.en}: ${text} -> ${result.en}` },
    fields,
  )
}

/** What became of a reply; troubles are for the owner, the rest is debug. */
export function tellDelivery(change: DeliveryChange, chatName: string, narrator: Narrator): void {
  const { to } = change
  const fields = { event: 'delivery', stepId: change.step, from: change.from.kind, to: to.kind }
  switch (to.kind) {
    case 'sent':
      narrator.info({ zh: `已回复 ${chatName}`, en: `replied to ${chatName}` }, fields)
      return
    case 'held':
      narrator.warn(
        {
          zh: `给 ${chatName} 的回复先留着: ${to.reason}`,
          en: `a reply to ${chatName} is held: ${to.reason}`,
        },
        { ...fields, reason: to.reason },
      )
      return
    case 'dead':
      narrator.warn(
        {
          zh: `给 ${chatName} 的回复发不出去: ${to.reason}`,
          en: `a reply to ${chatName} failed: ${to.reason}`,
        },
        { ...fields, reason: to.reason },
      )
      return
    case 'expired':
      narrator.warn(
        {
          zh: `给 ${chatName} 的回复过期了，没有发`,
          en: `a reply to ${chatName} went stale and was not sent`,
        },
        fields,
      )
      return
    case 'cancelled':
      narrator.info(
        {
          zh: `给 ${chatName} 的回复不发了: ${to.reason}`,
          en: `a reply to ${chatName} was withdrawn: ${to.reason}`,
        },
        { ...fields, reason: to.reason },
      )
      return
    case 'uncertain':
      narrator.warn(
        { zh: `给 ${chatName} 的回复不知道到没到`, en: `unknown whether a reply to ${chatName} arrived` },
        fields,
      )
      return
    case 'ready':
    case 'sending':
    case 'retry':
      return
  }
}
