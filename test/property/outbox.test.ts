import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { InvariantError } from '../../src/domain/errors.ts'
import type { Delivery, SendOutcome } from '../../src/domain/run.ts'
import { nextClientMsgId } from '../../src/outbox/client-msg-id.ts'
import { MAX_ATTEMPTS, transition } from '../../src/outbox/delivery.ts'
import { Pacing } from '../../src/outbox/pacing.ts'
import type { Window } from '../../src/outbox/ports.ts'
import { Runner } from '../../src/outbox/runner.ts'
import { silentLogger } from '../../src/support/log.ts'
import { seededRandom } from '../../src/support/random.ts'
import { ACCOUNT, decide, MINUTE, message, TestStore } from '../unit/store/fixtures.ts'

const outcome = fc.oneof<fc.Arbitrary<SendOutcome>[]>(
  fc.constant({ kind: 'sent', messageId: 'm' }),
  fc.constant({ kind: 'not-sent', problem: 'dns' }),
  fc.constant({ kind: 'uncertain', problem: 'reset' }),
  fc.constant({ kind: 'throttled', ret: 1205, afterMs: null }),
  fc.boolean().map((isUnwritable) => ({ kind: 'refused' as const, ret: 7, message: '', isUnwritable })),
  fc.constant({ kind: 'session-gone', ret: 1101 }),
  fc.constant({ kind: 'unresolved', reason: 'recipient-missing' }),
)
const window = fc.option(
  fc.record({ max: fc.integer({ min: 1, max: 5 }), inMs: fc.integer({ min: 1, max: 5000 }) }),
)

/** The largest number of instants in any stretch of `inMs`. */
function densest(times: readonly number[], { inMs }: Window): number {
  return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + inMs).length))
}

describe('ids', () => {
  test('are unique and rise, whatever the clock does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -86_400_000, max: 86_400_000 }), { minLength: 1, maxLength: 200 }),
        fc.string(),
        (steps, seed) => {
          const random = seededRandom(seed)
          let now = 1_900_000_000_000
          let last = ''
          for (const step of steps) {
            now += step
            const id = nextClientMsgId(now, last, random)
            expect(id).toMatch(/^\d{17}$/)
            expect(id > last).toBe(true)
            last = id
          }
        },
      ),
    )
  })
})

describe('delivery', () => {
  test('however the server answers, it sees a step at most twice, and what is settled stays', () => {
    fc.assert(
      fc.property(fc.array(outcome, { maxLength: 30 }), (outcomes) => {
        let at: Delivery = { kind: 'ready', notBefore: 0, attempt: 0 }
        let seen = 0
        for (const next of outcomes) {
          if (at.kind !== 'ready' && at.kind !== 'retry' && at.kind !== 'uncertain') break
          if (at.kind === 'uncertain' && at.attempt >= MAX_ATTEMPTS) break
          const wasUncertain = at.kind === 'uncertain'
          at = transition(at, { kind: 'begin', generation: 1 }, 1)
          at = transition(at, { kind: 'outcome', outcome: next, retryAt: 2, wasUncertain }, 1)
          if (next.kind === 'sent' || next.kind === 'uncertain' || next.kind === 'refused') seen += 1
        }
        expect(seen).toBeLessThanOrEqual(MAX_ATTEMPTS)
        const settled = at
        if (['sent', 'held', 'dead'].includes(settled.kind)) {
          expect(() => transition(settled, { kind: 'begin', generation: 1 }, 1)).toThrow(InvariantError)
        }
      }),
    )
  })
})

describe('pacing', () => {
  test('no stretch of time ever holds more than a window allows, and no gap is too short', () => {
    fc.assert(
      fc.property(
        fc.record({ all: window, chat: window, day: window }),
        fc.integer({ min: 0, max: 500 }),
        fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 400 })), {
          maxLength: 60,
        }),
        (limits, minGapMs, wishes) => {
          const pacing = new Pacing({ minGapMs, limits })
          const sent: { chat: string; at: number }[] = []
          let now = 0
          for (const [chat, later] of wishes) {
            now = Math.max(now + later, pacing.opensAt(1), pacing.chatOpensAt(chat))
            pacing.record(chat, now)
            sent.push({ chat, at: now })
          }
          const times = sent.map(({ at }) => at)
          for (const limit of [limits.all, limits.day]) {
            if (limit !== null) expect(densest(times, limit)).toBeLessThanOrEqual(limit.max)
          }
          for (const name of ['a', 'b', 'c']) {
            const own = sent.filter(({ chat }) => chat === name).map(({ at }) => at)
            if (limits.chat !== null) expect(densest(own, limits.chat)).toBeLessThanOrEqual(limits.chat.max)
          }
          for (const [index, at] of times.entries()) {
            expect(at - (times[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(minGapMs)
          }
        },
      ),
    )
  })
})

describe('the runner', () => {
  test('whatever goes wrong on the line, runs of one chat never overtake and no reply is accepted twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.array(outcome, { maxLength: 40 }),
        fc.array(fc.integer({ min: -7_200_000, max: 7_200_000 }), { maxLength: 10 }),
        async (runs, outcomes, clockSteps) => {
          const t = new TestStore()
          try {
            for (const [n, [chat, steps]] of runs.entries()) {
              const texts = Array.from(
                { length: steps },
                (_, index) => `${String(n).padStart(2, '0')}.${index}`,
              )
              decide(t.store, message(n + 1, { chat: `chat-${chat}`, at: t.clock.wall }), {
                texts,
                ttlMs: 600 * MINUTE,
              })
            }
            const first: { chat: string; text: string }[] = []
            const attempts = new Map<string, number>()
            const ids = new Map<string, string>()
            let nth = 0
            const runner = new Runner({
              port: { ...t.store.outbox, transaction: t.store.transaction, deferred: t.store.deferred },
              sender: {
                account: ACCOUNT,
                generation: 1,
                isOnline: true,
                resolveOwner: () => null,
                async send({ chat, text, clientMsgId }) {
                  t.clock.wall += clockSteps[nth] ?? 0
                  const answer = outcomes[nth++] ?? { kind: 'sent', messageId: `server-${nth}` }
                  expect(ids.get(clientMsgId) ?? text).toBe(text)
                  ids.set(clientMsgId, text)
                  if (!attempts.has(text)) first.push({ chat, text })
                  const isSeen = answer.kind === 'sent' || answer.kind === 'uncertain'
                  attempts.set(text, (attempts.get(text) ?? 0) + (isSeen ? 1 : 0))
                  return answer
                },
              },
              clock: t.clock,
              random: seededRandom('property'),
              log: silentLogger,
              sending: {
                minGapMs: 10,
                typing: null,
                limits: { all: null, chat: null, day: null },
                replyTtlMs: MINUTE,
                onUncertain: 'resend',
              },
              onDelivery: () => {
                if (t.store.outbox.activeChats(ACCOUNT).length === 0) idle()
              },
            })
            let idle: () => void = () => {}
            const isIdle = new Promise<void>((resolve) => {
              idle = resolve
            })
            const finished = runner.start()
            await Promise.race([isIdle, finished])
            await runner.stop()
            for (const chat of ['chat-0', 'chat-1', 'chat-2', 'chat-3']) {
              const texts = first.filter((one) => one.chat === chat).map(({ text }) => text)
              expect(texts).toEqual([...texts].sort())
            }
            expect(Math.max(0, ...attempts.values())).toBeLessThanOrEqual(2)
          } finally {
            t.dispose()
          }
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)
})
