import { stringify } from 'yaml'
import type { SuppressReason } from '../../domain/decision.ts'
import type { Event } from '../../domain/event.ts'
import { localTime } from '../../domain/local-time.ts'

/** What happened once, as a test is made of it. */
export interface Recorded {
  readonly event: Event
  readonly timezone: string
  /** The rule that acted; null when none did. */
  readonly rule: string | null
  /** Why nothing was said; null when there is no reason but that nothing matched. */
  readonly reason: SuppressReason | null
  /** What was said; null when the words are not known any more. */
  readonly replies: readonly string[] | null
}

/** A test file that says what happened, to be put beside the rules; null for what tests cannot play. */
export function recordedTest(recorded: Recorded): string | null {
  const scene = sceneOf(recorded.event)
  if (scene === null) return null
  const at = momentOf(recorded.event.receivedAt, recorded.timezone)
  const test = { name: `记录 ${at}`, at, ...scene, expect: expectationOf(recorded) }
  return `${noteOf(recorded)}${stringify({ tests: [test] }, { lineWidth: 0, aliasDuplicateObjects: false })}`
}

function sceneOf(event: Event): Record<string, string> | null {
  switch (event.kind) {
    case 'message.received': {
      const { kind, fullText, text, mentions } = event.content
      const mention = mentions.self ? { mention: 'me' } : mentions.all ? { mention: 'all' } : {}
      const sort = kind === 'text' ? {} : { kind }
      return { ...placeOf(event), ...mention, ...sort, say: kind === 'text' ? text : fullText }
    }
    case 'message.recalled':
      return { ...placeOf(event), kind: 'recall', say: event.text }
    case 'friend.requested':
      return { from: event.sender.name, kind: 'friend_request', say: event.greeting }
    case 'room.member-joined':
      return { ...placeOf(event), kind: 'join', say: event.joined[0] ?? '' }
    case 'chat.noticed':
      return { ...placeOf(event), kind: 'system', say: event.text }
    default:
      return null
  }
}

function placeOf(event: Extract<Event, { chat: unknown }>): Record<string, string> {
  const sender = 'sender' in event ? event.sender : null
  const name = sender === null ? '' : sender.remark || sender.name
  return {
    ...(event.chat.kind === 'group' ? { room: event.chat.name } : {}),
    ...(name === '' ? {} : { from: name }),
  }
}

function expectationOf({ rule, replies }: Recorded): unknown {
  if (rule === null) return 'nothing'
  if (replies === null) return { rule }
  if (replies.length === 0) return { rule, nothing: true }
  return replies.length === 1 ? { rule, exact: replies[0] } : [...replies]
}

/** A test begins with an empty memory, so silence out of an earlier message cannot be seen in it. */
function noteOf({ reason }: Recorded): string {
  if (reason === null) return ''
  return `# 当时没有回，原因是 ${reason}；测试从头开始，没有之前的消息，可能要补上。\n# It was silent because of ${reason}; a test begins anew, so earlier messages may have to be added.\n`
}

function momentOf(at: number, timezone: string): string {
  const { date, hour, minute } = localTime(timezone, at)
  return `${date} ${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}
