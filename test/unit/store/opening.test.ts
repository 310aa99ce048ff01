import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { StoreError } from '../../../src/domain/errors.ts'
import { Backups } from '../../../src/store/backups.ts'
import { Database } from '../../../src/store/database.ts'
import { latestVersion, migrate } from '../../../src/store/migrate.ts'
import { MIGRATIONS } from '../../../src/store/migrations/index.ts'
import { openDatabase } from '../../../src/store/opening.ts'
import { MAX_SESSION_BYTES, sessionFile } from '../../../src/store/session-file.ts'
import { openStore, type Store } from '../../../src/store/store.ts'
import { silentLogger } from '../../../src/support/log.ts'
import { ACCOUNT, decide, freshDir, message, SetClock, T0 } from './fixtures.ts'

let place: ReturnType<typeof freshDir>
let clock: SetClock
let stores: Store[]
beforeEach(() => {
  place = freshDir()
  clock = new SetClock()
  stores = []
})
afterEach(() => {
  for (const store of stores) store.close()
  place.remove()
})

const open = (over: { maxBytes?: number } = {}): Store => {
  const store = openStore({ dir: place.dir, clock, log: silentLogger, ...over })
  stores.push(store)
  return store
}
const failureOf = (work: () => unknown): StoreError => {
  try {
    work()
  } catch (error) {
    if (error instanceof StoreError) return error
    throw error
  }
  throw new Error('did not fail')
}
const modeOf = (path: string) => statSync(path).mode & 0o777
const storeFile = () => join(place.dir, 'store.db')

/** Copies a live store's files as a crash would leave them, and looks at them in a directory of their own. */
function crashCopy(from: string): string {
  const to = `${from}-crashed`
  mkdirSync(to, { mode: 0o700 })
  spawnSync('cp', [...['store.db', 'store.db-wal', 'reserve'].map((name) => join(from, name)), to])
  return to
}

