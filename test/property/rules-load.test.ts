import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { loadRules } from '../../src/rules/load.ts'
import { type SourceTree, treeOf } from '../../src/rules/tree.ts'
import { mutatedRules } from '../support/rule-mutations.ts'

/** What every load has to hold, whatever the input. */
function checkLoad(tree: SourceTree): void {
  const { spec, diagnostics } = loadRules(tree, { today: '2027-01-05' })
  expect(spec === null).toBe(diagnostics.some((one) => one.severity === 'error'))
  for (const one of diagnostics) {
    expect(one.code).toMatch(/^[EW]\d{3}$/)
    expect(one.message.zh).toMatch(/\p{Script=Han}/u)
    expect(one.message.en).not.toBe('')
    expect(one.place.line).toBeGreaterThan(0)
    expect(one.place.column).toBeGreaterThan(0)
  }
}

test('mutated rule files give diagnostics or a spec, never an exception', () => {
  fc.assert(
    fc.property(mutatedRules, (text) => {
      checkLoad(treeOf({ 'a.yml': text, 'b.yml': 'quick: {你好: 好}\n' }))
    }),
    { numRuns: 1500 },
  )
})

test('arbitrary bytes give diagnostics or a spec', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 200 }), (yaml, csv) => {
      const files = new Map([
        ['a.yml', yaml],
        ['b.yml', new TextEncoder().encode('lists: {faq: {file: faq.csv}}\nquick: {from: faq}\n')],
        ['faq.csv', csv],
      ])
      checkLoad({ ...treeOf({}), files })
    }),
    { numRuns: 500 },
  )
})

test('a correction that is offered makes its mistake disappear', () => {
  fc.assert(
    fc.property(mutatedRules, (text) => {
      const { diagnostics } = loadRules(treeOf({ 'a.yml': text }))
      for (const one of diagnostics) {
        if (one.correctedLine === undefined || !one.code.startsWith('E1')) continue
        const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
        lines[one.place.line - 1] = one.correctedLine
        const after = loadRules(treeOf({ 'a.yml': lines.join('\n') })).diagnostics
        const remains = after.some(
          (other) =>
            other.code === one.code &&
            other.place.line === one.place.line &&
            other.place.column === one.place.column &&
            other.correctedLine === one.correctedLine,
        )
        expect(remains).toBe(false)
      }
    }),
    { numRuns: 300 },
  )
})
