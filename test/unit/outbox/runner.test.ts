import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { StoreError } from '../../../src/domain/errors.ts'
import { type AccountKey, asId, type ChatKey } from '../../../src/domain/ids.ts'
import type { Delivery, Outgoing, SendOutcome } from '../../../src/domain/run.ts'
import type { DeliveryChange, OutboxPort, Sender, SendingOptions } from '../../../src/outbox/ports.ts'
import { Runner, type RunnerOptions } from '../../../src/outbox/runner.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLogger } from '../../../src/support/log.ts'
import { seededRandom } from '../../../src/support/random.ts'
import { ACCOUNT, decide, MINUTE, message, type RunShape, T0, TestStore } from '../store/fixtures.ts'

const UNTHROTTLED: SendingOptions = {
  minGapMs: 0,
  typing: null,
  limits: { all: null, chat: null, day: null },
  replyTtlMs: 10 * MINUTE,
  onUncertain: 'resend',
}

/** A line to a server that answers as told; it keeps what it was given. */
class ScriptedSender implements Sender {
  account: AccountKey | null = ACCOUNT
  generation = 1
  isOnline = true
  owner: ChatKey | null = asId<ChatKey>('owner-chat')
  readonly sent: (Outgoing & { at: number })[] = []
  answer: (outgoing: Outgoing, nth: number, signal: AbortSignal) => SendOutcome | Promise<SendOutcome> = (
    _outgoing,
    nth,
  ) => ({ kind: 'sent', messageId: `server-${nth}` })
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }
  resolveOwner(): ChatKey | null {
    return this.owner
  }
  async send(outgoing: Outgoing, signal: AbortSignal): Promise<SendOutcome> {
    this.sent.push({ ...outgoing, at: this.#now() })
    return await this.answer(outgoing, this.sent.length, signal)
  }
}

let t: TestStore
let sender: ScriptedSender
let runners: Runner[]
beforeEach(() => {
  t = new TestStore()
  sender = new ScriptedSender(() => t.clock.mono)
  runners = []
})
afterEach(async () => {
  for (const runner of runners) await runner.stop()
  t.dispose()
})

const portOf = (): OutboxPort => ({
  ...t.store.outbox,
  transaction: t.store.transaction,
  deferred: t.store.deferred,
})

/** Starts a runner; `until` resolves when a change satisfies the test. */
function start(over: Partial<RunnerOptions> & { limits?: Partial<SendingOptions> } = {}) {
  const changes: DeliveryChange[] = []
  const watchers: (() => void)[] = []
  const runner = new Runner({
    port: portOf(),
    sender,
    clock: t.clock,
    random: seededRandom('runner'),
    log: silentLogger,
    sending: { ...UNTHROTTLED, ...over.limits },
    onDelivery(change) {
      changes.push(change)
      for (const watch of watchers) watch()
    },
    ...over,
  })
  runners.push(runner)
  const finished = runner.start()
  const until = (isDone: (changes: readonly DeliveryChange[]) => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (isDone(changes)) resolve()
      }
      watchers.push(look)
      look()
    })
  const settled = (n: number) => until((all) => all.filter(({ to }) => isFinal(to)).length >= n)
  return { runner, changes, until, settled, finished }
}

function isFinal({ kind }: Delivery): boolean {
  return kind === 'sent' || kind === 'held' || kind === 'expired' || kind === 'cancelled' || kind === 'dead'
}

/** Accepts and decides messages 1..n, one reply each. */
function reply(n: number, shape: RunShape & { chat?: string } = {}) {
  return decide(t.store, message(n, { chat: shape.chat ?? 'chat-1', at: t.clock.wall }), shape)
}
const deliveryOf = (run: ReturnType<typeof reply>) => {
  const step = run[0]?.steps[0]
  return step === undefined ? undefined : t.store.outbox.find(step.id)?.delivery
}

