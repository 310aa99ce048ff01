import { describe, expect, test } from '@jest/globals'
import { InvariantError } from '../../../src/domain/errors.ts'
import type { Delivery, SendOutcome } from '../../../src/domain/run.ts'
import { nextClientMsgId } from '../../../src/outbox/client-msg-id.ts'
import {
  type DeliveryInput,
  judgeUncertain,
  MAX_UNCERTAIN_AGE_MS,
  needsNewId,
  transition,
} from '../../../src/outbox/delivery.ts'
import { Pacing, typingMs, windowOpensAt } from '../../../src/outbox/pacing.ts'
import {
  CALM_SENDS,
  gapFactor,
  HEALTHY,
  LONGEST_PAUSE_MS,
  linePauseMs,
  nextHealth,
  stepPauseMs,
  throttlePauseMs,
} from '../../../src/outbox/retry.ts'

const NOW = 1_900_000_000_000
const RETRY_AT = NOW + 5000
const ready: Delivery = { kind: 'ready', notBefore: NOW, attempt: 0 }
const sending: Delivery = { kind: 'sending', attempt: 1, generation: 3, since: NOW - 10 }
const secondSending: Delivery = { ...sending, attempt: 2 }
const retry: Delivery = { kind: 'retry', at: NOW, attempt: 1, problem: 'ret 1' }
const uncertain: Delivery = { kind: 'uncertain', since: NOW - 10, attempt: 1, problem: 'reset' }
const settled: Delivery[] = [
  { kind: 'sent', messageId: '1', at: NOW },
  { kind: 'held', reason: 'uncertain', since: NOW },
  { kind: 'expired', at: NOW },
  { kind: 'cancelled', reason: 'muted', at: NOW },
  { kind: 'dead', reason: 'refused', detail: '', at: NOW },
]
const outcomeOf = (outcome: SendOutcome, wasUncertain = false): DeliveryInput => ({
  kind: 'outcome',
  outcome,
  retryAt: RETRY_AT,
  wasUncertain,
})
const refused = (isUnwritable = false): SendOutcome => ({
  kind: 'refused',
  ret: 7,
  message: 'no',
  isUnwritable,
})
const begin: DeliveryInput = { kind: 'begin', generation: 3 }

