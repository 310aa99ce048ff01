import { describe, expect, test } from '@jest/globals'
import type { Connection } from '../../../src/domain/connection.ts'
import { InvariantError, ServerRefusal, Throttled, TransportError } from '../../../src/domain/errors.ts'
import { asId } from '../../../src/domain/ids.ts'
import { type ConnectionInput, transition } from '../../../src/protocol/connection.ts'
import { firstHosts, hostSet, isAllowedUrl, redirectTarget } from '../../../src/protocol/hosts.ts'
import { QrPacer } from '../../../src/protocol/qr-pacer.ts'
import { outcomeOf } from '../../../src/protocol/send.ts'
import { Kicks, Trouble } from '../../../src/protocol/trouble.ts'
import { DEFAULT_BACKOFF } from '../../../src/support/backoff.ts'

const states: Record<string, Connection> = {
  out: { kind: 'signed-out' },
  scan: { kind: 'awaiting-scan', qrText: 't', qrImageUrl: 'u', nth: 1 },
  confirm: { kind: 'awaiting-confirm', isPush: false },
  starting: { kind: 'starting' },
  online: { kind: 'online', account: asId('a'), nick: 'n', uinEnd: '42' },
  away: { kind: 'backing-off', problem: 'p', retryAt: 1, attempt: 1 },
  expired: { kind: 'expired', code: 1101 },
  refused: { kind: 'refused', code: 1203, message: 'm' },
}
const inputs: Record<string, ConnectionInput> = {
  code: { kind: 'code', qrText: 't', qrImageUrl: 'u', nth: 2 },
  scanned: { kind: 'scanned' },
  pushed: { kind: 'pushed' },
  begin: { kind: 'begin' },
  ready: { kind: 'ready', account: asId('a'), nick: 'n', uinEnd: '42' },
  failed: { kind: 'failed', problem: 'p', retryAt: 2, attempt: 2 },
  ended: { kind: 'ended', code: 1102 },
  rejected: { kind: 'rejected', code: 1203, message: 'm' },
  reset: { kind: 'reset' },
}
/** Every legal move; what is not here throws. */
const legal: Record<string, Record<string, string>> = {
  out: {
    code: 'awaiting-scan',
    pushed: 'awaiting-confirm',
    begin: 'starting',
    failed: 'backing-off',
    rejected: 'refused',
    reset: 'signed-out',
  },
  scan: {
    code: 'awaiting-scan',
    scanned: 'awaiting-confirm',
    begin: 'starting',
    failed: 'backing-off',
    rejected: 'refused',
    reset: 'signed-out',
  },
  confirm: {
    code: 'awaiting-scan',
    scanned: 'awaiting-confirm',
    begin: 'starting',
    failed: 'backing-off',
    rejected: 'refused',
    reset: 'signed-out',
  },
  starting: {
    ready: 'online',
    failed: 'backing-off',
    ended: 'expired',
    rejected: 'refused',
    reset: 'signed-out',
  },
  online: {
    ready: 'online',
    failed: 'backing-off',
    ended: 'expired',
    rejected: 'refused',
    reset: 'signed-out',
  },
  away: {
    code: 'awaiting-scan',
    pushed: 'awaiting-confirm',
    begin: 'starting',
    ready: 'online',
    failed: 'backing-off',
    ended: 'expired',
    rejected: 'refused',
    reset: 'signed-out',
  },
  expired: {
    code: 'awaiting-scan',
    pushed: 'awaiting-confirm',
    begin: 'starting',
    failed: 'backing-off',
    rejected: 'refused',
    reset: 'signed-out',
  },
  refused: { reset: 'signed-out' },
}
const moves = Object.keys(states).flatMap((state) =>
  Object.keys(inputs).map((input) => [state, input] as const),
)

test.each(moves)('%s + %s', (state, input) => {
  const from = states[state]
  const by = inputs[input]
  if (from === undefined || by === undefined) throw new Error('the table is wrong')
  const to = legal[state]?.[input]
  if (to === undefined) expect(() => transition(from, by)).toThrow(InvariantError)
  else expect(transition(from, by).kind).toBe(to)
})

