import type { Trace, TraceEntry } from '../domain/decision.ts'
import type { Content, Event } from '../domain/event.ts'
import type { Mask } from '../domain/mask.ts'

/** The event as it is kept once it was decided; the same object when there is nothing to mask. Names stay: rules go by them. */
export function maskedEvent(event: Event, mask: Mask): Event {
  if ('content' in event) return keepIfSame(event, { content: maskedContent(event.content, mask) })
  if ('greeting' in event) return keepIfSame(event, { greeting: mask.text(event.greeting) })
  return 'text' in event ? keepIfSame(event, { text: mask.text(event.text) }) : event
}

function keepIfSame<E extends Event>(event: E, masked: Partial<E>): E {
  const isSame = Object.entries(masked).every(([key, value]) => value === Reflect.get(event, key))
  return isSame ? event : { ...event, ...masked }
}

function maskedContent(content: Content, mask: Mask): Content {
  const { quoted } = content
  const masked: Content = {
    ...content,
    text: mask.text(content.text),
    fullText: mask.text(content.fullText),
    quoted: quoted === null ? null : { ...quoted, text: mask.text(quoted.text) },
    details: Object.fromEntries(
      Object.entries(content.details).map(([key, value]) => [
        key,
        typeof value === 'string' ? mask.text(value) : value,
      ]),
    ),
  }
  return JSON.stringify(masked) === JSON.stringify(content) ? content : masked
}

/** The trace as it is kept: what it quotes of the event's text is masked as the text is. */
export function maskedTrace(trace: Trace, event: Event, mask: Mask): Trace {
  const source = sourceOf(event)
  const part = (text: string) => mask.part(text, source)
  return {
    ...trace,
    safety: trace.safety === null ? null : { ...trace.safety, detail: part(trace.safety.detail) },
    tried: trace.tried.map((entry) => ({ ...entry, outcome: maskedOutcome(entry.outcome, part) })),
  }
}

/** All words of an event that a trace may quote. */
function sourceOf(event: Event): string {
  if ('content' in event) return `${event.content.fullText}\n${event.content.quoted?.text ?? ''}`
  if ('greeting' in event) return event.greeting
  return 'text' in event ? event.text : ''
}

function maskedOutcome(
  outcome: TraceEntry['outcome'],
  part: (text: string) => string,
): TraceEntry['outcome'] {
  switch (outcome.kind) {
    case 'matched': {
      const captures = Object.entries(outcome.captures).map(([name, value]) => [name, part(value)])
      return { kind: 'matched', matched: part(outcome.matched), captures: Object.fromEntries(captures) }
    }
    case 'failed': {
      const { actual, nearest } = outcome.failure
      const near = nearest === undefined ? {} : { nearest: part(nearest) }
      return { kind: 'failed', failure: { ...outcome.failure, actual: part(actual), ...near } }
    }
    case 'suppressed':
      // A moment or a name of ours; nothing of the message.
      return outcome
  }
}
