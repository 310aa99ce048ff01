import { describe, expect, test } from '@jest/globals'
import { instantAt, localTime } from '../../../src/domain/local-time.ts'
import { Dues } from '../../../src/schedule/dues.ts'
import { at, DAY, HOUR, Marks, MINUTE, Process, schedule } from './world.ts'

const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())

describe('due times', () => {
  test.each([
    // Berlin 2027: 02:00 -> 03:00 on 28 March, 03:00 -> 02:00 on 31 October.
    [
      'gap: the minute behind it',
      'Europe/Berlin',
      '30 2 * * *',
      '2027-03-27T12:00:00Z',
      '2027-03-28T01:00:00.000Z',
    ],
    [
      'overlap: the first time',
      'Europe/Berlin',
      '30 2 * * *',
      '2027-10-30T12:00:00Z',
      '2027-10-31T00:30:00.000Z',
    ],
    ['overlap: not again', 'Europe/Berlin', '30 2 * * *', '2027-10-31T00:30:00Z', '2027-11-01T01:30:00.000Z'],
    // Lord Howe shifts by half an hour: 02:00 -> 02:30 on 3 October 2027.
    [
      'half an hour gap',
      'Australia/Lord_Howe',
      '10 2 * * *',
      '2027-10-02T00:00:00Z',
      '2027-10-02T15:30:00.000Z',
    ],
    // Beirut puts its clocks forward at midnight.
    ['gap at midnight', 'Asia/Beirut', '0 0 * * *', '2027-03-27T12:00:00Z', '2027-03-27T22:00:00.000Z'],
    ['29 February', 'Asia/Shanghai', '0 9 29 2 *', '2026-03-01T00:00:00Z', '2028-02-29T01:00:00.000Z'],
    ['end of a year', 'Asia/Shanghai', '0 0 1 1 *', '2026-12-31T15:59:59Z', '2026-12-31T16:00:00.000Z'],
  ])('%s', (_name, timezone, line, after, expected) => {
    expect(iso(new Dues([line], timezone).nextAfter(Date.parse(after)))).toBe(expected)
  })

  test('several times in one gap are one', () => {
    const dues = new Dues(['*/15 2 * * *'], 'Europe/Berlin')
    const first = dues.nextAfter(Date.parse('2027-03-28T00:00:00Z'))
    expect(iso(first)).toBe('2027-03-28T01:00:00.000Z')
    expect(iso(dues.nextAfter(first ?? 0))).toBe('2027-03-29T00:00:00.000Z')
  })

  test('the latest of a stretch', () => {
    const dues = new Dues(['0 9 * * *', '30 18 * * *'], 'Asia/Shanghai')
    expect(dues.latestIn(at('2027-01-01 10:00'), at('2027-01-05 12:00'))).toBe(at('2027-01-05 09:00'))
    expect(dues.latestIn(at('2027-01-01 10:00'), at('2027-01-01 18:30'))).toBe(at('2027-01-01 18:30'))
    expect(dues.latestIn(at('2027-01-01 18:30'), at('2027-01-02 08:59'))).toBeNull()
  })

  test('every local minute of two years in many zones is due once', () => {
    for (const timezone of [
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Africa/Casablanca',
    ]) {
      const dues = new Dues(['30 2 * * *'], timezone)
      let days = 0
      const begin = Date.parse('2026-01-01T12:00:00Z')
      for (
        let due = dues.nextAfter(begin), last = 0;
        due !== null && due < begin + 2 * 365 * DAY;
        due = dues.nextAfter(due)
      ) {
        expect(due).toBeGreaterThan(last)
        last = due
        days++
        const local = localTime(timezone, due)
        expect(instantAt(timezone, local.date, 150)).toBe(due)
      }
      expect(days).toBe(2 * 365)
    }
  })
})

describe('ringing', () => {
  test('at its minute, once, however often one looks', () => {
    const daily = new Process([schedule('每天 09:00')], at('2027-01-01 08:00'))
    daily.run(at('2027-01-01 08:00'), at('2027-01-03 12:00'), 10_000)
    expect(daily.dues).toEqual([1, 2, 3].map((day) => at(`2027-01-0${day} 09:00`)))
    expect(daily.rings.every((ring) => ring.at === ring.dueAt && !ring.isLate)).toBe(true)
  })

  test('each in its own zone', () => {
    const specs = [schedule('每天 09:00'), schedule('每天 09:00', { name: 'tokyo', timezone: 'Asia/Tokyo' })]
    const both = new Process(specs, at('2027-01-01 07:00')).run(
      at('2027-01-01 07:00'),
      at('2027-01-01 09:30'),
    )
    expect(both.dues).toEqual([at('2027-01-01 08:00'), at('2027-01-01 09:00')])
  })

  test('what was due before a schedule was first seen does not ring', () => {
    const late = new Process([schedule('每天 09:00', { ifMissed: 'run_once' })], at('2027-01-01 10:00'))
    expect(late.run(at('2027-01-01 10:00'), at('2027-01-01 12:00')).rings).toEqual([])
  })

  test('jitter: later by at most that much, the same after a restart', () => {
    const spec = schedule('每天 09:00', { jitterMs: 5 * MINUTE })
    const ringOf = (marks: Marks, from: string) =>
      new Process([spec], at('2027-01-01 08:00'), marks).run(at(from), at('2027-01-01 10:00'), 1000).rings[0]
    const seen = new Marks()
    seen.mark('acc' as never, spec.name, at('2027-01-01 08:00'))
    const [whole, restarted] = [ringOf(new Marks(), '2027-01-01 08:00'), ringOf(seen, '2027-01-01 09:00')]
    expect(whole?.dueAt).toBe(at('2027-01-01 09:00'))
    expect(whole?.at).toBeGreaterThan(at('2027-01-01 09:00'))
    expect(whole?.at).toBeLessThanOrEqual(at('2027-01-01 09:05'))
    expect(whole?.isLate).toBe(false)
    expect(restarted).toEqual(whole)
  })

  test('jitter longer than the interval rings each due time at most once', () => {
    const spec = schedule('*/5 * * * *', { jitterMs: 20 * MINUTE })
    const { dues } = new Process([spec], at('2027-01-01 08:00')).run(
      at('2027-01-01 08:00'),
      at('2027-01-01 12:00'),
      1000,
    )
    expect(new Set(dues).size).toBe(dues.length)
    expect([...dues].sort((a, b) => a - b)).toEqual(dues)
    expect(dues.length).toBeGreaterThan(5)
  })
})