describe('the directory', () => {
  test('T1: everything is closed to others, whatever the umask', async () => {
    const old = process.umask(0)
    try {
      const store = open()
      decide(store, message(1))
      store.session.save({ a: 1 })
      await store.backup()
    } finally {
      process.umask(old)
    }
    expect(modeOf(place.dir)).toBe(0o700)
    const entries = readdirSync(place.dir, { recursive: true, withFileTypes: true })
    expect(entries.length).toBeGreaterThan(6)
    const wrong = entries.filter(
      (entry) => modeOf(join(entry.parentPath, entry.name)) !== (entry.isFile() ? 0o600 : 0o700),
    )
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  test('T1: one of ours that is too open is closed', () => {
    mkdirSync(place.dir, { mode: 0o755 })
    chmodSync(place.dir, 0o755)
    open()
    expect(modeOf(place.dir)).toBe(0o700)
  })

  test('a shared one is refused', () => {
    mkdirSync(place.dir)
    chmodSync(place.dir, 0o1777)
    expect(failureOf(() => open()).code).toBe('not-writable')
    expect(modeOf(place.dir)).toBe(0o777)
  })

  test('one that cannot be written names path, user and owner', () => {
    writeFileSync(place.dir, 'a file stands in the way')
    const failure = failureOf(() => open())
    expect(failure.code).toBe('not-writable')
    expect(failure.context).toMatchObject({
      path: place.dir,
      uid: process.getuid?.(),
      ownerUid: process.getuid?.(),
    })
  })
})

describe('the lock', () => {
  test('a second store learns who holds the first, which is unharmed', () => {
    const first = open()
    const failure = failureOf(() => openStore({ dir: place.dir, clock, log: silentLogger }))
    expect([failure.code, failure.context.pid]).toEqual(['locked', process.pid])
    expect(first.inbox.insert(message(1))).toBe(true)
    expect(failureOf(() => openStore({ dir: place.dir, clock, log: silentLogger })).code).toBe('locked')
  })

  test('it is free after closing, and closing twice is harmless', () => {
    const first = open()
    first.close()
    first.close()
    expect(open().recoveries).toEqual([])
  })
})

describe('versions', () => {
  test('a newer store is refused and not touched', () => {
    open().close()
    const db = new DatabaseSync(storeFile())
    db.exec('PRAGMA user_version = 999')
    db.close()
    const before = readFileSync(storeFile())
    const failure = failureOf(() => open())
    expect([failure.code, failure.context.found]).toEqual(['newer-version', 999])
    expect(readFileSync(storeFile()).equals(before)).toBe(true)
    expect(existsSync(`${storeFile()}-wal`)).toBe(false)
  })

  test('an older one is copied, then migrated; rows stay; three copies are kept', () => {
    const store = open()
    decide(store, message(1))
    store.close()
    const backups = new Backups(join(place.dir, 'backups'))
    let migrations = [...MIGRATIONS]
    for (let version = latestVersion(MIGRATIONS) + 1; version <= 6; version++) {
      clock.pass(1000)
      const from = latestVersion(migrations)
      migrations = [...migrations, { version, reason: 'test', sql: `CREATE TABLE t${version} (a)` }]
      const options = { dir: place.dir, clock, log: silentLogger, backups, migrations }
      const { db, recoveries } = openDatabase(options)
      expect(recoveries).toContainEqual(expect.objectContaining({ kind: 'migrated', from, to: version }))
      expect(db.prepare('SELECT count(*) AS n FROM steps').get()?.n).toBe(1)
      db.close()
    }
    expect(backups.list().map(({ sort }) => sort)).toEqual(['migration', 'migration', 'migration'])
  })

  test('a migration that fails leaves the version before it', () => {
    const db = new Database(':memory:')
    const good = { version: 1, reason: '', sql: 'CREATE TABLE a (x)' }
    const bad = { version: 2, reason: '', sql: 'CREATE TABLE b (x); CREATE TABLE a (x)' }
    expect(() => migrate(db, [good, bad], () => {})).toThrow()
    expect(db.pragma('user_version')).toBe(1)
    expect(db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE name = 'b'").get()?.n).toBe(0)
    db.close()
  })
})

describe('damage', () => {
  const damages: [string, () => void][] = [
    ['truncated', () => truncateSync(storeFile(), statSync(storeFile()).size / 2)],
    ['overwritten', () => writeFileSync(storeFile(), Buffer.alloc(8192, 'x'))],
    ['gone', () => rmSync(storeFile())],
    ['empty', () => truncateSync(storeFile(), 0)],
  ]

  test.each(damages)(
    '%s: set aside, the newest backup restored, nothing of it sent by itself',
    async (_name, damage) => {
      const store = open()
      for (let n = 1; n <= 300; n++) decide(store, message(n, { chat: `chat-${n}` }))
      store.inbox.insert(message(1000))
      const name = await store.backup()
      clock.pass(60_000)
      decide(store, message(2000))
      store.close()
      damage()
      const restored = open()
      expect(restored.recoveries).toContainEqual(
        expect.objectContaining({ kind: 'set-aside', restored: name, backupAt: T0 }),
      )
      expect(Object.fromEntries(restored.outbox.counts(ACCOUNT))).toEqual({
        held: 300,
        'held:uncertain': 300,
      })
      expect([restored.inbox.find(message(1).id) === null, restored.inbox.countUnhandled(ACCOUNT)]).toEqual([
        false,
        0,
      ])
    },
  )

  test('without a backup a new store is begun and the old one kept', () => {
    open().close()
    writeFileSync(storeFile(), Buffer.alloc(8192, 'x'))
    const store = open()
    const [recovery] = store.recoveries
    expect(recovery).toMatchObject({ kind: 'set-aside', restored: null })
    expect(recovery?.kind === 'set-aside' && existsSync(recovery.movedTo)).toBe(true)
    decide(store, message(1))
  })

  test('damage that shows while running ends all trust: every later call fails alike', () => {
    const store = open()
    // More than the page cache holds, so that the disk is really asked.
    for (let n = 1; n <= 1000; n++) store.inbox.insert(message(n, { text: 'x'.repeat(20_000) }))
    store.close()
    const reopened = open()
    // Flips bytes in place, past the first page, as a dying disk would; the file is never locked by this process here.
    const size = statSync(storeFile()).size
    spawnSync('dd', [
      'if=/dev/urandom',
      `of=${storeFile()}`,
      'bs=4096',
      'seek=1',
      `count=${size / 4096 - 1}`,
      'conv=notrunc',
    ])
    const first = failureOf(() => reopened.inbox.unhandled(ACCOUNT, 1000))
    const later = failureOf(() => reopened.meta.get('a'))
    expect([first.code, later === first]).toEqual(['corrupt', true])
  })

  test('an unclean stop is noticed and loses nothing', () => {
    const store = open()
    decide(store, message(1))
    const copy = crashCopy(place.dir)
    const reopened = openStore({ dir: copy, clock, log: silentLogger })
    stores.push(reopened)
    expect(reopened.recoveries).toEqual([{ kind: 'unclean-stop' }])
    expect(reopened.outbox.activeChats(ACCOUNT)).toEqual(['chat-1'])
  })

  test('a journal that vanished after an unclean stop is reported', () => {
    const store = open()
    decide(store, message(1))
    const copy = crashCopy(place.dir)
    rmSync(join(copy, 'store.db-wal'))
    const reopened = openStore({ dir: copy, clock, log: silentLogger })
    stores.push(reopened)
    expect(reopened.recoveries).toEqual([{ kind: 'unclean-stop' }, { kind: 'journal-missing' }])
  })
})

describe('a full disk', () => {
  test('refuses whole transactions, frees the reserve for cleaning, and takes up again', () => {
    const store = open({ maxBytes: 600_000 })
    let n = 0
    const fill = () => {
      for (;;) decide(store, message(++n, { text: 'x'.repeat(2000), at: T0 - 8 * 86_400_000 }), null)
    }
    expect(failureOf(fill).code).toBe('disk-full')
    expect([store.health().isDiskFull, existsSync(join(place.dir, 'reserve'))]).toEqual([true, false])
    expect(store.inbox.find(message(n, { at: T0 - 8 * 86_400_000 }).id)).toBeNull()
    while (store.purge(T0).hasMore);
    decide(store, message(n + 1))
    expect([store.health().isDiskFull, existsSync(join(place.dir, 'reserve'))]).toEqual([false, true])
  })
})

describe('backups', () => {
  test('three are kept, each whole, while writing goes on', async () => {
    const store = open()
    for (let round = 0; round < 5; round++) {
      clock.pass(60_000)
      const copying = store.backup()
      decide(store, message(round))
      await copying
    }
    const names = readdirSync(join(place.dir, 'backups'))
    expect(names).toHaveLength(3)
    const db = new DatabaseSync(join(place.dir, 'backups', names.sort().at(-1) ?? ''))
    expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
    db.close()
  })

  test('they never hold the session', async () => {
    const store = open()
    store.session.save({ cookie: 'canary-cookie' })
    await store.backup()
    const [name = ''] = readdirSync(join(place.dir, 'backups'))
    expect(readFileSync(join(place.dir, 'backups', name)).includes('canary-cookie')).toBe(false)
  })
})

describe('the session file', () => {
  const path = () => join(place.dir, 'session.json')
  const file = () => {
    mkdirSync(place.dir, { recursive: true, mode: 0o700 })
    return sessionFile(place.dir, clock, silentLogger)
  }

  test('is saved whole, loaded, cleared', () => {
    const session = file()
    expect(session.load()).toBeNull()
    session.save({ a: [1, '二'] })
    expect([session.load(), modeOf(path())]).toEqual([{ a: [1, '二'] }, 0o600])
    session.clear()
    session.clear()
    expect(session.load()).toBeNull()
  })

  test.each([
    ['too-open', () => chmodSync(path(), 0o644)],
    ['not-json', () => writeFileSync(path(), '{"a":')],
    ['not-json', () => writeFileSync(path(), '')],
    ['too-large', () => writeFileSync(path(), 'x'.repeat(MAX_SESSION_BYTES + 1))],
    [
      'not-a-file',
      () => {
        rmSync(path())
        symlinkSync('elsewhere', path())
      },
    ],
  ])('%s: set aside, never used', (reason, harm) => {
    const session = file()
    session.save({ a: 1 })
    harm()
    expect(session.load()).toBeNull()
    expect(readdirSync(place.dir).some((name) => name.startsWith(`session.json.${reason}-`))).toBe(true)
    session.save({ a: 2 })
    expect(session.load()).toEqual({ a: 2 })
  })
})