describe('sending', () => {
  test('steps of a run in order, runs of a chat in order', async () => {
    reply(1, { texts: ['1a', '1b'] })
    reply(2, { texts: ['2'] })
    await start().settled(3)
    expect(sender.sent.map(({ text }) => text)).toEqual(['1a', '1b', '2'])
  })

  test('a run that comes while it sleeps is sent after a wake', async () => {
    const { runner, settled } = start()
    reply(1, { texts: ['late'] })
    runner.wake([asId<ChatKey>('chat-1')])
    await settled(1)
    expect(sender.sent).toHaveLength(1)
  })

  test('the chat that waited longest goes first: a flooding chat does not hold up another', async () => {
    for (let n = 1; n <= 20; n++) reply(n, { chat: 'flood', texts: [`flood ${n}`] })
    reply(21, { chat: 'quiet', texts: ['quiet'] })
    await start().settled(21)
    expect(sender.sent.findIndex(({ text }) => text === 'quiet')).toBeLessThan(2)
  })

  test('typing time, fixed waits and the gap are kept', async () => {
    reply(1, { texts: ['你好', '再见'], delay: { kind: 'human' } })
    reply(2, { chat: 'chat-2', texts: ['wait'], delay: { kind: 'fixed', ms: 30_000 } })
    const typing = { baseMs: 600, perCharMs: 60, maxMs: 6000, jitter: 0 }
    const began = t.clock.mono
    await start({ limits: { typing, minGapMs: 100 } }).settled(3)
    expect(sender.sent.map(({ at }) => at - began)).toEqual([720, 1440, 30_000])
  })

  test('windows hold across a restart', async () => {
    const limits = { limits: { all: { max: 2, inMs: MINUTE }, chat: null, day: null } }
    reply(1, { texts: ['1', '2'] })
    const first = start({ limits })
    await first.settled(2)
    await first.runner.stop()
    t.clock.pass(10_000)
    reply(2, { texts: ['3'] })
    const before = t.clock.mono
    await start({ limits }).settled(1)
    expect(t.clock.mono - before).toBe(50_000)
  })

  test('a note to the owner goes to the chat that is known now, or is kept', async () => {
    reply(1, { to: 'owner', texts: ['note'] })
    await start().settled(1)
    expect(sender.sent[0]?.chat).toBe('owner-chat')
    sender.owner = null
    const run = reply(2, { to: 'owner', texts: ['note'] })
    runners[0]?.wake()
    await runners[0]?.drain(new AbortController().signal)
    await start().settled(deliveryOf(run)?.kind === 'held' ? 0 : 1)
    expect(deliveryOf(run)).toMatchObject({ kind: 'held', reason: 'recipient-missing' })
  })

  test('rows of another account are never sent', async () => {
    decide(t.store, message(1, { account: 'account-b', chat: 'chat-b' }))
    reply(2)
    await start().settled(1)
    expect(sender.sent.map(({ chat }) => chat)).toEqual(['chat-1'])
    expect(t.store.outbox.counts(asId('account-b')).get('ready')).toBe(1)
  })
})

