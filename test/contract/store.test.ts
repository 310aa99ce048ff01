import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Trace } from '../../src/domain/decision.ts'
import { InvariantError } from '../../src/domain/errors.ts'
import { asId, type ChatKey, type ContactKey, type RuleId, type StepId } from '../../src/domain/ids.ts'
import type { FactWrite } from '../../src/domain/run.ts'
import type { Facts } from '../../src/engine/facts.ts'
import { nextSlice } from '../../src/events/feed.ts'
import { accept, type InboxPort } from '../../src/events/inbox.ts'
import type { OutboxPort } from '../../src/outbox/ports.ts'
import type { FactsRepository, Store } from '../../src/store/store.ts'
import {
  ACCOUNT,
  DAY,
  decide,
  MINUTE,
  message,
  ownWords,
  runFor,
  T0,
  TestStore,
} from '../unit/store/fixtures.ts'

/** The store fits the interfaces of the rooms that use it; the compiler is the test. */
const asFacts = (facts: FactsRepository): Facts => facts
const asOutboxPort = (store: Store): OutboxPort => ({
  ...store.outbox,
  transaction: store.transaction,
  deferred: store.deferred,
})
const asInboxPort = (store: Store): InboxPort => ({ ...store.inbox, transaction: store.transaction })

const CHAT = asId<ChatKey>('chat-1')
const CONTACT = asId<ContactKey>('chat-1')
const batch = (events: ReturnType<typeof message>[], value = 'cursor-1') => ({
  account: ACCOUNT,
  generation: 1,
  events,
  cursor: { account: ACCOUNT, generation: 1, value },
})

let t: TestStore
beforeEach(() => {
  t = new TestStore()
})
afterEach(() => t.dispose())
const facts = () => asFacts(t.store.facts(ACCOUNT))
const write = (...writes: FactWrite[]) => t.store.facts(ACCOUNT).apply(writes)

describe('accepting', () => {
  test('each event once, with the cursor that covers it, also after a restart', () => {
    const events = [message(1), message(2)]
    expect(accept(batch(events), asInboxPort(t.store))).toEqual({ accepted: events, duplicates: 0 })
    t.reopen()
    const again = accept(batch([message(2), message(3)], 'cursor-2'), asInboxPort(t.store))
    expect([again.accepted.map(({ messageId }) => messageId), again.duplicates]).toEqual([['3'], 1])
    expect(t.store.inbox.cursor(ACCOUNT)?.value).toBe('cursor-2')
    expect(nextSlice(ACCOUNT, t.store.inbox)).toEqual([message(1), message(2), message(3)])
  })

  test('a failure keeps both: no event without the cursor, no cursor without the events', () => {
    const port = asInboxPort(t.store)
    const broken: InboxPort = {
      ...port,
      saveCursor() {
        throw new Error('cut')
      },
    }
    expect(() => accept(batch([message(1)]), broken)).toThrow('cut')
    expect([t.store.inbox.countUnhandled(ACCOUNT), t.store.inbox.cursor(ACCOUNT)]).toEqual([0, null])
  })

  test('an empty cursor keeps the old one', () => {
    accept(batch([], 'cursor-1'), asInboxPort(t.store))
    accept(batch([message(1)], ''), asInboxPort(t.store))
    expect(t.store.inbox.cursor(ACCOUNT)?.value).toBe('cursor-1')
  })

  test('slices are bounded and in order', () => {
    accept(batch(Array.from({ length: 5 }, (_, n) => message(n))), asInboxPort(t.store))
    expect(nextSlice(ACCOUNT, t.store.inbox, 2).map(({ messageId }) => messageId)).toEqual(['0', '1'])
  })
})

