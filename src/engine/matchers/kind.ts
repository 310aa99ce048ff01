import { z } from 'zod'
import { defineMatcher, HELD } from './matcher.ts'

/** What an event may be, in the words of the rule key `kind`. */
export const EVENT_KINDS = [
  'text',
  'image',
  'voice',
  'video',
  'emoticon',
  'file',
  'link',
  'location',
  'card',
  'transfer',
  'red_packet',
  'friend_request',
  'recall',
  'system',
  'join',
  'app',
] as const

export type EventKind = (typeof EVENT_KINDS)[number]

/** The kinds that a rule without text conditions sees when it names none: what people send in conversation. */
export const DEFAULT_KINDS: readonly EventKind[] = EVENT_KINDS.slice(0, 9)

const name = z.enum(EVENT_KINDS)

/** `kind`: what sort of thing was sent or happened. */
export const kind = defineMatcher({
  key: 'kind',
  schema: z
    .union([name, z.array(name).min(1)])
    .describe('消息种类：text 文字、image 图片、voice 语音…… Kind of message.'),
  textual: false,
  compile(value) {
    const kinds: readonly EventKind[] = typeof value === 'string' ? [value] : value
    return {
      expected: `种类 ${kinds.join('、')}`,
      facets: kinds.map((one) => `kind:${one}`),
      test: (subject) => (kinds.includes(subject.kind) ? HELD : null),
      actual: (subject) => subject.kind,
    }
  },
})