describe('outcomes', () => {
  const answers = (...outcomes: SendOutcome[]) => {
    sender.answer = (_outgoing, nth) => outcomes[nth - 1] ?? { kind: 'sent', messageId: `server-${nth}` }
  }
  const ids = () => sender.sent.map(({ clientMsgId }) => clientMsgId)

  test('what never left is tried again under the same id, as often as needed', async () => {
    answers(...Array.from({ length: 5 }, () => ({ kind: 'not-sent', problem: 'dns' }) as const))
    const run = reply(1)
    await start().settled(1)
    expect([new Set(ids()).size, sender.sent.length, deliveryOf(run)?.kind]).toEqual([1, 6, 'sent'])
  })

  test('a connection that is up again ends the pause of its trouble, whatever was left of it', async () => {
    answers({ kind: 'not-sent', problem: 'dns' })
    reply(1)
    const standing: Clock = {
      now: () => t.clock.now(),
      monotonic: () => t.clock.monotonic(),
      sleep: (_ms, signal) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    }
    const { runner, until, settled } = start({ clock: standing })
    await until((all) => all.some(({ to }) => to.kind === 'retry'))
    expect([runner.brake, sender.sent.length]).toEqual(['trouble', 1])
    runner.recovered()
    await settled(1)
    expect([runner.brake, sender.sent.length]).toEqual([null, 2])
  })

  test('doubt: once more, same id', async () => {
    answers({ kind: 'uncertain', problem: 'reset' })
    const run = reply(1)
    await start().settled(1)
    expect([new Set(ids()).size, sender.sent.length, deliveryOf(run)?.kind]).toEqual([1, 2, 'sent'])
  })

  test('doubt twice: kept for a person', async () => {
    answers({ kind: 'uncertain', problem: 'reset' }, { kind: 'uncertain', problem: 'reset' })
    const run = reply(1)
    await start().settled(1)
    expect([sender.sent.length, deliveryOf(run)]).toMatchObject([2, { kind: 'held', reason: 'uncertain' }])
  })

  test.each([
    ['the step says hold', { onUncertain: 'hold' as const }, {}],
    ['the settings say hold', {}, { onUncertain: 'hold' as const }],
  ])('doubt is not tried again when %s', async (_name, shape, limits) => {
    answers({ kind: 'uncertain', problem: 'reset' })
    const run = reply(1, shape)
    await start({ limits }).settled(1)
    expect([sender.sent.length, deliveryOf(run)?.kind]).toEqual([1, 'held'])
  })

  test('doubt across a new login is kept', async () => {
    sender.answer = () => {
      sender.generation = 2
      return { kind: 'uncertain', problem: 'reset' }
    }
    const run = reply(1)
    await start().settled(1)
    expect([sender.sent.length, deliveryOf(run)?.kind]).toEqual([1, 'held'])
  })

  test('an echo during the doubt proves it', async () => {
    answers({ kind: 'uncertain', problem: 'reset' })
    const run = reply(1, { texts: ['hello  there'] })
    const { until } = start({ resendAfterMs: 1e9 })
    await until((all) => all.some(({ to }) => to.kind === 'uncertain'))
    const match = t.store.outbox.matchEcho(ACCOUNT, asId<ChatKey>('chat-1'), 'hello there', '77')
    expect(match.kind).toBe('echo')
    expect(deliveryOf(run)).toMatchObject({ kind: 'sent', messageId: '77' })
  })

  test('an echo that overtakes a lost answer proves it', async () => {
    sender.answer = (outgoing) => {
      t.store.outbox.matchEcho(ACCOUNT, outgoing.chat, outgoing.text, '88')
      return { kind: 'uncertain', problem: 'reset' }
    }
    const run = reply(1)
    await start().settled(1)
    expect([sender.sent.length, deliveryOf(run)]).toMatchObject([1, { kind: 'sent', messageId: '88' }])
  })

  test('refused: once more after 30 s under a new id, then dead', async () => {
    answers(
      { kind: 'refused', ret: 7, message: '', isUnwritable: false },
      { kind: 'refused', ret: 7, message: '', isUnwritable: false },
    )
    const run = reply(1)
    await start().settled(1)
    expect(new Set(ids()).size).toBe(2)
    expect((sender.sent[1]?.at ?? 0) - (sender.sent[0]?.at ?? 0)).toBe(30_000)
    expect(deliveryOf(run)).toMatchObject({ kind: 'dead', reason: 'refused', detail: 'ret 7' })
  })

  test('too often: everybody waits, longer each time, and nothing is lost', async () => {
    const tooOften = { kind: 'throttled', ret: 1205, afterMs: null } as const
    answers(tooOften, tooOften)
    reply(1)
    reply(2, { chat: 'chat-2' })
    await start().settled(2)
    const [first = 0, second = 0, third = 0] = sender.sent.map(({ at }) => at)
    expect([second - first, third - second, sender.sent.length]).toEqual([30_000, 60_000, 4])
  })

  test('logged out: kept until the next login, then under a new id', async () => {
    sender.answer = () => {
      sender.isOnline = false
      return { kind: 'session-gone', ret: 1101 }
    }
    const run = reply(1)
    const { runner, until, settled } = start()
    await until((all) => all.some(({ from, to }) => from.kind === 'sending' && to.kind === 'ready'))
    sender.answer = () => ({ kind: 'sent', messageId: 'x' })
    sender.isOnline = true
    sender.generation = 2
    runner.wake()
    await settled(1)
    expect([new Set(ids()).size, deliveryOf(run)?.kind]).toEqual([2, 'sent'])
  })

  test('a sender that breaks leaves a doubt, not a crash', async () => {
    sender.answer = () => Promise.reject(new TypeError('broken'))
    const run = reply(1)
    await start().settled(1)
    expect(deliveryOf(run)).toMatchObject({ kind: 'held', reason: 'uncertain' })
  })
})

