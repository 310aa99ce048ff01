import { expect, test } from '@jest/globals'
import { Automaton } from '../../../src/engine/index/automaton.ts'
import { bigTable } from '../../support/big-table.ts'

/** 12 MB for 100,000 keywords. */
const MAX_BYTES_PER_KEYWORD = 120
const KEYWORDS = 30_000

test('an index of many keywords stays small', () => {
  const words = bigTable(KEYWORDS, 0).trim().split('\n').slice(1)
  const automaton = new Automaton(
    words.map((line) => line.split(',')[0] ?? ''),
    true,
  )
  expect(automaton.bytes).toBeLessThan(KEYWORDS * MAX_BYTES_PER_KEYWORD)
})
