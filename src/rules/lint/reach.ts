import type { ConditionSpec } from '../../domain/spec.ts'
import type { LoweredRule } from '../lower/rule.ts'
import { type LintInput, remark, testsOf, textsOf } from './input.ts'

type Test = Extract<ConditionSpec, { op: 'test' }>

/** Kinds of events that happen in rooms only. */
const ROOM_KINDS = new Set(['join'])

/** Conditions that cannot hold together, or hold less often than they read. */
export function lintReach({ spec }: LoweredRule, input: LintInput): void {
  if (spec.section === 'guard') return
  const tests = testsOf(spec.when)
  const keys = new Set(tests.map((one) => one.key))
  // What a named condition or a branch asks for may name the room.
  if (keys.has('is')) return
  const chat = together(spec.when).find((one) => one.key === 'chat')
  const kind = together(spec.when).find((one) => one.key === 'kind')
  const namesRoom = keys.has('room')
  if (kind !== undefined && !namesRoom && textsOf(kind.value).every((one) => ROOM_KINDS.has(one))) {
    never(
      kind,
      '入群只发生在群里，要写上是哪个群，如 room: 老客户群',
      'joining happens in rooms: name the room',
      input,
    )
  } else if (chat !== undefined && isOnly(chat, 'private') && together(spec.when).some(isOfRooms)) {
    never(
      chat,
      'chat: private 和群的条件不会同时成立',
      'chat: private never holds together with a room',
      input,
    )
  } else if (chat !== undefined && isOnly(chat, 'group') && !namesRoom && !keys.has('mention')) {
    onlyMentioned(chat, input)
  }
}

/** Conditions that all have to hold. */
function together(when: ConditionSpec | null): readonly Test[] {
  if (when === null || when.op === 'not' || when.op === 'any') return []
  return when.op === 'test' ? [when] : when.of.flatMap(together)
}

function isOnly({ value }: Test, chat: string): boolean {
  const chats = textsOf(value)
  return chats.length > 0 && chats.every((one) => one === chat)
}

function isOfRooms({ key, value }: Test): boolean {
  return key === 'room' || (key === 'mention' && !textsOf(value).includes('none'))
}

function never(test: Test, zh: string, en: string, input: LintInput): void {
  remark(input, test.place, 'W236', {
    zh: `这条规则永远不会命中：${zh}`,
    en: `this rule can never match: ${en}`,
  })
}

function onlyMentioned(test: Test, input: LintInput): void {
  remark(
    input,
    test.place,
    'W237',
    {
      zh: '没写是哪个群，只在有人 @ 机器人时才回',
      en: 'no room is named, so this answers only when the bot is mentioned',
    },
    {
      zh: '写上 room: 群名（所有群写 room: "*"），或者 mention: me',
      en: 'name the room (room: "*" for all), or write mention: me',
    },
  )
}
