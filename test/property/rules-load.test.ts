import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { loadRules } from '../../src/rules/load.ts'
import { type SourceTree, treeOf } from '../../src/rules/tree.ts'

const folder = new URL('../fixtures/rules/blocks/', import.meta.url)
const samples = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'))

/** Pieces that YAML, the format or JavaScript give a meaning. */
const NASTY = [
  ':',
  ': ',
  '：',
  '- ',
  '-',
  '[',
  ']',
  '{',
  '}',
  '{{',
  '}}',
  '{%',
  '"',
  "'",
  '#',
  ' #',
  '*',
  '&',
  '!',
  '|',
  '>',
  '%',
  '@',
  '`',
  '?',
  ',',
  '，',
  '\t',
  '\n',
  '\n\n',
  '  ',
  '\u3000',
  '\r',
  '\0',
  '\\',
  '\\d',
  '---',
  '...',
  '<<: ',
  '*a',
  '&a ',
  '!!js/function ',
  '~',
  'null',
  '__proto__: ',
  'constructor: ',
  'toString',
  'rules:',
  'when:',
  'reply:',
  'quick:',
  'include: [../../x.yml]',
  'tests:',
  'flows:',
  '0',
  '1e999',
  '-0',
  '.nan',
  '999999999999999999999',
  '9'.repeat(400),
  '\ud800',
  '👍',
  '价',
  'list:',
  'list:x',
  '(?<a>',
  '+'.repeat(30),
  '(a*)*',
]

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.integer({ min: 0, max: 30 }),
  put: fc.oneof(fc.constantFrom(...NASTY), fc.string({ maxLength: 6 })),
})

function mutate(text: string, changes: readonly { at: number; cut: number; put: string }[]): string {
  let changed = text
  for (const { at, cut, put } of changes) {
    const start = Math.floor(at * changed.length)
    changed = changed.slice(0, start) + put + changed.slice(start + cut)
  }
  return changed
}

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
    fc.property(
      fc.constantFrom(...samples),
      fc.array(mutation, { minLength: 1, maxLength: 6 }),
      (sample, changes) => {
        checkLoad(treeOf({ 'a.yml': mutate(sample, changes), 'b.yml': 'quick: {你好: 好}\n' }))
      },
    ),
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
    fc.property(fc.constantFrom(...samples), mutation, (sample, change) => {
      const text = mutate(sample, [change])
      const { diagnostics } = loadRules(treeOf({ 'a.yml': text }))
      for (const one of diagnostics) {
        if (one.correctedLine === undefined || !one.code.startsWith('E1')) continue
        const lines = text.split('\n')
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