describe('missed', () => {
  /** Runs until 08:00, is down, and comes back. */
  function afterDowntime(spec: ReturnType<typeof schedule>, back: string) {
    const marks = new Marks()
    new Process([spec], at('2027-01-01 07:00'), marks).run(at('2027-01-01 07:00'), at('2027-01-01 08:00'))
    const second = new Process([spec], at(back), marks)
    second.run(at(back), at(back) + HOUR)
    const third = new Process([spec], at(back) + 2 * HOUR, marks)
    third.run(at(back) + 2 * HOUR, at(back) + 3 * HOUR)
    return [...second.rings, ...third.rings]
  }

  test('skip: never', () => {
    expect(afterDowntime(schedule('每天 09:00'), '2027-01-04 12:00')).toEqual([])
  })

  test('run_once: the last one only, and only once', () => {
    const rings = afterDowntime(schedule('每天 09:00', { ifMissed: 'run_once' }), '2027-01-04 12:00')
    expect(rings).toEqual([{ at: at('2027-01-04 12:00'), dueAt: at('2027-01-04 09:00'), isLate: true }])
  })

  test('half a minute late is in time', () => {
    const rings = afterDowntime(schedule('每天 09:00'), '2027-01-01 09:00')
    expect(rings).toMatchObject([{ dueAt: at('2027-01-01 09:00'), isLate: false }])
  })

  test('a kill between ringing and the next look does not ring again', () => {
    const marks = new Marks()
    new Process([schedule('每天 09:00')], at('2027-01-01 08:00'), marks).run(
      at('2027-01-01 08:00'),
      at('2027-01-01 09:00'),
    )
    const second = new Process([schedule('每天 09:00')], at('2027-01-01 09:00'), marks)
    expect(second.run(at('2027-01-01 09:00'), at('2027-01-01 10:00')).rings).toEqual([])
  })
})

describe('a clock that is set', () => {
  test.each([
    ['one hour back', -HOUR],
    ['one day back', -DAY],
    ['a second back', -1000],
  ])('%s: no second ring', (_name, step) => {
    const process = new Process([schedule('每天 09:00')], at('2027-01-02 08:00'))
    process.run(at('2027-01-02 08:00'), at('2027-01-02 09:00') + 500, 500)
    process.run(at('2027-01-02 09:00') + step, at('2027-01-02 12:00'))
    expect(process.dues.filter((due) => due === at('2027-01-02 09:00'))).toHaveLength(1)
  })

  test('a day forward and back: the day in between still rings, once', () => {
    const process = new Process([schedule('每天 09:00')], at('2027-01-01 08:00'))
    process.run(at('2027-01-01 08:00'), at('2027-01-01 10:00'))
    process.run(at('2027-01-02 10:00'), at('2027-01-02 10:30'))
    process.run(at('2027-01-01 10:30'), at('2027-01-03 10:00'))
    expect(process.dues).toEqual([1, 2, 3].map((day) => at(`2027-01-0${day} 09:00`)))
  })
})

describe('a new set', () => {
  test('takes the place of the old one; what stays goes on, what is new begins now', () => {
    const marks = new Marks()
    const process = new Process(
      [schedule('每天 09:00'), schedule('每天 09:30', { name: 'b' })],
      at('2027-01-01 08:00'),
      marks,
    )
    process.run(at('2027-01-01 08:00'), at('2027-01-01 09:10'))
    const added = schedule('每天 09:05', { name: 'c', ifMissed: 'run_once' })
    process.timetable.replace([schedule('每天 09:00'), added], 'Asia/Shanghai', at('2027-01-01 09:10'))
    process.run(at('2027-01-01 09:10'), at('2027-01-02 09:10'))
    expect(process.dues.map(iso)).toEqual(
      ['2027-01-01 09:00', '2027-01-02 09:00', '2027-01-02 09:05'].map((text) => iso(at(text))),
    )
  })
})
