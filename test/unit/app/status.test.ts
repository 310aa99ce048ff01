import { describe, expect, test } from '@jest/globals'
import { judgeHealth, type Vitals } from '../../../src/app/status.ts'
import type { Connection } from '../../../src/domain/connection.ts'
import { type AccountKey, asId } from '../../../src/domain/ids.ts'

const T0 = 1_900_000_000_000
const SECOND = 1000
const online: Connection = { kind: 'online', account: asId<AccountKey>('a'), nick: '', uinEnd: '00' }
const backingOff = (retryInS: number): Connection => ({
  kind: 'backing-off',
  problem: 'timeout',
  attempt: 3,
  retryAt: T0 + retryInS * SECOND,
})

describe('T38: alive is who makes steps, or rightly waits', () => {
  test.each<[string, Connection, number, boolean]>([
    ['online, one poll to its deadline and the fetch behind it', online, 55, true],
    ['online, nothing for longer than that', online, 61, false],
    ['waiting for the network', backingOff(50), 100, true],
    ['waiting an hour because the server said "too often"', backingOff(3600), 3600, true],
    ['the try after the wait never came', backingOff(10), 71, false],
    ['logging in', { kind: 'starting' }, 80, true],
    ['stuck while logging in', { kind: 'starting' }, 91, false],
    ['nobody scanned for a day', { kind: 'awaiting-scan', qrText: '', qrImageUrl: '', nth: 9 }, 86_400, true],
    ['nobody tapped', { kind: 'awaiting-confirm', isPush: false }, 86_400, true],
    ['logged out', { kind: 'expired', code: 1100 }, 86_400, true],
    ['refused', { kind: 'refused', code: 1203, message: '' }, 86_400, true],
    ['signed out', { kind: 'signed-out' }, 86_400, true],
  ])('%s', (_name, connection, afterS, isOk) => {
    const vitals: Vitals = {
      connection,
      lastSyncAt: T0,
      lastTickAt: T0,
      stallAfterMs: 90 * SECOND,
      areRulesLoaded: true,
    }
    expect(judgeHealth(vitals, T0 + afterS * SECOND).isOk).toBe(isOk)
  })
})
