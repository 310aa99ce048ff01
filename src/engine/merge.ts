import type { Event, MessageReceived } from '../domain/event.ts'
import type { Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import { coreOf, foldKeyword } from './index/fold.ts'

/** Events that are decided as one: the last of them, with the text of all. */
export interface Pile {
  readonly event: Event
  /** Those before the last, in order; they need no decision of their own. */
  readonly absorbed: readonly MessageReceived[]
}

/** What can be decided now, in order, and when the rest can be; null when nothing is held back. */
export interface Piles {
  readonly ready: readonly Pile[]
  readonly nextAt: Instant | null
}

export interface MergeInput {
  /** Undecided events of one account, in order. */
  readonly events: readonly Event[]
  readonly now: Instant
  /** A person is done when nothing came for this long. */
  readonly quietMs: number
  readonly policy: Pick<Policy, 'stopWords' | 'takeover'>
  /** Whether the sender is asked something at the moment: an answer is taken at once. */
  isInFlow(message: MessageReceived): boolean
}

/** Somebody who never pauses is heard after this many times the quiet. */
const MAX_QUIETS = 10

interface Open {
  readonly messages: MessageReceived[]
  /** Place of the newest among all events. */
  order: number
}

/**
 * One question in several bubbles becomes one text: a person's texts in one chat that come close together, until
 * something else of theirs comes between. Stop and hand-over words and answers to a flow are never held back. Pure, and
 * nothing is remembered: what is held stays undecided, so a crash only makes the same piles again.
 */
export function pileUp(input: MergeInput): Piles {
  const open = new Map<string, Open>()
  const closed: { readonly pile: Pile; readonly order: number }[] = []
  const close = (key: string): void => {
    const pile = open.get(key)
    if (pile !== undefined) closed.push({ pile: pileOf(pile.messages), order: pile.order })
    open.delete(key)
  }
  const words = wordsOf(input.policy)
  input.events.forEach((event, order) => {
    const key = keyOf(event)
    const last = key === null ? undefined : open.get(key)?.messages.at(-1)
    if (key !== null && isPiece(event, input, words)) {
      if (last !== undefined && event.receivedAt - last.receivedAt > input.quietMs) close(key)
      const pile = open.get(key) ?? { messages: [], order }
      pile.messages.push(event)
      pile.order = order
      open.set(key, pile)
      return
    }
    if (key !== null) close(key)
    closed.push({ pile: { event, absorbed: [] }, order })
  })
  const waits: Instant[] = []
  for (const [key, { messages }] of open) {
    const until = heldUntil(messages, input.quietMs)
    if (until <= input.now || isFromTheFuture(messages, input.now)) close(key)
    else waits.push(until)
  }
  const ready = closed.sort((a, b) => a.order - b.order).map((one) => one.pile)
  return { ready, nextAt: waits.length === 0 ? null : Math.min(...waits) }
}

function keyOf(event: Event): string | null {
  return 'chat' in event && 'sender' in event && event.sender !== null
    ? `${event.chat.key}\n${event.sender.key}`
    : null
}

function isPiece(
  event: Event,
  input: MergeInput,
  words: ReadonlySet<string>,
): event is MessageReceived & { readonly content: { readonly kind: 'text' } } {
  if (event.kind !== 'message.received' || event.content.kind !== 'text') return false
  return !words.has(coreOf(foldKeyword(event.content.text))) && !input.isInFlow(event)
}

function wordsOf({ stopWords, takeover }: MergeInput['policy']): ReadonlySet<string> {
  const words = [...stopWords, ...(takeover?.handoverWords ?? [])]
  return new Set(words.map((word) => coreOf(foldKeyword(word))))
}

function heldUntil(messages: readonly MessageReceived[], quietMs: number): Instant {
  const [first, last] = [messages[0]?.receivedAt ?? 0, messages.at(-1)?.receivedAt ?? 0]
  return Math.min(last + quietMs, first + MAX_QUIETS * quietMs)
}

/** After the clock was put back nothing may wait for the time that was. */
function isFromTheFuture(messages: readonly MessageReceived[], now: Instant): boolean {
  return messages.some((message) => message.receivedAt > now)
}

function pileOf(messages: readonly MessageReceived[]): Pile {
  const absorbed = messages.slice(0, -1)
  const last = messages.at(-1)
  if (last === undefined) throw new TypeError('a pile holds at least one message')
  return { event: absorbed.length === 0 ? last : joined(messages, last), absorbed }
}

function joined(messages: readonly MessageReceived[], last: MessageReceived): MessageReceived {
  const contents = messages.map((message) => message.content)
  const some = (name: 'self' | 'all' | 'others') => contents.some((content) => content.mentions[name])
  return {
    ...last,
    content: {
      ...last.content,
      text: contents.map((content) => content.text).join('\n'),
      fullText: contents.map((content) => content.fullText).join('\n'),
      quoted: contents.find((content) => content.quoted !== null)?.quoted ?? null,
      mentions: { self: some('self'), all: some('all'), others: some('others') },
    },
  }
}