describe('deciding', () => {
  const trace: Trace = { event: message(1).id, rulesVersion: 'v7', decidedAt: T0, safety: null, tried: [] }

  test('a decision is committed once; a second time changes nothing', () => {
    const event = message(1)
    t.store.inbox.insert(event)
    const decision = { kind: 'act' as const, reason: null, rule: asId<RuleId>('rule-1') }
    const commit = { event, decision, trace, runs: [runFor(event)], writes: [] }
    expect(t.store.decisions.commit(commit)).toBe(true)
    expect(t.store.decisions.commit({ ...commit, runs: [runFor(event, { rule: 'other' })] })).toBe(false)
    expect(t.store.outbox.counts(ACCOUNT).get('ready')).toBe(1)
    expect(t.store.traces.find(event.id)).toEqual(trace)
    expect(t.store.inbox.recent(ACCOUNT, 10)).toMatchObject([{ id: event.id, decision: 'act', event }])
  })

  test('a decision about an unknown event is our bug', () => {
    const commit = {
      event: message(9),
      decision: { kind: 'none' as const, reason: null, rule: null },
      trace: null,
      runs: [],
      writes: [],
    }
    expect(() => t.store.decisions.commit(commit)).toThrow(InvariantError)
  })

  test('later events of the same transaction see what earlier ones did', () => {
    t.store.transaction(() => {
      decide(t.store, message(1, { at: T0 + 5 }))
      expect(facts().lastMessageAt(CHAT)).toBe(T0 + 5)
      expect(facts().isRunActive(asId('rule-1'), CHAT)).toBe(true)
    })
  })

  test('a failing transaction leaves nothing behind', () => {
    const failing = () =>
      t.store.transaction(() => {
        decide(t.store, message(1))
        throw new Error('cut')
      })
    expect(failing).toThrow('cut')
    expect([t.store.inbox.find(message(1).id), t.store.outbox.activeChats(ACCOUNT)]).toEqual([null, []])
  })

  test('a trace of thousands of rules keeps what matched', () => {
    const place = { file: 'a.yml', line: 1, column: 1 }
    const failure = { condition: 'text', expected: 'x', actual: 'y', place }
    const failed = {
      rule: asId<RuleId>('f'),
      name: 'f',
      place,
      outcome: { kind: 'failed' as const, failure },
    }
    const hit = { ...failed, name: 'hit', outcome: { kind: 'matched' as const, matched: 'x', captures: {} } }
    const event = message(1)
    t.store.inbox.insert(event)
    t.store.decisions.commit({
      event,
      decision: { kind: 'act', reason: null, rule: null },
      trace: { ...trace, tried: [hit, ...Array.from({ length: 5000 }, () => failed)] },
      runs: [],
      writes: [],
    })
    const kept = t.store.traces.find(event.id)?.tried ?? []
    expect([kept.length < 100, kept[0]?.name]).toEqual([true, 'hit'])
  })
})

