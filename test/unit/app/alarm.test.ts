import { describe, expect, test } from '@jest/globals'
import {
  ALARM_GAP_MS,
  type AlarmKind,
  type AlarmState,
  happen,
  observe,
  QUIET,
  tell,
} from '../../../src/app/alarm.ts'
import { conditions, type Situation } from '../../../src/app/alarm-conditions.ts'
import { AlarmDesk } from '../../../src/app/alarm-desk.ts'
import { alarmPhrase } from '../../../src/app/alarm-phrases.ts'
import { SilenceMeter } from '../../../src/app/alarm-silence.ts'
import { asId } from '../../../src/domain/ids.ts'

const words = (text: string) => ({ zh: text, en: text })
const SECOND = 1000
const MINUTE = 60_000

/** Plays a story of one kind and tells what people were told: `+` begin, `-` end, `!` happened. */
function play(
  kind: AlarmKind,
  story: readonly (readonly [at: number, what: string | null | '!'])[],
): string[] {
  let state: AlarmState = QUIET
  const told: string[] = []
  for (const [at, what] of story) {
    if (what === '!') state = happen(state, words('x'), at)
    else if (what !== 'look') state = observe(state, what === null ? null : words(what), at)
    const result = tell(state, kind, at)
    if (result === null) continue
    state = result.state
    const sign = { raised: '+', cleared: '-', happened: '!' }[result.change.state]
    told.push(`${sign}${at / SECOND}${result.change.times > 1 ? `x${result.change.times}` : ''}`)
  }
  return told
}

describe('one alarm per change, never a flood', () => {
  test.each([
    [
      'a beginning and its end',
      'offline',
      [
        [0, 'a'],
        [1000, 'a'],
        [2000, null],
        [3000, null],
      ],
      ['+0', '-2'],
    ],
    [
      'words that change are no news',
      'offline',
      [
        [0, 'a'],
        [1000, 'b'],
        [MINUTE * 60, 'c'],
      ],
      ['+0'],
    ],
    [
      'flicker: the next beginning waits for the gap',
      'offline',
      [
        [0, 'a'],
        [1000, null],
        [2000, 'a'],
        [3000, null],
        [4000, 'a'],
        [ALARM_GAP_MS, 'a'],
      ],
      ['+0', '-1', '+600'],
    ],
    [
      'flicker that ended within the gap is not told',
      'offline',
      [
        [0, 'a'],
        [1000, null],
        [2000, 'a'],
        [3000, null],
        [ALARM_GAP_MS, null],
      ],
      ['+0', '-1'],
    ],
    [
      'happenings within the gap are told as one',
      'loop-broken',
      [
        [0, '!'],
        [1000, '!'],
        [2000, '!'],
        [ALARM_GAP_MS, 'look'],
      ],
      ['!0', '!600x2'],
    ],
    [
      'a new login code is told again after the gap, then after twice the gap',
      'qr',
      [
        [0, 'a'],
        [5 * MINUTE, 'b'],
        [10 * MINUTE, 'c'],
        [15 * MINUTE, 'd'],
        [20 * MINUTE, 'e'],
        [30 * MINUTE, 'f'],
      ],
      ['+0', '+600', '+1800'],
    ],
    [
      'a clock that was set back keeps nothing from being told',
      'offline',
      [
        [ALARM_GAP_MS, 'a'],
        [ALARM_GAP_MS + 1, null],
        [0, 'a'],
      ],
      ['+600', '-600.001', '+0'],
    ],
  ] as const)('%s', (_name, kind, story, told) => {
    expect(play(kind, story)).toEqual(told)
  })
})

const CALM: Situation = {
  now: 0,
  connection: { kind: 'online', account: asId('a'), nick: '', uinEnd: '00' },
  isStuck: false,
  isLooping: false,
  silentMs: 0,
  stallAfterMs: 90 * SECOND,
  frozenUntil: null,
  isFreezeUntried: false,
  isSuspended: false,
  storeProblem: null,
  webProblem: null,
  reloadError: null,
}
const retrying = { kind: 'backing-off', problem: 'dns', retryAt: 0, attempt: 1 } as const

