import type { Migration } from '../../src/store/migrate.ts'
import { MIGRATIONS } from '../../src/store/migrations/index.ts'

export const GROWN_VERSIONS = 25

/** The released layouts and many more, each slow enough to be killed in; `onSql` hears when one is about to run. */
export function growingMigrations(onSql: (version: number) => void): readonly Migration[] {
  const more = Array.from({ length: GROWN_VERSIONS }, (_, index): Migration => {
    const version = MIGRATIONS.length + 1 + index
    return {
      version,
      reason: 'grow',
      get sql() {
        onSql(version)
        return `CREATE TABLE grown${version} (a); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000)
          INSERT INTO grown${version} SELECT hex(randomblob(50)) FROM n`
      },
    }
  })
  return [...MIGRATIONS, ...more]
}
