import { basename } from 'node:path'

/** The part of jest's JSON report that counts. */
export interface JestReport {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
    }[]
  }[]
}

/** One row of the catalogue, or one file that names none, with the tests of it that failed. */
export interface RowResult {
  readonly row: string
  readonly failures: readonly string[]
}

const ROW = /\b[FT]\d+\b/g

/** The rows that a report speaks of, in order. A file that could not run at all is a failure of its own. */
export function rowsOf(report: JestReport): RowResult[] {
  const rows = new Map<string, string[]>()
  const row = (name: string) => {
    const failures = rows.get(name) ?? []
    rows.set(name, failures)
    return failures
  }
  for (const { name, message, assertionResults } of report.testResults) {
    const file = basename(name, '.test.ts')
    if (assertionResults.length === 0) row(file).push(message.split('\n')[0] ?? '')
    for (const { fullName, status } of assertionResults) {
      if (status === 'pending') continue
      const named = [...new Set(fullName.match(ROW) ?? file.match(ROW) ?? [file])]
      for (const one of named) {
        const failures = row(one)
        if (status !== 'passed') failures.push(fullName)
      }
    }
  }
  return [...rows].map(([name, failures]) => ({ row: name, failures }))
}