describe('hosts', () => {
  test.each([
    ['wx2.qq.com', 'https://wx2.qq.com', 'https://webpush.wx2.qq.com'],
    ['wx8.qq.com', 'https://wx8.qq.com', 'https://webpush.wx8.qq.com'],
    ['wx.qq.com', 'https://wx.qq.com', 'https://webpush.wx.qq.com'],
    ['web2.wechat.com', 'https://web2.wechat.com', 'https://webpush.web2.wechat.com'],
    ['web.wechat.com', 'https://web.wechat.com', 'https://webpush.web.wechat.com'],
    ['127.0.0.1:80', 'https://127.0.0.1:80', 'https://webpush.weixin.qq.com'],
  ])('of %s', (host, api, push) => expect(hostSet(host, {})).toMatchObject({ api, push }))

  test('before a login are the general ones, and what the operator gave wins', () => {
    expect(firstHosts({})).toMatchObject({
      login: 'https://login.weixin.qq.com',
      qr: 'https://login.weixin.qq.com',
    })
    expect(hostSet('wx2.qq.com', { push: 'http://127.0.0.1:1/' })).toMatchObject({
      api: 'https://wx2.qq.com',
      push: 'http://127.0.0.1:1',
    })
  })

  test.each([
    ['https://wx2.qq.com/x', true],
    ['https://login.web.wechat.com/', true],
    ['http://wx2.qq.com/x', false],
    ['https://wx2.qq.com:8443/x', false],
    ['https://wx2.qq.com.example.invalid/', false],
    ['https://evilwx2.qq.com/', false],
    ['https://user:pass@wx2.qq.com/', false],
    ['https://example.invalid/wx2.qq.com', false],
    ['javascript:alert(1)', false],
    ['nonsense', false],
  ])('%s may be called: %s', (url, isAllowed) => expect(isAllowedUrl(url, {})).toBe(isAllowed))

  test('a redirect goes to the base the operator gave, with its own path', () => {
    const bases = { api: 'http://127.0.0.1:9000' }
    expect(redirectTarget('https://wx2.qq.com/a?b=c', bases)).toEqual({
      url: 'http://127.0.0.1:9000/a?b=c',
      host: 'wx2.qq.com',
    })
    expect(redirectTarget('http://127.0.0.1:9000/a', bases)?.host).toBe('127.0.0.1:9000')
    expect(redirectTarget('http://127.0.0.1:9001/a', bases)).toBeNull()
  })
})

describe('QR codes', () => {
  const minute = 60_000
  test('that die at once are spaced, and come slowly after as many as the settings say', () => {
    const pacer = new QrPacer({ maxFast: 10, slowEveryMs: 20 * minute })
    const waits: number[] = []
    let now = 0
    for (let code = 1; code <= 11; code++) {
      waits.push(pacer.waitMs(now) / 1000)
      now += pacer.waitMs(now)
      expect(pacer.drawn(now)).toBe(code)
    }
    expect(waits).toEqual([0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 1200])
  })

  test('that lived as long as codes do are followed at once, until there were too many', () => {
    const pacer = new QrPacer({ maxFast: 10, slowEveryMs: 10 * minute })
    for (let code = 0; code < 10; code++) {
      expect(pacer.waitMs(code * 5 * minute)).toBe(0)
      pacer.drawn(code * 5 * minute)
    }
    expect(pacer.waitMs(50 * minute)).toBe(5 * minute)
  })

  test('come at once when a person asks or somebody scanned', () => {
    const pacer = new QrPacer({ maxFast: 1, slowEveryMs: 20 * minute })
    pacer.drawn(0)
    expect(pacer.waitMs(0)).toBe(20 * minute)
    pacer.scanned()
    expect(pacer.waitMs(0)).toBe(0)
    pacer.drawn(0)
    pacer.hurry()
    expect(pacer.waitMs(0)).toBe(0)
    expect(pacer.drawn(0)).toBe(3)
  })
})