describe('facts', () => {
  test('nothing is known at first', () => {
    const f = facts()
    expect([f.cooldownUntil('k'), f.hitsSince('k', 0), f.mute(CHAT), f.isPaused(CHAT, T0)]).toEqual([
      null,
      0,
      null,
      false,
    ])
    expect([
      f.lastMessageAt(CHAT),
      f.lastContactAt(CONTACT),
      f.lastReplyAt(CHAT),
      f.ownerSpokeAt(CHAT),
    ]).toEqual([null, null, null, null])
    expect([f.flow(CHAT, CONTACT), f.recentReplies(CHAT, 5), f.recentMessages(CHAT, 5)]).toEqual([
      null,
      [],
      [],
    ])
  })

  test('hits count, in the same millisecond too, and old ones are forgotten', () => {
    const hit = (at: number): FactWrite => ({ kind: 'count', key: 'k', at, keepMs: 1000 })
    write(hit(T0), hit(T0), hit(T0 + 10))
    expect([facts().hitsSince('k', T0), facts().hitsSince('k', T0 + 1)]).toEqual([3, 1])
    write(hit(T0 + 5000))
    expect(facts().hitsSince('k', 0)).toBe(1)
  })

  test('remembered values end, are replaced, forgotten, and capped per owner', () => {
    const remember = (name: string, value: string, until: number | null): FactWrite => ({
      kind: 'remember',
      scope: 'contact',
      owner: CONTACT,
      name,
      value,
      until,
    })
    write(remember('a', '1', T0 + 10), remember('a', '2', T0 + 20))
    expect(facts().remembered('contact', CONTACT, 'a', T0 + 19)).toBe('2')
    expect(facts().remembered('contact', CONTACT, 'a', T0 + 20)).toBeNull()
    write({ kind: 'forget', scope: 'contact', owner: CONTACT, name: 'a' })
    expect(facts().remembered('contact', CONTACT, 'a', T0)).toBeNull()
    for (let n = 0; n < 60; n++) {
      t.clock.pass(1)
      write(remember(`name ${n}`, 'x', null))
    }
    const kept = Array.from(
      { length: 60 },
      (_, n) => facts().remembered('contact', CONTACT, `name ${n}`, T0) !== null,
    )
    expect([kept.filter(Boolean).length, kept[0], kept[59]]).toEqual([50, false, true])
  })

  test('flows whose time ran out are found, oldest first, and the next deadline', () => {
    const facts = t.store.facts(ACCOUNT)
    expect([facts.nextFlowDeadline(), facts.expiredFlows(T0, 5)]).toEqual([null, []])
    const state = (expiresAt: number) => JSON.stringify({ flow: 'a', expiresAt })
    const other = asId<ContactKey>('contact-2')
    write(
      { kind: 'flow', chat: CHAT, contact: CONTACT, state: state(T0 + 20) },
      { kind: 'flow', chat: CHAT, contact: other, state: state(T0 + 10) },
      { kind: 'flow', chat: asId('chat-9'), contact: other, state: '{"step":1}' },
    )
    expect(facts.nextFlowDeadline()).toBe(T0 + 10)
    expect(facts.expiredFlows(T0 + 9, 5)).toEqual([])
    expect(facts.expiredFlows(T0 + 20, 5).map((row) => row.contact)).toEqual([other, CONTACT])
    expect(facts.expiredFlows(T0 + 20, 1)).toEqual([{ chat: CHAT, contact: other, state: state(T0 + 10) }])
    expect(t.store.facts(asId('account-b')).expiredFlows(T0 + 99, 5)).toEqual([])
    expect(t.store.facts(asId('account-b')).nextFlowDeadline()).toBeNull()
  })

  test('cancel takes back what a rule has not begun to send in a chat, and nothing else', () => {
    const [run] = decide(t.store, message(1), { texts: ['a', 'b', 'c'] })
    const [elsewhere] = decide(t.store, message(2, { chat: 'chat-2' }))
    const [byOther] = decide(t.store, message(3), { rule: 'rule-2' })
    const [first, second] = run?.steps ?? []
    const sending = { kind: 'sending' as const, attempt: 1, generation: 1, since: T0 }
    t.store.outbox.save({ id: first?.id ?? asId(''), delivery: sending }, T0)
    write({ kind: 'cancel', rule: asId('rule-1'), chat: asId('chat-1') })
    const kindOf = (id: StepId | undefined) => t.store.outbox.find(id ?? asId(''))?.delivery.kind
    expect(kindOf(first?.id)).toBe('sending')
    expect(kindOf(second?.id)).toBe('cancelled')
    expect([elsewhere, byOther].map((one) => kindOf(one?.steps[0]?.id))).toEqual(['ready', 'ready'])
  })

  test('mutes, flows and cooldowns are kept and taken back', () => {
    write(
      { kind: 'mute', chat: CHAT, until: T0 + 5, reason: 'loop-breaker' },
      { kind: 'flow', chat: CHAT, contact: CONTACT, state: '{"step":1}' },
      { kind: 'cooldown', key: 'k', until: T0 + 7 },
    )
    t.reopen()
    expect(facts().mute(CHAT)).toEqual({ until: T0 + 5, reason: 'loop-breaker' })
    expect([facts().flow(CHAT, CONTACT), facts().cooldownUntil('k')]).toEqual(['{"step":1}', T0 + 7])
    write({ kind: 'unmute', chat: CHAT }, { kind: 'flow', chat: CHAT, contact: CONTACT, state: null })
    expect([facts().mute(CHAT), facts().flow(CHAT, CONTACT)]).toEqual([null, null])
  })

  test('what happened in a chat: messages, replies, the owner, newest first', () => {
    decide(t.store, message(1, { at: T0 }), { texts: ['one'] })
    decide(t.store, message(2, { at: T0 + 10 }), { texts: ['two'] })
    decide(t.store, message(3, { at: T0 + 20, chat: 'chat-2' }), null)
    t.store.inbox.insert(message(4, { at: T0 + 30 }))
    const f = facts()
    expect([f.lastMessageAt(CHAT), f.lastReplyAt(CHAT), f.recentMessages(CHAT, 5)]).toEqual([
      T0 + 10,
      T0 + 10,
      [T0 + 10, T0],
    ])
    expect(f.recentReplies(CHAT, 1)).toEqual([{ text: 'two', at: T0 + 10 }])
    expect(f.lastReplyAt(asId('chat-2'))).toBeNull()
  })

  test('said is what went out, not what still waits', () => {
    const [run] = decide(t.store, message(1, { at: T0 }), { texts: ['one', 'two'] })
    const [first] = run?.steps ?? []
    expect(facts().lastSaidAt(CHAT)).toBeNull()
    const sending = { kind: 'sending' as const, attempt: 1, generation: 1, since: T0 + 9 }
    t.store.outbox.save({ id: first?.id ?? asId(''), delivery: sending }, T0 + 9)
    expect(facts().lastSaidAt(CHAT)).toBe(T0 + 9)
    expect(facts().lastSaidAt(asId('chat-2'))).toBeNull()
  })

  test('the owner spoke, an echo did not', () => {
    const speak = (n: number, isEcho: boolean) => {
      const event = ownWords(n, 'hi', 'chat-1', T0 + n)
      t.store.inbox.insert(event)
      const decision = { kind: 'none' as const, reason: null, rule: null }
      t.store.decisions.commit({ event, decision, trace: null, runs: [], writes: [], isEcho })
    }
    speak(1, true)
    expect(facts().ownerSpokeAt(CHAT)).toBeNull()
    speak(2, false)
    expect(facts().ownerSpokeAt(CHAT)).toBe(T0 + 2)
  })

  test('accounts see nothing of each other', () => {
    decide(t.store, message(1))
    write({ kind: 'cooldown', key: 'k', until: T0 })
    const other = t.store.facts(asId('account-b'))
    expect([other.cooldownUntil('k'), other.lastMessageAt(CHAT), other.recentReplies(CHAT, 5)]).toEqual([
      null,
      null,
      [],
    ])
  })
})

