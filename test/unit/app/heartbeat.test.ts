import { expect, test } from '@jest/globals'
import { isAllWell } from '../../../src/app/heartbeat.ts'

const WELL = {
  connection: 'online',
  lastSyncAt: 10_000,
  stallAfterMs: 90_000,
  storeProblem: null,
  now: 20_000,
} as const

test.each([
  ['online and synced lately', {}, true],
  ['never synced', { lastSyncAt: null }, false],
  ['nothing heard for too long', { now: 100_001 }, false],
  ['waiting for a scan', { connection: 'awaiting-scan' }, false],
  ['nothing can be stored, so nobody is answered', { storeProblem: 'disk-full' }, false],
] as const)('the outside watcher hears from us: %s', (_name, change, isWell) => {
  expect(isAllWell({ ...WELL, ...change })).toBe(isWell)
})
