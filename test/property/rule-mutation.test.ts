import { describe, expect, test } from '@jest/globals'
import { formatTestReport } from '../../src/rules/testing/report.ts'
import { runTests } from '../../src/rules/testing/run.ts'
import { type Mutant, mutantsOf } from '../support/mutate.ts'
import { fatesOf, loadPack } from '../support/mutate-pack.ts'

/** Of the mutants that load, this share must make a test of the pack fail. */
const WANTED = 0.9

describe('the tests of each pack notice mistakes in its rules', () => {
  test.each(['shop', 'away', 'club', 'landlord', 'group', 'minimal'])(
    '%s',
    async (name) => {
      const pack = await loadPack(name)
      expect(pack.diagnostics).toEqual([])
      expect(formatTestReport(runTests(pack.subject, pack.loaded.tests), 'en')).toMatch(
        /^tests: \d+\/\d+ passed$/,
      )
      const fateOf = fatesOf(pack)
      const survivors: Mutant[] = []
      let caught = 0
      for (const mutant of mutantsOf(pack.subject.spec)) {
        const fate = await fateOf(mutant)
        if (fate === 'survived') survivors.push(mutant)
        if (fate === 'caught') caught++
      }
      const score = caught / (caught + survivors.length)
      const lines = survivors.map(({ what, place }) => `${place.file}:${place.line}  ${what}`)
      const report = `${caught} of ${caught + survivors.length} caught; not:\n${lines.join('\n')}`
      expect(score >= WANTED ? 'enough' : report).toBe('enough')
      expect(caught).toBeGreaterThan(10)
    },
    60_000,
  )
})