describe('the last look before sending', () => {
  const mute = (reason: 'takeover' | 'muted') =>
    t.store
      .facts(ACCOUNT)
      .apply([{ kind: 'mute', chat: asId<ChatKey>('chat-1'), until: t.clock.wall + 30 * MINUTE, reason }])

  test.each(['takeover', 'muted'] as const)('%s after the decision cancels', async (reason) => {
    const run = reply(1)
    mute(reason)
    await start().settled(1)
    expect([sender.sent.length, deliveryOf(run)]).toMatchObject([0, { kind: 'cancelled', reason }])
  })

  test('a silence that the decision itself imposed lets its words through', async () => {
    mute('muted')
    const run = reply(1)
    await start().settled(1)
    expect(deliveryOf(run)?.kind).toBe('sent')
  })

  test('a pause holds; a person may still send it', async () => {
    t.store.outbox.setPaused(ACCOUNT, null, true, t.clock.wall)
    const run = reply(1)
    const { runner, settled } = start()
    await settled(1)
    expect(deliveryOf(run)).toMatchObject({ kind: 'held', reason: 'paused' })
    t.clock.pass(60 * MINUTE)
    const id = run[0]?.steps[0]?.id
    expect(id !== undefined && t.store.outbox.sendNow(id, t.clock.wall, 10 * MINUTE)).toBe(true)
    runner.wake()
    await settled(2)
    expect(deliveryOf(run)?.kind).toBe('sent')
  })

  test('what is stale is not sent but counted, also while offline', async () => {
    sender.isOnline = false
    reply(1)
    reply(2)
    t.clock.pass(10 * MINUTE)
    await start().settled(2)
    expect(t.store.outbox.counts(ACCOUNT).get('expired')).toBe(2)
  })

  test.each([86_400_000, -86_400_000, 3_600_000])(
    'the wall clock set by %d ms expires nothing',
    async (step) => {
      const run = reply(1)
      t.clock.wall += step
      await start().settled(1)
      expect(deliveryOf(run)?.kind).toBe('sent')
    },
  )
})

describe('stops and failures', () => {
  test('what was cut off becomes doubtful at the next start, young enough to be sent once more', async () => {
    sender.answer = (_outgoing, _nth, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))))
    const run = reply(1)
    const { runner, until } = start()
    await until((all) => all.some(({ to }) => to.kind === 'sending'))
    await runner.stop()
    expect(deliveryOf(run)?.kind).toBe('uncertain')
    sender.answer = () => ({ kind: 'sent', messageId: 'again' })
    t.reopen()
    await start().settled(1)
    expect(new Set(sender.sent.map(({ clientMsgId }) => clientMsgId)).size).toBe(1)
    expect(deliveryOf(run)?.kind).toBe('sent')
  })

  test('drain waits for the send in flight and takes nothing new out', async () => {
    let answer: (outcome: SendOutcome) => void = () => {}
    sender.answer = () => new Promise((resolve) => (answer = resolve))
    const first = reply(1)
    const second = reply(2)
    const { runner, until } = start()
    await until((all) => all.some(({ to }) => to.kind === 'sending'))
    const drained = runner.drain(new AbortController().signal)
    answer({ kind: 'sent', messageId: '1' })
    await drained
    expect([deliveryOf(first)?.kind, deliveryOf(second)?.kind]).toEqual(['sent', 'ready'])
  })

  test('a full disk stops sending, raises the alarm, and loses no outcome', async () => {
    const port = portOf()
    let refusals = 3
    const alarms: StoreError[] = []
    const failing: OutboxPort = {
      ...port,
      deferred(work) {
        if (sender.sent.length === 1 && refusals-- > 0) throw new StoreError('full', { code: 'disk-full' })
        return port.deferred(work)
      },
    }
    const run = reply(1)
    await start({ port: failing, onAlarm: (error) => alarms.push(error) }).settled(1)
    expect([sender.sent.length, alarms.length, deliveryOf(run)?.kind]).toEqual([1, 3, 'sent'])
  })

  test('a store that cannot be trusted ends the loop', async () => {
    reply(1)
    const port: OutboxPort = {
      ...portOf(),
      find() {
        throw new StoreError('broken', { code: 'io' })
      },
    }
    const { finished } = start({ port })
    await expect(finished).rejects.toMatchObject({ code: 'io' })
    expect(sender.sent).toHaveLength(0)
    runners = []
  })

  test('the first moment of a restored store is not earlier than its last id', async () => {
    reply(1)
    const first = start()
    await first.settled(1)
    await first.runner.stop()
    t.clock.wall = T0 - 3_600_000
    reply(2)
    await start().settled(1)
    const [before = '', after = ''] = sender.sent.map(({ clientMsgId }) => clientMsgId)
    expect(after > before).toBe(true)
  })
})