describe('echoes', () => {
  const matchKind = (text: string, id: string) => t.store.outbox.matchEcho(ACCOUNT, CHAT, text, id).kind

  test('a known server id is an echo, again and again; other words are the owner', () => {
    const step = decide(t.store, message(1), { texts: ['hello'] })[0]?.steps[0]
    if (step === undefined) throw new Error('no step')
    t.store.outbox.save({ id: step.id, delivery: { kind: 'sent', messageId: '55', at: T0 } }, T0)
    expect([matchKind('whatever', '55'), matchKind('whatever', '55'), matchKind('hello', '56')]).toEqual([
      'echo',
      'echo',
      'owner',
    ])
  })

  test('a double that arrived twice has two echoes, not an owner', () => {
    const step = decide(t.store, message(1), { texts: ['hello'] })[0]?.steps[0]
    if (step === undefined) throw new Error('no step')
    const { outbox } = t.store
    outbox.save({ id: step.id, delivery: { kind: 'sending', attempt: 2, generation: 1, since: T0 } }, T0)
    outbox.save({ id: step.id, delivery: { kind: 'sent', messageId: '56', at: T0 } }, T0)
    expect([matchKind('hello', '55'), matchKind('hello', '56')]).toEqual(['echo', 'echo'])
  })

  test('a reply that still waits is no echo: the owner was faster', () => {
    decide(t.store, message(1), { texts: ['hello'] })
    expect(matchKind('hello', '55')).toBe('owner')
  })

  test('a held doubt is settled by its echo', () => {
    const step = decide(t.store, message(1), { texts: ['hello'] })[0]?.steps[0]
    if (step === undefined) throw new Error('no step')
    t.store.outbox.save({ id: step.id, delivery: { kind: 'held', reason: 'uncertain', since: T0 } }, T0)
    expect(matchKind('hello', '55')).toBe('echo')
    expect(t.store.outbox.find(step.id)?.delivery).toMatchObject({ kind: 'sent', messageId: '55' })
  })
})

