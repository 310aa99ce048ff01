import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Trace } from '../../src/domain/decision.ts'
import type { Event } from '../../src/domain/event.ts'
import { bodyOf, toEvent } from '../../src/store/event-body.ts'
import { placeOf } from '../../src/store/inbox.ts'
import { toTrace, traceBody } from '../../src/store/trace-body.ts'

const word = fc.oneof(
  fc.constant(''),
  fc.constantFrom('小王', '老客户群', '__proto__'),
  fc.string({ unit: 'binary' }),
)
const instant = fc.integer({ min: 0, max: 4e12 })
const person = fc.record({
  key: word,
  name: word,
  remark: word,
  alias: word,
  nick: word,
  display: word,
  relation: fc.constantFrom('friend', 'stranger', 'official', 'special', 'self'),
  isAmbiguous: fc.boolean(),
})
const chat = fc.record({
  key: word,
  kind: fc.constantFrom('private', 'group', 'filehelper', 'official', 'system'),
  name: word,
  otherNames: fc.array(word, { maxLength: 2 }),
  isAmbiguous: fc.boolean(),
})
const mentions = fc.record({ self: fc.boolean(), all: fc.boolean(), others: fc.boolean() })
const content = fc.record({
  kind: fc.constantFrom('text', 'image', 'file'),
  text: word,
  fullText: word,
  quoted: fc.option(fc.record({ name: word, text: word })),
  mentions,
  details: fc.dictionary(word, fc.oneof(word, fc.integer()), { maxKeys: 3, noNullPrototype: true }),
})
const base = { id: word, account: word, at: instant, receivedAt: instant, messageId: word }
const kind = <K extends string>(name: K) => fc.constant(name)

const event = fc.oneof(
  fc.record({ ...base, kind: kind('message.received'), chat, sender: person, content }),
  fc.record({ ...base, kind: kind('owner.spoke'), chat, content }),
  fc.record({
    ...base,
    kind: kind('message.recalled'),
    chat,
    sender: fc.option(person),
    recalledMessageId: word,
    text: word,
  }),
  fc.record({
    ...base,
    kind: kind('friend.requested'),
    chat,
    sender: person,
    greeting: word,
    handle: fc.record({ userName: word, ticket: word, generation: fc.nat() }),
  }),
  fc.record({
    ...base,
    kind: kind('room.member-joined'),
    chat,
    joined: fc.array(word),
    invitedBy: word,
    text: word,
  }),
  fc.record({
    ...base,
    kind: kind('chat.noticed'),
    chat,
    topic: fc.constantFrom('pat', 'other'),
    text: word,
  }),
  fc.record({ ...base, kind: kind('other.received'), type: word }),
  fc.record({ ...base, kind: kind('message.undecodable'), problem: word }),
  fc.record({ ...base, kind: kind('schedule.fired'), schedule: word, dueAt: instant, isLate: fc.boolean() }),
  fc.record({ ...base, kind: kind('flow.expired'), flow: word, chat, sender: person }),
) as fc.Arbitrary<unknown> as fc.Arbitrary<Event>

const columnsOf = (one: Event) => {
  const { id, account, kind, at, receivedAt, messageId } = one
  return { id, account, kind, at, ...placeOf(one), received_at: receivedAt, message_id: messageId }
}

describe('what is kept of an event', () => {
  test('is all of it, whatever its kind and its words', () => {
    fc.assert(
      fc.property(event, (one) => {
        const columns = columnsOf(one)
        expect(toEvent({ ...columns, body: bodyOf(one, columns) })).toEqual(one)
      }),
    )
  })

  test('is also read where the body says everything, as the first version wrote it', () => {
    fc.assert(
      fc.property(event, (one) => {
        expect(toEvent({ ...columnsOf(one), body: JSON.stringify(one) })).toEqual(one)
      }),
    )
  })
})

test('what the disk has spoilt is told as such, and the rest of the row is kept', () => {
  const row = { id: 'a', account: 'b', kind: 'owner.spoke', chat: 'c', contact: null, at: 1, received_at: 2 }
  const known = { id: 'a', account: 'b', at: 1, receivedAt: 2, messageId: 'm' }
  for (const body of ['{"chat":{"na\u0007', '7', 'null', '']) {
    expect(toEvent({ ...row, message_id: 'm', body })).toMatchObject({
      ...known,
      kind: 'message.undecodable',
    })
  }
  expect(toTrace({ id: 'a', rules_version: null, handled_at: null, body: '{"words":' })).toBeNull()
})

const place = fc.record({ file: word, line: fc.nat(), column: fc.nat() })
const failure = fc.record(
  { condition: word, expected: word, actual: word, place, nearest: word },
  { requiredKeys: ['condition', 'expected', 'actual', 'place'] },
)
const outcome = fc.oneof(
  fc.record({
    kind: kind('matched'),
    matched: word,
    captures: fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true }),
  }),
  fc.record({ kind: kind('failed'), failure }),
  fc.record({ kind: kind('suppressed'), reason: fc.constantFrom('cooldown', 'limit'), detail: word }),
)
const trace = fc.record({
  event: word,
  rulesVersion: word,
  decidedAt: instant,
  safety: fc.option(fc.record({ reason: fc.constantFrom('muted', 'too-old'), detail: word })),
  tried: fc.array(fc.record({ rule: word, name: word, place, outcome }), { maxLength: 5 }),
}) as fc.Arbitrary<unknown> as fc.Arbitrary<Trace>

describe('what is kept of a trace', () => {
  test('is all of it, however late it was committed', () => {
    fc.assert(
      fc.property(trace, fc.nat(2), (one, lateMs) => {
        const handledAt = one.decidedAt + lateMs
        const columns = { id: one.event, rules_version: one.rulesVersion, handled_at: handledAt }
        expect(toTrace({ ...columns, body: traceBody(one, handledAt) })).toEqual(one)
        expect(toTrace({ ...columns, body: JSON.stringify(one) })).toEqual(one)
      }),
    )
  })
})
