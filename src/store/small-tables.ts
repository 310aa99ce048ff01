import { asId } from '../domain/ids.ts'
import type { Database } from './database.ts'
import type { ContactsRepository, MetaRepository, SchedulesRepository } from './ports.ts'

/** What the roster keeps across logins. */
export function contactsRepository(db: Database): ContactsRepository {
  const load = db.prepare<{ key: string; value: string }>(
    'SELECT key, value FROM contacts WHERE account = ? ORDER BY key',
  )
  const save = db.prepare('INSERT OR REPLACE INTO contacts (account, key, value) VALUES (?, ?, ?)')
  const remove = db.prepare('DELETE FROM contacts WHERE account = ? AND key = ?')
  return {
    load: (account) => load.all(account).map(({ key, value }) => ({ key: asId(key), value })),
    save: (account, rows) =>
      db.transaction(() => {
        for (const { key, value } of rows) save.run(account, key, value)
      }),
    remove: (account, keys) =>
      db.transaction(() => {
        for (const key of keys) remove.run(account, key)
      }),
  }
}

/** Which due times fired. */
export function schedulesRepository(db: Database): SchedulesRepository {
  const mark = db.prepare('INSERT OR IGNORE INTO schedule_marks (account, schedule, due_at) VALUES (?, ?, ?)')
  const last = db.prepare<{ at: number | null }>(
    'SELECT max(due_at) AS at FROM schedule_marks WHERE account = ? AND schedule = ?',
  )
  return {
    mark: (account, schedule, dueAt) => mark.run(account, schedule, dueAt).changes > 0,
    lastMark: (account, schedule) => last.get(account, schedule)?.at ?? null,
  }
}

/** Named values of the whole store. */
export function metaRepository(db: Database): MetaRepository {
  const get = db.prepare<{ value: string }>('SELECT value FROM meta WHERE key = ?')
  const set = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)')
  const remove = db.prepare('DELETE FROM meta WHERE key = ?')
  return {
    get: (key) => get.get(key)?.value ?? null,
    set: (key, value) => {
      set.run(key, value)
    },
    delete: (key) => {
      remove.run(key)
    },
  }
}
