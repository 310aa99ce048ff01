import { describe, expect, test } from '@jest/globals'
import type { Event } from '../../../src/domain/event.ts'
import type { AccountKey } from '../../../src/domain/ids.ts'
import { FlowDeadlines, Timers, Timetable } from '../../../src/schedule/schedule.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { ACCOUNT, at, HOUR, Marks, MINUTE, schedule } from './world.ts'

/** A clock that jumps to the end of each sleep, and tells a script of every one. */
class JumpingClock implements Clock {
  wall: number
  mono = 0
  onSleep: (clock: JumpingClock) => void = () => {}
  constructor(wall: number) {
    this.wall = wall
  }
  now = () => this.wall
  monotonic = () => this.mono
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    this.wall += ms
    this.mono += ms
    this.onSleep(this)
  }
}

interface Scene {
  readonly begin: number
  readonly until: number
  account?: (now: number) => AccountKey | null
  readonly onSleep?: (clock: JumpingClock) => void
}

/** Runs the loop over a schedule of nine o'clock until a moment; returns what rang, and when. */
async function ringsOf({ begin, until, account = () => ACCOUNT, onSleep = () => {} }: Scene) {
  const clock = new JumpingClock(begin)
  const marks = new Marks()
  const timetable = new Timetable(marks)
  timetable.replace([schedule('每天 09:00')], 'Asia/Shanghai', begin)
  const stop = new AbortController()
  const rings: { readonly at: number; readonly event: Event }[] = []
  const plausible: boolean[] = []
  const timers = new Timers({
    sources: [timetable],
    clock,
    account: () => account(clock.wall),
    async accept(_account, events) {
      for (const event of marks.accept(events)) rings.push({ at: clock.wall, event })
    },
    onClock: (is) => plausible.push(is),
  })
  clock.onSleep = (one) => {
    onSleep(one)
    if (one.wall >= until) stop.abort()
  }
  await timers.run(stop.signal)
  return { rings, plausible }
}

describe('the loop', () => {
  test('wakes at the very moment', async () => {
    const { rings } = await ringsOf({ begin: at('2027-01-01 08:00'), until: at('2027-01-03 10:00') })
    expect(rings.map((ring) => ring.at)).toEqual([1, 2, 3].map((day) => at(`2027-01-0${day} 09:00`)))
  })

  test('while nobody is logged in time stands still: what fell due is missed', async () => {
    const online = at('2027-01-01 12:00')
    const { rings } = await ringsOf({
      begin: at('2027-01-01 08:00'),
      until: at('2027-01-02 10:00'),
      account: (now) => (now >= online ? ACCOUNT : null),
    })
    expect(rings.map((ring) => ring.at)).toEqual([at('2027-01-02 09:00')])
  })

  test('a clock of 1970 rings nothing, is told of once, and once more when it is set', async () => {
    let isSet = false
    const { rings, plausible } = await ringsOf({
      begin: 9 * 60 * MINUTE,
      until: at('2027-01-01 10:00'),
      onSleep(clock) {
        if (isSet || clock.wall < 10 * HOUR) return
        isSet = true
        clock.wall = at('2027-01-01 08:30')
      },
    })
    expect(plausible).toEqual([false, true])
    expect(rings.map((ring) => ring.at)).toEqual([at('2027-01-01 09:00')])
  })
})

describe('ends of flows', () => {
  const state = { flow: '订餐', step: '菜', version: 'v', wrong: 0, steps: 1, expiresAt: 1000, values: {} }
  const row = (text: string) => ({ chat: 'c' as never, contact: 'c' as never, state: text })

  test('become events with one id each, also for states that name no place', () => {
    const source = new FlowDeadlines(() => ({
      expiredFlows: () => [row(JSON.stringify(state)), row('rubbish')],
      nextFlowDeadline: () => 1000,
    }))
    const [event, ...rest] = source.due(ACCOUNT, 5000)
    expect(rest).toEqual([])
    expect(event).toMatchObject({
      kind: 'flow.expired',
      flow: '订餐',
      at: 1000,
      chat: { kind: 'private', key: 'c' },
    })
    expect(source.due(ACCOUNT, 9000)[0]?.id).toBe(event?.id)
  })
})
