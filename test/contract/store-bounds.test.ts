import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from '@jest/globals'
import { asId } from '../../src/domain/ids.ts'
import { DEFAULT_RETENTION } from '../../src/store/retention.ts'
import { DAY, decide, MINUTE, message, T0, TestStore } from '../unit/store/fixtures.ts'

/** One message kept takes less than this, its trace, reply and indexes included. */
const MAX_BYTES_PER_MESSAGE = 2500
/** What an empty store has, and room for what one round of cleaning leaves behind. */
const ROOM_BYTES = 600_000

function rowsOf(t: TestStore, table: string): number {
  const db = new DatabaseSync(join(t.dir, 'store.db'), { readOnly: true })
  const { n } = db.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }
  db.close()
  return n
}

function purgeAll(t: TestStore): void {
  for (let rounds = 0; t.store.purge(t.clock.wall).hasMore; rounds++)
    if (rounds > 1000) throw new Error('endless')
}

/** Messages that were answered, in fifty chats. */
function speak(t: TestStore, from: number, count: number): void {
  for (let n = 1; n <= count; n++) {
    const event = message(from + n, { chat: `chat-${n % 50}`, text: `第 ${n} 句话，说得不长也不短` })
    const step = decide(t.store, event, { texts: ['好的，知道了，稍等一下'] })[0]?.steps[0]
    if (step === undefined) throw new Error('no step')
    const delivery = { kind: 'sent', messageId: String(from + n), at: t.clock.wall } as const
    t.store.outbox.save({ id: step.id, delivery }, t.clock.wall)
  }
}

describe('T41: what is kept how long by default', () => {
  test('T41: text 7 days, ids 30, audit 90', () => {
    const { textMs, idsMs, auditMs, tracesMs } = DEFAULT_RETENTION
    expect([textMs, idsMs, auditMs, tracesMs].map((ms) => ms / DAY)).toEqual([7, 30, 90, 7])
  })
})

describe('T43: the store does not grow for ever', () => {
  test('T43: caps of events and traces hold, whatever their age', () => {
    const t = new TestStore({ retention: { maxEvents: 300, maxTraces: 100 } })
    try {
      t.store.deferred(() => {
        for (let n = 1; n <= 1500; n++) decide(t.store, message(n))
      })
      purgeAll(t)
      expect(rowsOf(t, 'inbox')).toBeLessThanOrEqual(300)
      expect(rowsOf(t, 'traces')).toBeLessThanOrEqual(100)
    } finally {
      t.dispose()
    }
  })

  test('T43: at a steady flow the file stays as it is once retention has begun', () => {
    const hour = 60 * MINUTE
    const retention = { textMs: hour, tracesMs: hour, idsMs: 2 * hour, auditMs: 2 * hour, stateMs: hour }
    const t = new TestStore({ retention })
    const perRound = 500
    const kept = perRound * 4
    const sizes: number[] = []
    try {
      for (let round = 0; round < 16; round++) {
        t.store.deferred(() => speak(t, round * perRound, perRound))
        t.clock.pass(30 * MINUTE)
        purgeAll(t)
        sizes.push(t.store.health().bytes)
      }
      expect(Math.max(...sizes)).toBeLessThan(kept * MAX_BYTES_PER_MESSAGE + ROOM_BYTES)
      expect(Math.max(...sizes.slice(8))).toBeLessThanOrEqual(Math.max(...sizes.slice(0, 8)) * 1.1)
      expect(rowsOf(t, 'runs')).toBeLessThanOrEqual(kept + perRound)
    } finally {
      t.dispose()
    }
  })

  test('T43: remembered values, hits and cooldowns of a stranger who tries everything are bounded', () => {
    const t = new TestStore()
    try {
      const facts = t.store.facts(message(1).account)
      for (let n = 0; n < 200; n++) {
        facts.apply([
          {
            kind: 'remember',
            scope: 'contact',
            owner: asId('c-1'),
            name: `键${n}`,
            value: '值',
            until: null,
          },
          { kind: 'cooldown', key: `r|${n}`, until: T0 + MINUTE },
        ])
      }
      expect(rowsOf(t, 'remembered')).toBeLessThanOrEqual(DEFAULT_RETENTION.maxKeysPerOwner)
      t.clock.pass(2 * DAY)
      purgeAll(t)
      expect(rowsOf(t, 'cooldowns')).toBe(0)
    } finally {
      t.dispose()
    }
  })
})
