import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Backups } from '../../../src/store/backups.ts'
import type { Database } from '../../../src/store/database.ts'
import { prepareDirectory } from '../../../src/store/files.ts'
import { MIGRATIONS } from '../../../src/store/migrations/index.ts'
import { openDatabase } from '../../../src/store/opening.ts'
import { systemClock } from '../../../src/support/clock.ts'
import { silentLogger } from '../../../src/support/log.ts'
import { freshDir } from './fixtures.ts'

/** What SQLite calls a commit that waits for the disk, and one that leaves that to the next. */
const FULL = 2
const NORMAL = 1

let place: ReturnType<typeof freshDir>
let db: Database
beforeEach(() => {
  place = freshDir()
  const { dir } = place
  prepareDirectory(dir)
  const backups = new Backups(join(dir, 'backups'))
  db = openDatabase({ dir, clock: systemClock, log: silentLogger, backups, migrations: MIGRATIONS }).db
})
afterEach(() => {
  db.close()
  place.remove()
})

const level = () => Number(db.pragma('synchronous'))

describe('which commits wait for the disk', () => {
  test('a transaction does, a deferred one does not, and the next transaction does again', () => {
    expect(db.transaction(level)).toBe(FULL)
    expect(db.deferred(level)).toBe(NORMAL)
    expect(db.transaction(level)).toBe(FULL)
  })

  test('a deferred one inside a transaction is part of it and waits like it', () => {
    expect(db.transaction(() => db.deferred(level))).toBe(FULL)
    expect(db.transaction(level)).toBe(FULL)
  })

  test('a deferred one that fails leaves nothing of itself, neither rows nor the weaker level', () => {
    const rows = () => db.prepare<{ n: number }>('SELECT count(*) AS n FROM meta').get()?.n
    const before = rows()
    const failing = () =>
      db.deferred(() => {
        db.exec("INSERT INTO meta (key, value) VALUES ('half', 'done')")
        throw new Error('cut')
      })
    expect(failing).toThrow('cut')
    expect([rows(), level()]).toEqual([before, FULL])
  })
})