describe('waits after failures', () => {
  const error = (afterMs?: number) =>
    new TransportError('x', {
      code: 'x',
      mayHaveBeenSent: true,
      ...(afterMs === undefined ? {} : { afterMs }),
    })
  const throttled = new Throttled('x', { code: 'ret-1205', retry: 'backoff', ret: 1205 })
  const trouble = () => new Trouble({ next: () => 1 }, DEFAULT_BACKOFF)

  test('grow to a minute and begin anew after a minute of health', () => {
    const one = trouble()
    const waits: number[] = []
    let now = 0
    for (let nth = 0; nth < 80; nth++) {
      const { waitMs } = one.next(error(), now)
      waits.push(waitMs)
      now += waitMs
    }
    expect(waits.slice(0, 3)).toEqual([1000, 2000, 4000])
    expect(waits.at(-1)).toBe(60_000)
    expect(one.next(error(), now + 59_000).attempt).toBe(81)
    expect(one.next(error(), now + 59_000 + 60_000 + 60_000).attempt).toBe(1)
  })

  test('are never longer than the trouble lasts, however short the first ones were', () => {
    const draws = [0, 0, 0, 0, 0, 0, 1]
    const one = new Trouble({ next: () => draws.shift() ?? 1 }, DEFAULT_BACKOFF)
    let now = 0
    for (let nth = 0; nth < 6; nth++) now += one.next(error(), now).waitMs
    expect(now).toBe(3000)
    expect(one.next(error(), now).waitMs).toBe(4000)
  })

  test('are as long as the server asks', () => expect(trouble().next(error(30_000), 0).waitMs).toBe(30_000))

  test('after "too often" begin at a minute and double to an hour', () => {
    const one = trouble()
    const waits = Array.from({ length: 8 }, () => one.next(throttled, 0).waitMs)
    expect(waits.slice(0, 3)).toEqual([60_000, 120_000, 240_000])
    expect(waits.at(-1)).toBe(3_600_000)
  })

  test('two kicks in ten minutes are one too many', () => {
    let now = 0
    const kicks = new Kicks({ now: () => now, monotonic: () => now })
    const addAt = (at: number) => {
      now = at
      return kicks.add()
    }
    expect([addAt(0), addAt(600_000), addAt(700_000)]).toEqual([false, false, true])
  })

  test('also when the process or the clock changed between them', () => {
    let saved: readonly number[] = []
    const memory = {
      load: () => saved,
      save(times: readonly number[]) {
        saved = times
      },
    }
    let now = 1_000_000
    const at = (mono: number) => ({ now: () => now, monotonic: () => mono })
    expect(new Kicks(at(5), memory).add()).toBe(false)
    now += 500_000
    expect(new Kicks(at(9), memory).add()).toBe(true)
    now += 700_000
    expect(new Kicks(at(9), memory).add()).toBe(false)
    now -= 86_400_000
    expect(new Kicks(at(9), memory).add()).toBe(true)
    new Kicks(at(9), memory).forget()
    expect(new Kicks(at(9), memory).add()).toBe(false)
  })
})

test.each([
  [
    'connection refused',
    new TransportError('x', { code: 'econnrefused', mayHaveBeenSent: false }),
    { kind: 'not-sent', problem: 'econnrefused' },
  ],
  [
    'a reset after the first byte',
    new TransportError('x', { code: 'econnreset', mayHaveBeenSent: true }),
    { kind: 'uncertain', problem: 'econnreset' },
  ],
  [
    'a 404',
    new TransportError('x', { code: 'http-404', mayHaveBeenSent: true }),
    { kind: 'not-sent', problem: 'http-404' },
  ],
  [
    'a 429 with a time',
    new TransportError('x', { code: 'http-429', mayHaveBeenSent: true, afterMs: 5 }),
    { kind: 'throttled', ret: 429, afterMs: 5 },
  ],
  [
    'any other ret',
    new ServerRefusal('x', { code: 'ret-7', ret: 7, retry: 'never', serverMessage: '不行' }),
    { kind: 'refused', ret: 7, message: '不行', isUnwritable: false },
  ],
])('a send that ends with %s', (_name, error, outcome) => expect(outcomeOf(error)).toEqual(outcome))

test('a bug is not an outcome', () => expect(() => outcomeOf(new TypeError('x'))).toThrow(TypeError))
