import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { asId, type ChatKey } from '../../src/domain/ids.ts'
import { nextSlice } from '../../src/events/feed.ts'
import { accept } from '../../src/events/inbox.ts'
import { textKey } from '../../src/store/text-key.ts'
import { shortenTrace } from '../../src/store/traces.ts'
import { ACCOUNT, decide, message, runFor, TestStore } from '../unit/store/fixtures.ts'

type Move =
  | { readonly kind: 'accept'; readonly ids: readonly number[] }
  | { readonly kind: 'decide'; readonly limit: number }
  | { readonly kind: 'fail'; readonly limit: number }
  | { readonly kind: 'restart' }

const move = fc.oneof<fc.Arbitrary<Move>[]>(
  fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 8 }).map((ids) => ({ kind: 'accept', ids })),
  fc.integer({ min: 1, max: 5 }).map((limit) => ({ kind: 'decide', limit })),
  fc.integer({ min: 1, max: 5 }).map((limit) => ({ kind: 'fail', limit })),
  fc.constant({ kind: 'restart' }),
)

test('no event is handled twice and none is lost, in whatever order things come, fail and start again', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
      const t = new TestStore()
      const seen = new Set<number>()
      const order: string[] = []
      const handled: string[] = []
      const decideSlice = (limit: number) => {
        const done: string[] = []
        for (const event of nextSlice(ACCOUNT, t.store.inbox, limit)) {
          if (event.kind !== 'message.received') continue
          const decision = { kind: 'act' as const, reason: null, rule: null }
          expect(
            t.store.decisions.commit({ event, decision, trace: null, runs: [runFor(event)], writes: [] }),
          ).toBe(true)
          done.push(event.messageId)
        }
        return done
      }
      try {
        for (const step of moves) {
          if (step.kind === 'restart') t.reopen()
          else if (step.kind === 'decide') handled.push(...t.store.transaction(() => decideSlice(step.limit)))
          else if (step.kind === 'fail') {
            const failing = () =>
              t.store.transaction(() => {
                decideSlice(step.limit)
                throw new Error('cut')
              })
            expect(failing).toThrow('cut')
          } else {
            const cursor = { account: ACCOUNT, generation: 1, value: 'x' }
            const events = step.ids.map((id) => message(id))
            const { accepted } = accept(
              { account: ACCOUNT, generation: 1, events, cursor },
              { ...t.store.inbox, transaction: t.store.transaction },
            )
            const fresh = [...new Set(step.ids)].filter((id) => !seen.has(id))
            expect(accepted.map(({ messageId }) => Number(messageId))).toEqual(fresh)
            for (const id of fresh) seen.add(id)
            order.push(...fresh.map(String))
          }
        }
        const rest = nextSlice(ACCOUNT, t.store.inbox, 1000).map(({ messageId }) => messageId)
        expect([...handled, ...rest]).toEqual(order)
        expect(t.store.outbox.counts(ACCOUNT).get('ready') ?? 0).toBe(handled.length)
      } finally {
        t.dispose()
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('a text is known again after the server changed its white space, and only then', () => {
  const word = fc.stringMatching(/^[a-z价格]{1,5}$/)
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.array(word, { minLength: 1 }), (a, b) => {
      expect(textKey(a.join(' '))).toBe(textKey(`${a.join('\n')} `))
      expect(textKey(a.join(' ')) === textKey(b.join(' '))).toBe(a.join('') === b.join(''))
    }),
  )
})

test('one echo proves one send: of equal replies each needs its own', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }), (sends, echoes) => {
      const t = new TestStore()
      try {
        const chat = asId<ChatKey>('chat-1')
        for (let n = 1; n <= sends; n++) {
          const step = decide(t.store, message(n), { texts: ['same'] })[0]?.steps[0]
          if (step === undefined) throw new Error('no step')
          const delivery = { kind: 'uncertain', since: t.clock.wall, attempt: 1, problem: '' } as const
          t.store.outbox.save({ id: step.id, delivery }, t.clock.wall)
        }
        const kinds = Array.from(
          { length: echoes },
          (_, n) => t.store.outbox.matchEcho(ACCOUNT, chat, 'same', `e${n}`).kind,
        )
        expect(kinds.filter((kind) => kind === 'echo')).toHaveLength(Math.min(sends, echoes))
        expect(t.store.outbox.counts(ACCOUNT).get('sent') ?? 0).toBe(Math.min(sends, echoes))
      } finally {
        t.dispose()
      }
    }),
    { numRuns: 20 },
  )
})

test('shortening a trace never drops what matched while there is room', () => {
  const place = { file: 'a.yml', line: 1, column: 1 }
  const hit = { kind: 'matched' as const, matched: 'x', captures: {} }
  const miss = { kind: 'failed' as const, failure: { condition: '', expected: '', actual: '', place } }
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 300 }), fc.nat(50), (misses, hits) => {
      const flags = [...misses.map(() => false), ...Array.from({ length: hits }, () => true)]
      const tried = flags.map((isHit) => ({
        rule: asId<never>('r'),
        name: '',
        place,
        outcome: isHit ? hit : miss,
      }))
      const kept = shortenTrace({
        event: asId('e'),
        rulesVersion: '',
        decidedAt: 0,
        safety: null,
        tried,
      }).tried
      expect(kept.length).toBeLessThanOrEqual(60)
      expect(kept.filter(({ outcome }) => outcome.kind === 'matched')).toHaveLength(hits)
    }),
  )
})