describe('commands', () => {
  test('withheld replies are counted by reason and listed', () => {
    const ids = [1, 2, 3].map((n) => decide(t.store, message(n))[0]?.steps[0]?.id)
    const [held, dropped] = ids
    if (held === undefined || dropped === undefined) throw new Error('no steps')
    t.store.outbox.save({ id: held, delivery: { kind: 'held', reason: 'uncertain', since: T0 } }, T0)
    expect([t.store.outbox.drop(dropped, T0), t.store.outbox.drop(dropped, T0)]).toEqual([true, false])
    expect(Object.fromEntries(t.store.outbox.counts(ACCOUNT))).toEqual({
      ready: 1,
      held: 1,
      'held:uncertain': 1,
      cancelled: 1,
      'cancelled:dropped': 1,
    })
    expect(t.store.outbox.list(ACCOUNT, 'held', 10).map(({ id }) => id)).toEqual([held])
    expect(asOutboxPort(t.store).head(ACCOUNT, CHAT)?.id).toBe(ids[2])
  })

  test('a send on the wire cannot be dropped or sent again', () => {
    const id = decide(t.store, message(1))[0]?.steps[0]?.id
    if (id === undefined) throw new Error('no step')
    t.store.outbox.save({ id, delivery: { kind: 'sending', attempt: 1, generation: 1, since: T0 } }, T0)
    expect([t.store.outbox.drop(id, T0), t.store.outbox.sendNow(id, T0, MINUTE)]).toEqual([false, false])
  })

  test('pauses survive restarts, for one chat or for all', () => {
    t.store.outbox.setPaused(ACCOUNT, CHAT, true, T0)
    t.reopen()
    expect([facts().isPaused(CHAT, T0), facts().isPaused(asId('chat-2'), T0)]).toEqual([true, false])
    t.store.outbox.setPaused(ACCOUNT, null, true, T0)
    t.store.outbox.setPaused(ACCOUNT, CHAT, false, T0)
    expect([facts().isPaused(CHAT, T0), t.store.outbox.paused(ACCOUNT)]).toEqual([
      true,
      [{ chat: null, since: T0, until: null }],
    ])
    t.store.outbox.setPaused(ACCOUNT, null, true, T0, T0 + MINUTE)
    expect([facts().isPaused(CHAT, T0), facts().isPaused(CHAT, T0 + MINUTE)]).toEqual([true, false])
  })

  test('schedules fire once, contacts are replaced, names are kept', () => {
    const { schedules, contacts, meta } = t.store
    expect([schedules.mark(ACCOUNT, 's', T0), schedules.mark(ACCOUNT, 's', T0)]).toEqual([true, false])
    expect([schedules.lastMark(ACCOUNT, 's'), schedules.lastMark(ACCOUNT, 'x')]).toEqual([T0, null])
    contacts.save(ACCOUNT, [{ key: CONTACT, value: '1' }])
    contacts.save(ACCOUNT, [{ key: CONTACT, value: '2' }])
    expect(contacts.load(ACCOUNT)).toEqual([{ key: CONTACT, value: '2' }])
    contacts.remove(ACCOUNT, [CONTACT])
    meta.set('a', '1')
    expect([contacts.load(ACCOUNT), meta.get('a'), meta.get('b')]).toEqual([[], '1', null])
  })
})

