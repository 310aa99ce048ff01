import { expect, test } from '@jest/globals'
import { foldUnits } from '../../../src/engine/index/fold.ts'
import { FOLD_PAIRS, FOLD_RUNS } from '../../../src/engine/index/fold-table.data.ts'
import { generateFoldTable } from './fold-table.generate.ts'

test('the committed table is the generated one', () => {
  const { runs, pairs } = generateFoldTable()
  expect(FOLD_RUNS).toBe(runs)
  expect(FOLD_PAIRS).toBe(pairs)
})

test.each([
  ['ＡＢＣ１２３！', 'abc123!'],
  ['價錢', '价钱'],
  ['後面乾淨', '后面干净'],
  ['㎏㍿', '㎏㍿'],
  ['①', '1'],
])('%s folds to %s', (text, folded) => {
  expect(foldUnits(text)).toBe(folded)
})