describe('transition', () => {
  const moves: [string, Delivery, DeliveryInput, Delivery][] = [
    ['ready is taken out', ready, begin, { kind: 'sending', attempt: 1, generation: 3, since: NOW }],
    ['a retry is taken out', retry, begin, { kind: 'sending', attempt: 2, generation: 3, since: NOW }],
    ['doubt is tried again', uncertain, begin, { kind: 'sending', attempt: 2, generation: 3, since: NOW }],
    ['sent', sending, outcomeOf({ kind: 'sent', messageId: '9' }), { kind: 'sent', messageId: '9', at: NOW }],
    [
      'what never left is not counted',
      sending,
      outcomeOf({ kind: 'not-sent', problem: 'dns' }),
      { kind: 'retry', at: RETRY_AT, attempt: 0, problem: 'dns' },
    ],
    [
      'too often keeps it ready',
      sending,
      outcomeOf({ kind: 'throttled', ret: 1205, afterMs: null }),
      { kind: 'ready', notBefore: RETRY_AT, attempt: 0 },
    ],
    [
      'logged out keeps it ready',
      sending,
      outcomeOf({ kind: 'session-gone', ret: 1101 }),
      { kind: 'ready', notBefore: RETRY_AT, attempt: 0 },
    ],
    [
      'refused once',
      sending,
      outcomeOf(refused()),
      { kind: 'retry', at: RETRY_AT, attempt: 1, problem: 'ret 7' },
    ],
    [
      'refused twice',
      secondSending,
      outcomeOf(refused()),
      { kind: 'dead', reason: 'refused', detail: 'ret 7', at: NOW },
    ],
    [
      'unwritable at once',
      sending,
      outcomeOf(refused(true)),
      { kind: 'dead', reason: 'unwritable', detail: 'ret 7', at: NOW },
    ],
    [
      'doubt is as old as its attempt',
      sending,
      outcomeOf({ kind: 'uncertain', problem: 'reset' }),
      { kind: 'uncertain', since: NOW - 10, attempt: 1, problem: 'reset' },
    ],
    [
      'no unique recipient',
      sending,
      outcomeOf({ kind: 'unresolved', reason: 'recipient-ambiguous' }),
      { kind: 'held', reason: 'recipient-ambiguous', since: NOW },
    ],
    [
      'a further try that did not get through leaves the first in doubt',
      secondSending,
      outcomeOf({ kind: 'not-sent', problem: 'dns' }, true),
      { kind: 'held', reason: 'uncertain', since: NOW },
    ],
    [
      'takeover cancels',
      ready,
      { kind: 'silence', reason: 'takeover' },
      { kind: 'cancelled', reason: 'takeover', at: NOW },
    ],
    [
      'pause holds',
      retry,
      { kind: 'silence', reason: 'paused' },
      { kind: 'held', reason: 'paused', since: NOW },
    ],
    [
      'silence does not hide a doubt',
      uncertain,
      { kind: 'silence', reason: 'muted' },
      { kind: 'held', reason: 'uncertain', since: NOW },
    ],
    [
      'hold',
      uncertain,
      { kind: 'hold', reason: 'uncertain' },
      { kind: 'held', reason: 'uncertain', since: NOW },
    ],
    ['expire', ready, { kind: 'expire' }, { kind: 'expired', at: NOW }],
    ['fail', retry, { kind: 'fail', detail: 'x' }, { kind: 'dead', reason: 'failed', detail: 'x', at: NOW }],
  ]
  test.each(moves)('%s', (_name, from, input, to) => {
    expect(transition(from, input, NOW)).toEqual(to)
  })

  const inputs: DeliveryInput[] = [
    begin,
    outcomeOf({ kind: 'sent', messageId: '1' }),
    { kind: 'expire' },
    { kind: 'hold', reason: 'uncertain' },
    { kind: 'silence', reason: 'muted' },
    { kind: 'fail', detail: '' },
  ]
  const illegal: [string, Delivery, DeliveryInput][] = [
    ...settled.flatMap((from) =>
      inputs.map((input): [string, Delivery, DeliveryInput] => [
        `${from.kind} takes no ${input.kind}`,
        from,
        input,
      ]),
    ),
    ['ready takes no outcome', ready, outcomeOf({ kind: 'sent', messageId: '1' })],
    ['sending is not taken out again', sending, begin],
    ['sending does not expire', sending, { kind: 'expire' }],
    ['doubt does not expire', uncertain, { kind: 'expire' }],
    ['nothing is tried a third time', { ...uncertain, attempt: 2 }, begin],
  ]
  test.each(illegal)('%s', (_name, from, input) => {
    expect(() => transition(from, input, NOW)).toThrow(InvariantError)
  })
})

describe('judgeUncertain', () => {
  const young = { policy: 'resend', attempt: 1, ageMs: 1000, isSameGeneration: true } as const
  test.each([
    ['young, once, same login', young, 'resend'],
    ['exactly at the limit', { ...young, ageMs: MAX_UNCERTAIN_AGE_MS }, 'resend'],
    ['too old', { ...young, ageMs: MAX_UNCERTAIN_AGE_MS + 1 }, 'hold'],
    ['from far in the future: the clock was set', { ...young, ageMs: -MAX_UNCERTAIN_AGE_MS - 1 }, 'hold'],
    ['another login', { ...young, isSameGeneration: false }, 'hold'],
    ['tried twice', { ...young, attempt: 2 }, 'hold'],
    ['policy', { ...young, policy: 'hold' }, 'hold'],
  ] as const)('%s', (_name, facts, verdict) => {
    expect(judgeUncertain(facts)).toBe(verdict)
  })
})

test('only a definite refusal changes the id', () => {
  const all: SendOutcome[] = [
    { kind: 'sent', messageId: '' },
    { kind: 'not-sent', problem: '' },
    { kind: 'uncertain', problem: '' },
    { kind: 'throttled', ret: 1205, afterMs: null },
    refused(),
    { kind: 'session-gone', ret: 1101 },
  ]
  expect(all.filter(needsNewId).map((outcome) => outcome.kind)).toEqual([
    'throttled',
    'refused',
    'session-gone',
  ])
})

describe('client message ids', () => {
  const half = { next: () => 0.5 }
  test.each([
    ['first', NOW, '', `${NOW}5000`],
    ['same millisecond', NOW, `${NOW}5000`, `${NOW}5001`],
    ['clock set back', NOW - 3_600_000, `${NOW}9999`, `${NOW + 1}0000`],
    ['clock in 1970', 5, '', '00000000000055000'],
  ])('%s', (_name, now, last, id) => {
    expect(nextClientMsgId(now, last, half)).toBe(id)
  })
})

