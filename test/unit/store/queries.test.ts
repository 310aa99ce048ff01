import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { Ages } from '../../../src/store/age.ts'
import { Database, type Row, type Statement } from '../../../src/store/database.ts'
import { decisionsRepository } from '../../../src/store/decisions.ts'
import { factWriter } from '../../../src/store/fact-writes.ts'
import { FactsTable } from '../../../src/store/facts.ts'
import { inboxRepository } from '../../../src/store/inbox.ts'
import { MIGRATIONS } from '../../../src/store/migrations/index.ts'
import { outboxRepository } from '../../../src/store/outbox.ts'
import { TraceTable } from '../../../src/store/traces.ts'
import { SetClock } from './fixtures.ts'

/** Records every statement that the repositories on the path of a message prepare. */
class RecordingDatabase extends Database {
  readonly statements: string[] = []
  override prepare<T extends Row = Row>(sql: string): Statement<T> {
    this.statements.push(sql)
    return super.prepare<T>(sql)
  }
}

const recording = new RecordingDatabase(':memory:')
for (const { sql } of MIGRATIONS) recording.exec(sql)
const clock = new SetClock()
const ages = new Ages(clock)
const writeFact = factWriter(recording, { clock, maxKeysPerOwner: 50 })
const traces = new TraceTable(recording)
new FactsTable(recording, writeFact)
inboxRepository(recording)
decisionsRepository(recording, { clock, ages, traces, writeFact })
outboxRepository(recording, clock, ages)

describe('no question on the path of a message reads a whole table', () => {
  const db = new DatabaseSync(':memory:')
  beforeAll(() => {
    for (const { sql } of MIGRATIONS) db.exec(sql)
  })
  afterAll(() => db.close())

  /** Small by nature: a handful of tables of sqlite itself, and steps counted for a person at the console. */
  const isExempt = (sql: string) => sql.includes('GROUP BY state')

  test.each(recording.statements.filter((sql) => !isExempt(sql)).map((sql) => [sql]))('%s', (sql) => {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]
    const scans = plan
      .map(({ detail }) => detail)
      .filter((detail) => /^SCAN (?!lane|sqlite_sequence|\(subquery)/.test(detail))
    expect(scans).toEqual([])
  })

  test('there is something to look at', () => {
    expect(recording.statements.length).toBeGreaterThan(40)
  })
})

test('every table but those of the whole store carries its account', () => {
  const db = new DatabaseSync(':memory:')
  for (const { sql } of MIGRATIONS) db.exec(sql)
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all() as { name: string }[]
  const without = tables
    .map(({ name }) => name)
    .filter(
      (name) =>
        !db
          .prepare(`SELECT name FROM pragma_table_info('${name}')`)
          .all()
          .some((c) => c.name === 'account'),
    )
  expect(without.sort()).toEqual(['meta', 'traces'])
  db.close()
})

test('migrations are numbered as their files are', () => {
  const dir = fileURLToPath(new URL('../../../src/store/migrations', import.meta.url))
  const files = readdirSync(dir).filter((name) => /^\d{4}-/.test(name))
  expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(MIGRATIONS.map(({ version }) => version))
  expect(readFileSync(join(dir, 'index.ts'), 'utf8')).toContain(files.at(-1)?.replace('.ts', '') ?? '?')
})
