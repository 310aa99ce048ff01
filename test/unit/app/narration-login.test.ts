import { expect, test } from '@jest/globals'
import { HeldLines } from '../../../src/app/held-lines.ts'
import { LoginNarration } from '../../../src/app/narration-login.ts'
import { Narrator } from '../../../src/app/narrator.ts'
import type { Connection } from '../../../src/domain/connection.ts'
import { asId } from '../../../src/domain/ids.ts'
import { maskFor } from '../../../src/domain/mask.ts'
import { createLogger } from '../../../src/support/log.ts'
import { LeapClock } from '../../support/leap-clock.ts'

const ONLINE: Connection = { kind: 'online', account: asId('a'), nick: '店', uinEnd: '01' }
const AWAY: Connection = { kind: 'backing-off', problem: 'timeout', retryAt: 0, attempt: 1 }

/** A login whose address book is read to its end only when `settle` is called. */
function login() {
  const told: string[] = []
  const log = createLogger('info', { write: (line) => told.push(JSON.parse(line).msg) })
  const book = Promise.withResolvers<void>()
  const roster = {
    counts: { friends: 2, rooms: 1, officials: 0, ambiguous: 0 },
    isSettled: false,
    settled: book.promise,
  }
  const narration = new LoginNarration({
    narrator: new Narrator(log, 'zh-CN', maskFor([])),
    lines: new HeldLines(new LeapClock()),
    roster: () => roster,
    loggedInAt: () => null,
    checkNames: () => told.push('names'),
    rulesPath: 'rules',
  })
  const change = (from: Connection, to: Connection) => narration.changed({ from, to, at: 0, reason: '' })
  change({ kind: 'signed-out' }, { kind: 'starting' })
  change({ kind: 'starting' }, ONLINE)
  const settle = async () => {
    roster.isSettled = true
    book.resolve()
    await book.promise
  }
  return { told, change, settle }
}

test('a login is told with what the address book holds, and names are looked for in a whole one', async () => {
  const { told, settle } = login()
  await settle()
  expect(told).toContain('登录成功: 店 (uin …01)，联系人 2，群 1')
  expect(told).toContain('names')
})

test('a connection that breaks before the address book is read does not pass half of it for the whole', async () => {
  const { told, change, settle } = login()
  change(ONLINE, AWAY)
  expect(told).toContain('登录成功: 店 (uin …01)，通讯录还在读')
  expect(told).not.toContain('names')
  await settle()
  expect(told).toContain('names')
})
