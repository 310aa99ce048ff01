/** Worlds in which a pack is asked about one message: every fact a rule can look at, each to be changed alone. */
import type { MessageKind } from '../../src/domain/event.ts'
import { messageCountKey } from '../../src/domain/fact-keys.ts'
import { writeFlowState } from '../../src/domain/flow-state.ts'
import type { Instant } from '../../src/domain/ids.ts'
import { DEFAULT_POLICY } from '../../src/domain/policy.ts'
import type { ConditionSpec } from '../../src/domain/spec.ts'
import type { DecideInput } from '../../src/engine/decide.ts'
import { MemoryFacts } from '../../src/engine/memory-facts.ts'
import type { SessionRules } from '../../src/rules/testing/session.ts'
import type { Pack } from '../support/mutate-pack.ts'
import { message, person, privateWith, room } from '../unit/engine/world.ts'

/** One world. Each key is a fact of its own. */
export interface World {
  readonly text: string
  readonly kind: MessageKind | 'join'
  /** Null: a private chat. */
  readonly room: string | null
  readonly mention: 'me' | 'all' | 'none'
  /** The remark of who writes. */
  readonly from: string
  readonly at: Instant
  /** Names remembered as true. */
  readonly remembered: readonly string[]
  readonly isInFlow: boolean
  /** Messages of this person in the last minute. */
  readonly messages: number
}

/** What each fact may be in the worlds of a pack: values its rules ask for, and values that none does. */
export type Values = { readonly [Fact in keyof World]: readonly World[Fact][] }

/** Days that differ: a work day, a Sunday, a public holiday, a Saturday that is worked. */
const DAYS = ['2026-10-12', '2026-10-18', '2026-10-01', '2026-10-10']
const HOURS = ['02:00', '08:10', '10:00', '12:20', '15:00', '20:00', '22:45', '23:30']

export function valuesOf({ loaded, subject: { spec } }: Pack): Values {
  const says = loaded.tests.flatMap((one) => one.turns.flatMap(({ say }) => (say === null ? [] : [say])))
  const names = [...spec.lists.values()].flatMap(({ value }) => value.map(nameIn))
  const rooms = loaded.tests.flatMap((one) => (one.room === null ? [] : [one.room]))
  const states = spec.rules.flatMap((rule) => statesIn(rule.when))
  return {
    text: [...new Set([...says, ...WORDS])],
    kind: ['text', 'image', 'voice', 'transfer', 'join'],
    room: [null, ...new Set([...rooms, '没人管的群'])],
    mention: ['me', 'all', 'none'],
    from: [...new Set(['顾客', ...names])],
    at: DAYS.flatMap((day) => HOURS.map((hour) => Date.parse(`${day}T${hour}:00+08:00`))),
    remembered: [[], [...new Set(states)]],
    isInFlow: spec.flows.size === 0 ? [false] : [false, true],
    messages: [0, 1, 4, 5, 9],
  }
}

const WORDS = ['', '今天天气真好', '哈哈哈', '？', '１２３', 'ＯＫ', '在路上了']

function nameIn(entry: unknown): string {
  const name = typeof entry === 'string' ? entry : String(Object.values(Object(entry))[0])
  return name.replaceAll('*', '某')
}

function statesIn(when: ConditionSpec | null): string[] {
  if (when === null) return []
  if (when.op === 'not') return statesIn(when.of)
  if (when.op !== 'test') return when.of.flatMap(statesIn)
  return when.key === 'state' ? Object.keys(Object(when.value)) : []
}

/** The question that a world puts to a pack. */
export function inputOf(world: World, rules: SessionRules): DecideInput {
  const { ruleset } = rules
  const event = eventIn(world)
  const policy = { ...DEFAULT_POLICY, timezone: ruleset.timezone }
  return { ruleset, event, facts: factsIn(world, rules), policy, now: world.at }
}

function senderIn({ from, room: place }: World) {
  return person({ name: from, remark: from, nick: from, display: place === null ? '' : from })
}

function eventIn(world: World) {
  const { text, kind, mention, at } = world
  const sender = senderIn(world)
  const chat = world.room === null ? privateWith(sender) : room(world.room)
  const more = { at, receivedAt: at, chat }
  const mentions = { self: mention === 'me', all: mention === 'all', others: false }
  if (kind !== 'join')
    return message(kind === 'text' ? text : '', { ...more, sender, content: { kind, mentions } })
  const { content: _, sender: __, ...base } = message('', more)
  return { ...base, kind: 'room.member-joined' as const, joined: [text], invitedBy: '', text }
}

function factsIn(world: World, { ruleset }: SessionRules): MemoryFacts {
  const { at, remembered, isInFlow, messages } = world
  const facts = new MemoryFacts()
  const event = eventIn(world)
  const sender = senderIn(world)
  const owner = { chat: event.chat.key, contact: sender.key }
  for (const name of remembered) {
    facts.apply([{ kind: 'remember', scope: 'contact', owner: sender.key, name, value: 'true', until: null }])
  }
  for (const [per, keepMs] of ruleset.counted) {
    for (let index = 0; index < messages; index++) {
      facts.apply([{ kind: 'count', key: messageCountKey(per, owner), at: at - 5000, keepMs }])
    }
  }
  const flow = [...ruleset.flows.values()][0]
  const step = flow?.steps[0]?.spec.id
  if (!isInFlow || flow === undefined || step === undefined) return facts
  const state = writeFlowState({
    flow: flow.name,
    step,
    version: ruleset.version,
    wrong: 0,
    steps: 1,
    expiresAt: at + 60_000,
    values: {},
  })
  facts.apply([{ kind: 'flow', ...owner, state }])
  return facts
}