describe('keeping and forgetting', () => {
  const purgeAll = () => {
    for (let rounds = 0; t.store.purge(t.clock.wall).hasMore; rounds++)
      if (rounds > 1000) throw new Error('endless')
  }

  test('T41: text goes after 7 days, ids after 30, the audit after 90', () => {
    const event = message(1)
    const step = decide(t.store, event, { texts: ['secret'] })[0]?.steps[0]
    if (step === undefined) throw new Error('no step')
    t.store.outbox.save({ id: step.id, delivery: { kind: 'sent', messageId: '9', at: T0 } }, T0)
    t.clock.pass(8 * DAY)
    purgeAll()
    expect([t.store.inbox.find(event.id), t.store.inbox.insert(event)]).toEqual([null, false])
    expect(t.store.outbox.find(step.id)).toMatchObject({ effect: null, delivery: { messageId: '9' } })
    t.clock.pass(23 * DAY)
    purgeAll()
    expect(t.store.inbox.insert(event)).toBe(true)
    expect(t.store.outbox.find(step.id)).not.toBeNull()
    t.clock.pass(60 * DAY)
    purgeAll()
    expect(t.store.outbox.find(step.id)).toBeNull()
  })

  test('T41: after 7 days not one byte of a text is left in any file', async () => {
    const { readdirSync, readFileSync } = await import('node:fs')
    const { join } = await import('node:path')
    const canary = 'canary-5b1e'
    const holders = () =>
      readdirSync(t.dir, { recursive: true, withFileTypes: true })
        .filter((file) => file.isFile() && !file.name.startsWith('lock'))
        .map((file) => join(file.parentPath, file.name))
        .filter((path) => readFileSync(path).includes(canary))
    const step = decide(t.store, message(1, { text: canary }), { texts: [`${canary} 好`] })[0]?.steps[0]
    if (step === undefined) throw new Error('no step')
    t.store.outbox.save({ id: step.id, delivery: { kind: 'sent', messageId: '9', at: T0 } }, T0)
    expect(holders()).not.toEqual([])
    t.clock.pass(8 * DAY)
    purgeAll()
    t.store.close()
    expect(holders()).toEqual([])
  })

  test('what is not handled or not sent is never purged', () => {
    t.store.inbox.insert(message(1))
    const waiting = decide(t.store, message(2), { ttlMs: 400 * DAY })[0]?.steps[0]
    t.clock.pass(365 * DAY)
    purgeAll()
    expect(t.store.inbox.unhandled(ACCOUNT, 10)).toHaveLength(1)
    expect(waiting && t.store.outbox.find(waiting.id)?.delivery.kind).toBe('ready')
  })

  test('T41: forgetting a person leaves no trace of them in the files, backups included', async () => {
    const { readdirSync, readFileSync } = await import('node:fs')
    const { join } = await import('node:path')
    const canary = 'canary-7f3a'
    decide(t.store, message(1, { chat: canary, text: canary }), { texts: [canary] })
    decide(t.store, message(2, { chat: 'other' }))
    t.store.facts(ACCOUNT).apply([{ kind: 'cooldown', key: `rule|${canary}`, until: T0 }])
    t.store.contacts.save(ACCOUNT, [{ key: asId(canary), value: canary }])
    await t.store.backup()
    expect(await t.store.forget(ACCOUNT, asId(canary))).toBeGreaterThan(4)
    const files = readdirSync(t.dir, { recursive: true, withFileTypes: true }).filter(
      (file) => file.isFile() && !file.name.startsWith('lock'),
    )
    const found = files.filter((file) => readFileSync(join(file.parentPath, file.name)).includes(canary))
    // lock.db must stay shut while the lock is held; it is empty.
    expect(found.map(({ name }) => name)).toEqual([])
    expect(t.store.inbox.insert(message(1, { chat: canary }))).toBe(false)
    expect(t.store.outbox.activeChats(ACCOUNT)).toEqual(['other'])
  })
})