describe('what holds', () => {
  test.each([
    ['nothing, when all is well', {}, []],
    ['90 s without an answer', { silentMs: 91 * SECOND }, ['offline']],
    ['a limit of ten minutes while connected', { silentMs: 9 * MINUTE, stallAfterMs: 10 * MINUTE }, []],
    [
      'two minutes away, whatever the limit',
      { connection: retrying, silentMs: 121 * SECOND, stallAfterMs: 10 * MINUTE },
      ['offline'],
    ],
    ['away for a moment', { connection: retrying, silentMs: 20 * SECOND }, []],
    [
      'waiting for a scan is no silence',
      { connection: { kind: 'awaiting-scan', qrText: 't', qrImageUrl: 'u', nth: 1 }, silentMs: 9 * MINUTE },
      ['qr'],
    ],
    ['logged out', { connection: { kind: 'expired', code: 1101 }, silentMs: 9 * MINUTE }, ['logged-out']],
    ['refused', { connection: { kind: 'refused', code: 1203, message: '' } }, ['refused']],
    ['a sync that goes in circles', { isStuck: true }, ['stuck']],
    ['frozen', { frozenUntil: 30 * SECOND }, ['frozen']],
    ['suspended', { isSuspended: true }, ['suspended']],
    ['a full disk', { storeProblem: 'disk-full' }, ['store']],
    ['a port that is taken', { webProblem: { zh: '8787', en: '8787' } }, ['web']],
    ['a position that goes back again and again', { isLooping: true }, ['stuck']],
    ['wrong rules', { reloadError: 'a.yml:1' }, ['reload-failed']],
  ] as const)('%s', (_name, over, kinds) => {
    const looks = conditions({ ...CALM, ...over })
    const holding = Object.entries(looks).filter(([, look]) => look !== null && look !== 'keep')
    expect(holding.map(([kind]) => kind)).toEqual(kinds)
  })

  test('a session that ended stays ended until somebody is online', () => {
    const scan = { kind: 'awaiting-scan', qrText: 't', qrImageUrl: 'u', nth: 1 } as const
    expect(conditions({ ...CALM, connection: scan })['logged-out']).toBe('keep')
    expect(conditions(CALM)['logged-out']).toBeNull()
  })
})

describe('silence', () => {
  test('begins anew with every answer, after waiting for a person, and after the machine slept', () => {
    const meter = new SilenceMeter(0)
    expect(meter.look('online', 1, 0)).toBe(0)
    expect(meter.look('online', 1, 20_000)).toBe(20_000)
    expect(meter.look('online', 2, 25_000)).toBe(0)
    expect(meter.look('backing-off', 2, 45_000)).toBe(20_000)
    expect(meter.look('backing-off', 2, 600_000)).toBe(0)
    expect(meter.look('awaiting-scan', 2, 620_000)).toBe(0)
    expect(meter.look('starting', 2, 630_000)).toBe(10_000)
  })
})

describe('a restart', () => {
  class Meta {
    readonly rows = new Map<string, string>()
    get(key: string) {
      return this.rows.get(key) ?? null
    }
    set(key: string, value: string) {
      this.rows.set(key, value)
    }
    delete(key: string) {
      this.rows.delete(key)
    }
  }

  test('repeats no alarm and still tells its end', () => {
    const meta = new Meta()
    const first = new AlarmDesk(meta)
    first.look({ 'logged-out': words('x') }, 1000)
    expect(first.take(1000)).toMatchObject([{ kind: 'logged-out', state: 'raised' }])
    const second = new AlarmDesk(meta)
    second.look({ 'logged-out': 'keep' }, 2000)
    expect(second.take(2000)).toEqual([])
    expect(second.active()).toMatchObject([{ kind: 'logged-out', since: 1000 }])
    second.look({ 'logged-out': null }, 61_000)
    const [end] = second.take(61_000)
    expect(end).toMatchObject({ state: 'cleared', since: 1000 })
    expect(end === undefined ? '' : alarmPhrase(end).text.zh).toBe('历时 1 分钟')
  })

  test('a damaged memory is no memory', () => {
    const meta = new Meta()
    meta.set('alarm/offline', '{"isTold":tru')
    meta.set('alarm/store', '[1]')
    expect(new AlarmDesk(meta).active()).toEqual([])
  })
})
