import { describe, expect, test } from '@jest/globals'
import { rowsOf } from '../../bench/fault-rows.ts'
import { modesOf } from '../../bench/modes.ts'
import { percentile, slopeOf } from '../../bench/vitals.ts'
import { runKills } from './chaos-kills.ts'
import { runPoints } from './chaos-points.ts'
import type { Mode } from './chaos-stand.ts'
import { check } from './checker.ts'

const RATE = 20
const LIMIT_MS = 180_000

describe('kills at random points under load', () => {
  test.each<[Mode]>([
    [{ init: 'current', send: 'naive', policy: 'resend' }],
    [{ init: 'replay', send: 'dedupe', policy: 'hold' }],
  ])(
    '%j: nothing is lost, nothing said twice without a cause',
    async (mode) => {
      const { problems, figures } = check(await runKills({ ...mode, seed: 'test', kills: 3, rate: RATE }))
      expect(problems).toEqual([])
      expect(figures).toMatchObject({ kills: 3, survived: 3 })
    },
    LIMIT_MS,
  )
})

describe('kills at each point of the crash table', () => {
  test.each<[Mode]>([
    [{ init: 'current', send: 'naive', policy: 'resend' }],
    [{ init: 'current', send: 'naive', policy: 'hold' }],
  ])(
    'F1, F2, F3, F5, F6: %j: come out as the table says',
    async (mode) => {
      const { trials, recording } = await runPoints({ ...mode, seed: 'test', each: 1 })
      expect(trials.filter((trial) => trial.problem !== null)).toEqual([])
      expect(trials.map((trial) => trial.point).join(' ')).toBe('C1 C2 C3 C4 C5 C7 C8 C9 C10 C11 C12')
      expect(check(recording).problems).toEqual([])
    },
    LIMIT_MS,
  )
})

describe('the arithmetic of the figures', () => {
  test('modes: the first of each, one that is named, or all', () => {
    expect(modesOf({})).toEqual([{ init: 'current', send: 'naive', policy: 'resend' }])
    expect(modesOf({ init: 'all', send: 'all', policy: 'all' })).toHaveLength(8)
    expect(() => modesOf({ send: 'maybe' })).toThrow('--send takes naive, dedupe or all')
  })

  test('slope and percentile', () => {
    const line = [1, 2, 3, 4].map((x) => [x, 3 * x + 1] as const)
    expect(slopeOf(line)).toBeCloseTo(3)
    expect(slopeOf([[1, 1]])).toBe(0)
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
    expect(percentile([], 0.95)).toBe(0)
  })

  test('rows count once per report, and a failure of one test fails its row', () => {
    const passed = (fullName: string) => ({ fullName, status: 'passed' })
    const report = {
      testResults: [
        {
          name: '/x/F1.test.ts',
          message: '',
          assertionResults: [passed('F1 early'), { fullName: 'F1 late', status: 'failed' }],
        },
        {
          name: '/x/poll.test.ts',
          message: '',
          assertionResults: [passed('F31 and F32 back off'), passed('idle')],
        },
        { name: '/x/broken.test.ts', message: 'cannot be read\nat', assertionResults: [] },
      ],
    }
    expect(rowsOf(report)).toEqual([
      { row: 'F1', failures: ['F1 late'] },
      { row: 'F31', failures: [] },
      { row: 'F32', failures: [] },
      { row: 'poll', failures: [] },
      { row: 'broken', failures: ['cannot be read'] },
    ])
  })
})
