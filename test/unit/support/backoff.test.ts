import { describe, expect, test } from '@jest/globals'
import { backoffCeilingMs, backoffMs, DEFAULT_BACKOFF } from '../../../src/support/backoff.ts'

const drawing = (value: number) => ({ next: () => value })

describe('backoff', () => {
  test.each([
    [1, 1000],
    [2, 2000],
    [4, 8000],
    [5, 8240],
    [6, 8487],
    [100, 60_000],
  ])('attempt %i waits at most %i ms', (attempt, ceiling) => {
    expect(Math.round(backoffCeilingMs(attempt))).toBe(ceiling)
  })

  test('draws between the first wait and the ceiling', () => {
    expect([backoffMs(4, drawing(0)), backoffMs(4, drawing(0.5)), backoffMs(4, drawing(1))]).toEqual([
      500, 4250, 8000,
    ])
  })

  test('a smaller jitter raises the lowest wait', () => {
    const options = { ...DEFAULT_BACKOFF, jitter: 0.25 }
    expect([backoffMs(4, drawing(0), options), backoffMs(4, drawing(1), options)]).toEqual([6000, 8000])
  })

  test('a factor of one stays where it is', () => {
    expect(backoffCeilingMs(9, { firstMs: 700, factor: 1, maxMs: 5000, jitter: 1 })).toBe(700)
  })
})
