import { describe, expect, test } from '@jest/globals'
import { HeldLines } from '../../../src/app/held-lines.ts'
import { LeapClock } from '../../support/leap-clock.ts'

/** Lines on a clock of our own, and what was told of them. */
function desk() {
  const clock = new LeapClock()
  const lines = new HeldLines(clock)
  const told: string[] = []
  const stop = new AbortController()
  const running = lines.run(stop.signal)
  const hold = (name: string, ms: number) =>
    lines.hold((isOver) => told.push(`${name} ${isOver ? 'over' : 'waiting'}`), ms)
  const end = async () => {
    stop.abort()
    await running
  }
  return { clock, told, hold, end }
}

describe('lines that wait for their end', () => {
  test('a line is told when its end is known, once', async () => {
    const { clock, told, hold, end } = desk()
    const line = hold('a', 10_000)
    expect(told).toEqual([])
    line.finish()
    line.finish()
    await clock.leap(20_000)
    await end()
    expect(told).toEqual(['a over'])
  })

  test('a line whose end does not come is told in time, also when a later one has less patience', async () => {
    const { clock, told, hold, end } = desk()
    hold('slow', 10_000)
    await clock.settle()
    await clock.leap(1000)
    hold('quick', 2000)
    await clock.settle()
    await clock.leap(1999)
    expect(told).toEqual([])
    await clock.leap(1)
    expect(told).toEqual(['quick waiting'])
    await clock.leap(7000)
    expect(told).toEqual(['quick waiting', 'slow waiting'])
    await end()
  })

  test('what is not over at the end is told then, and nothing waits after it', async () => {
    const { told, hold, end } = desk()
    hold('a', 10_000)
    await end()
    hold('b', 10_000)
    expect(told).toEqual(['a waiting', 'b waiting'])
  })

  test('more than five hundred do not wait: the oldest goes first', async () => {
    const { told, hold, end } = desk()
    for (let number = 1; number <= 502; number++) hold(String(number), 10_000)
    expect(told).toEqual(['1 waiting', '2 waiting'])
    await end()
    expect(told).toHaveLength(502)
  })
})
