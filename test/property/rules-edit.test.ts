import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fixRules } from '../../src/rules/edit/fix.ts'
import { formatRules } from '../../src/rules/edit/fmt.ts'
import { migrateRules } from '../../src/rules/edit/migrate.ts'
import { loadRules } from '../../src/rules/load.ts'
import { treeOf } from '../../src/rules/tree.ts'
import { mutatedRules } from '../support/rule-mutations.ts'

const errorsIn = (text: string) =>
  loadRules(treeOf({ 'a.yml': text })).diagnostics.filter((one) => one.severity === 'error').length

test('fixing never adds an error, nor a line, and fixing again changes nothing', () => {
  fc.assert(
    fc.property(mutatedRules, (text) => {
      const { edits, left } = fixRules(treeOf({ 'a.yml': text }), () => true)
      const after = edits[0]?.after ?? text
      expect(left.filter((one) => one.severity === 'error').length).toBeLessThanOrEqual(errorsIn(text))
      expect(after.split('\n').length).toBe(
        edits.length === 0 ? after.split('\n').length : edits[0]?.before.split('\n').length,
      )
      expect(fixRules(treeOf({ 'a.yml': after }), () => true).edits).toEqual([])
    }),
    { numRuns: 250 },
  )
})

test('laying out twice is laying out once, and never changes how many errors there are', () => {
  fc.assert(
    fc.property(mutatedRules, fc.constantFrom(null, 'zh' as const, 'en' as const), (text, keys) => {
      const once = formatRules(text, { isTestFile: false, keys })
      if (once.kind !== 'formatted') return
      expect(formatRules(once.text, { isTestFile: false, keys })).toEqual(once)
      expect(errorsIn(once.text)).toBe(errorsIn(text))
    }),
    { numRuns: 400 },
  )
})

test('migrating takes anything', () => {
  fc.assert(
    fc.property(mutatedRules, (text) => {
      expect(['newest', 'broken', 'newer']).toContain(migrateRules(text, { isTestFile: false }).kind)
    }),
    { numRuns: 200 },
  )
})
