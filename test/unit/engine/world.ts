import type { Chat, Person } from '../../../src/domain/chat.ts'
import type { Decision } from '../../../src/domain/decision.ts'
import type { Place } from '../../../src/domain/diagnostic.ts'
import type { MessageReceived } from '../../../src/domain/event.ts'
import {
  type AccountKey,
  asId,
  type ChatKey,
  type ContactKey,
  type EventId,
  type RuleId,
} from '../../../src/domain/ids.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/domain/policy.ts'
import type { ConditionSpec, RuleSpec, RulesetSpec } from '../../../src/domain/spec.ts'
import { compileRuleset } from '../../../src/engine/compile.ts'
import { decide } from '../../../src/engine/decide.ts'
import { MemoryFacts } from '../../../src/engine/memory-facts.ts'
import type { Ruleset } from '../../../src/engine/ruleset.ts'

export const PLACE: Place = { file: 'rules/shop.yml', line: 3, column: 5 }
/** 2026-11-23 is a Monday; 12:00 in Shanghai. */
export const NOON = Date.parse('2026-11-23T04:00:00Z')

const account = asId<AccountKey>('acc')

/** A condition written as a map, the way operators write it. */
export function when(map: Record<string, unknown>): ConditionSpec {
  const raw = map.raw === true
  const parts = Object.entries(map)
    .filter(([key]) => key !== 'raw')
    .map(([key, value]): ConditionSpec => {
      if (key === 'all' || key === 'any') {
        const list = (Array.isArray(value) ? value : [value]) as Record<string, unknown>[]
        return { op: key, of: list.map(when), place: PLACE }
      }
      if (key === 'not') {
        const list = (Array.isArray(value) ? value : [value]) as Record<string, unknown>[]
        return { op: 'not', of: { op: 'any', of: list.map(when), place: PLACE }, place: PLACE }
      }
      return { op: 'test', key, value, place: PLACE, raw }
    })
  return { op: 'all', of: parts, place: PLACE }
}

let line = 0

/** A rule with defaults; `when` as a map. */
export function rule(
  id: string,
  condition: Record<string, unknown> | null,
  more: Partial<RuleSpec> = {},
): RuleSpec {
  return {
    id: asId<RuleId>(id),
    name: id,
    place: { ...PLACE, line: ++line },
    section: 'rule',
    isEnabled: true,
    priority: 0,
    when: condition === null ? null : when(condition),
    actions: [{ kind: 'reply', params: `re:${id}`, place: PLACE }],
    cooldown: null,
    limits: [],
    chance: 1,
    continues: false,
    observe: false,
    late: 'skip',
    mode: 'single',
    interruptsFlow: false,
    ignoreQuiet: false,
    once: false,
    fromDate: null,
    untilDate: null,
    onError: [],
    ...more,
  }
}

/** A folder of these rules. */
export function folder(rules: readonly RuleSpec[], more: Partial<RulesetSpec> = {}): RulesetSpec {
  return {
    rules,
    lists: new Map(),
    vars: new Map(),
    templates: new Map(),
    times: new Map(),
    conditions: new Map(),
    flows: new Map(),
    schedules: [],
    version: 'v1',
    ...more,
  }
}

/** The named values of a folder. */
export function named<T>(values: Record<string, T>): ReadonlyMap<string, { value: T; place: Place }> {
  return new Map(Object.entries(values).map(([name, value]) => [name, { value, place: PLACE }]))
}

export function compiled(rules: readonly RuleSpec[], more: Partial<RulesetSpec> = {}): Ruleset {
  const { ruleset, problems } = compileRuleset(folder(rules, more), { timezone: 'Asia/Shanghai' })
  const errors = problems.filter((problem) => problem.severity === 'error')
  if (errors.length > 0) throw new Error(errors.map((problem) => problem.message.en).join('\n'))
  return ruleset
}

export function person(more: Partial<Person> = {}): Person {
  return {
    key: asId<ContactKey>('c-wang'),
    name: '小王',
    remark: '',
    alias: '',
    nick: '小王',
    display: '',
    relation: 'friend',
    isAmbiguous: false,
    ...more,
  }
}

export function privateWith(who: Person): Chat {
  return { key: asId<ChatKey>(who.key), kind: 'private', name: who.name, otherNames: [], isAmbiguous: false }
}

export function room(name = '老客户群'): Chat {
  return { key: asId<ChatKey>(`r-${name}`), kind: 'group', name, otherNames: [], isAmbiguous: false }
}

let serial = 0

export function message(
  text: string,
  more: Omit<Partial<MessageReceived>, 'content'> & { content?: Partial<MessageReceived['content']> } = {},
): MessageReceived {
  const sender = more.sender ?? person()
  const { content, ...rest } = more
  return {
    kind: 'message.received',
    id: asId<EventId>(`acc/m/${++serial}/0`),
    account,
    at: NOON,
    receivedAt: NOON,
    messageId: String(serial),
    chat: privateWith(sender),
    sender,
    ...rest,
    content: {
      kind: 'text',
      text,
      fullText: text,
      quoted: null,
      mentions: { self: false, all: false, others: false },
      details: {},
      ...content,
    },
  }
}

/** A message in a room. */
export function inRoom(
  text: string,
  more: { mentionsSelf?: boolean; name?: string; sender?: Person } = {},
): MessageReceived {
  const mentions = { self: more.mentionsSelf === true, all: false, others: false }
  return message(text, {
    chat: room(more.name),
    content: { mentions },
    ...(more.sender === undefined ? {} : { sender: more.sender }),
  })
}

/** Decides with the default policy at noon, unless told otherwise. */
export function ask(
  ruleset: Ruleset,
  event: MessageReceived | Parameters<typeof decide>[0]['event'],
  more: { facts?: MemoryFacts; policy?: Partial<Policy>; now?: number } = {},
): Decision {
  return decide({
    ruleset,
    event,
    facts: more.facts ?? new MemoryFacts(),
    policy: { ...DEFAULT_POLICY, ...more.policy },
    now: more.now ?? NOON,
  })
}

/** The decision in one word: the rules that act joined by +, or the reason, or `-`. */
export function verdict(decision: Decision): string {
  switch (decision.kind) {
    case 'act':
      return decision.acts.map((act) => act.rule).join('+')
    case 'suppressed':
      return `!${decision.reason}`
    case 'no-match':
      return '-'
  }
}
