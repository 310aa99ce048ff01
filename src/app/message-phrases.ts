import type { TraceEntry } from '../domain/decision.ts'
import type { MessageReceived } from '../domain/event.ts'
import type { Mask } from '../domain/mask.ts'
import { type MessageLogging, quoteText } from './narrator.ts'
import type { Phrase } from './phrases.ts'

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
export interface Writing {
  readonly logging: MessageLogging
  readonly mask: Mask
}

/** The rule that came nearest to answering and what it missed; empty when none did. */
export function nearestPhrase(
  tried: readonly TraceEntry[],
  said: string,
  { logging, mask }: Writing,
): Phrase {
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

/** Who said what: `小王: “多少钱”(3字)`. */
export function saidPhrase(event: MessageReceived, { logging, mask }: Writing): Phrase {
  const where = whereabouts(event)
  const text = quoteText(event.content.text, logging, mask)
  return { zh: `${where.zh}: ${text}`, en: `${where.en}: ${text}` }
}