describe('retry', () => {
  test.each([
    [1, null, 30_000],
    [2, null, 60_000],
    [5, null, 480_000],
    [20, null, LONGEST_PAUSE_MS],
    [1, 90_000, 90_000],
  ])('pause after "too often" number %d (asked %p)', (nth, asked, pause) => {
    expect(throttlePauseMs(nth, asked)).toBe(pause)
  })

  test('a refusal waits 30 s without silencing the others', () => {
    const health = nextHealth(HEALTHY, refused())
    expect(linePauseMs(refused(), health, { next: () => 1 })).toBe(0)
    expect(stepPauseMs(refused(), 0)).toBe(30_000)
  })

  test('where nobody was reached the line waits, and the step no longer than the line', () => {
    expect(stepPauseMs({ kind: 'not-sent', problem: 'dns' }, 8000)).toBe(0)
    expect(stepPauseMs({ kind: 'throttled', ret: 1205, afterMs: null }, 8000)).toBe(8000)
  })

  test('failures grow the pause to a minute and a send ends it', () => {
    const failure: SendOutcome = { kind: 'not-sent', problem: 'dns' }
    let health = HEALTHY
    const pauses = Array.from({ length: 80 }, () => {
      health = nextHealth(health, failure)
      return linePauseMs(failure, health, { next: () => 1 })
    })
    expect(pauses[0]).toBe(1000)
    expect(pauses.at(-1)).toBe(60_000)
    expect(nextHealth(health, { kind: 'sent', messageId: '1' }).failures).toBe(0)
  })

  test('half the pace until ten sends in a row were good', () => {
    let health = nextHealth(HEALTHY, { kind: 'throttled', ret: 1205, afterMs: null })
    for (let sends = 1; sends < CALM_SENDS; sends++) {
      health = nextHealth(health, { kind: 'sent', messageId: '' })
      expect(gapFactor(health)).toBe(2)
    }
    expect(gapFactor(nextHealth(health, { kind: 'sent', messageId: '' }))).toBe(1)
  })
})

describe('pacing', () => {
  const typing = { baseMs: 600, perCharMs: 60, maxMs: 6000, jitter: 0.25 }
  test.each([
    ['two characters', '你好', 0.5, 720],
    ['an emoji is one', '😀', 0.5, 660],
    ['capped', 'x'.repeat(500), 0.5, 6000],
    ['slowest', '你好', 1, 900],
    ['fastest', '你好', 0, 540],
  ])('typing: %s', (_name, text, chance, ms) => {
    expect(typingMs(text, typing, { next: () => chance })).toBe(ms)
  })

  test('no typing settings, no delay', () => {
    expect(typingMs('你好', null, { next: () => 1 })).toBe(0)
  })

  test.each([
    ['off', [1, 2, 3], null, Number.NEGATIVE_INFINITY],
    ['room left', [1], { max: 2, inMs: 100 }, Number.NEGATIVE_INFINITY],
    ['full', [1, 5, 7], { max: 2, inMs: 100 }, 105],
    ['nothing allowed', [], { max: 0, inMs: 100 }, Number.POSITIVE_INFINITY],
  ])('window: %s', (_name, times, window, at) => {
    expect(windowOpensAt(times, window)).toBe(at)
  })

  test('a chat that is full does not stop another', () => {
    const chat = { max: 1, inMs: 1000 }
    const pacing = new Pacing({ minGapMs: 10, limits: { all: null, day: null, chat } })
    pacing.record('a', 100)
    expect([pacing.chatOpensAt('a'), pacing.chatOpensAt('b'), pacing.opensAt(1)]).toEqual([
      1100,
      Number.NEGATIVE_INFINITY,
      110,
    ])
    expect(pacing.opensAt(2)).toBe(120)
  })

  test('what certainly did not arrive is taken back', () => {
    const window = { max: 1, inMs: 1000 }
    const pacing = new Pacing({ minGapMs: 0, limits: { all: window, day: null, chat: window } })
    pacing.record('a', 100)
    pacing.withdraw('a', 100)
    expect([pacing.opensAt(1), pacing.chatOpensAt('a')]).toEqual([100, Number.NEGATIVE_INFINITY])
  })
})
