import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Haystack } from '../../src/engine/haystack.ts'
import { Automaton } from '../../src/engine/index/automaton.ts'
import { coreOf, FOLD, foldKeyword, foldUnits, normalise } from '../../src/engine/index/fold.ts'
import { countGraphemes } from '../../src/engine/index/graphemes.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const dirty = fc
  .array(
    fc.constantFrom(
      '价',
      '錢',
      'Ａ',
      ' ',
      '　',
      '\u200b',
      '\ufeff',
      '\u200d',
      '👨\u200d👩\u200d👧',
      '\ufe0f',
      '\n',
      'x',
    ),
    { maxLength: 20 },
  )
  .map((units) => units.join(''))

describe('folding', () => {
  test('is idempotent and keeps the number of units for every code unit', () => {
    expect(FOLD.every((folded) => FOLD[folded] === folded)).toBe(true)
    fc.assert(
      fc.property(anyText, (text) => {
        const folded = foldUnits(text)
        expect(folded.length).toBe(text.length)
        expect(foldUnits(folded)).toBe(folded)
      }),
    )
  })

  test('keeps offsets: every stretch hands back a part of the original', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, dirty), fc.nat(20), fc.nat(20), (text, a, b) => {
        const hay = new Haystack(text)
        const [start, end] = [Math.min(a, b, hay.folded.length), Math.min(Math.max(a, b), hay.folded.length)]
        const piece = hay.slice(start, end)
        expect(text).toContain(piece)
        expect(foldUnits(normalise(piece).text)).toBe(foldUnits(normalise(hay.normal.slice(start, end)).text))
        expect(hay.slice(0, hay.folded.length).length).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  test('of a keyword is stable, and so is its core', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, dirty), (text) => {
        const folded = foldKeyword(text)
        expect(foldKeyword(folded)).toBe(folded)
        expect(coreOf(coreOf(folded))).toBe(coreOf(folded))
      }),
    )
  })
})

describe('characters', () => {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'grapheme' })
  const people = fc
    .array(
      fc.constantFrom(
        '价',
        'a',
        '👍🏽',
        '👨\u200d👩\u200d👧',
        '🇨🇳',
        '1\ufe0f\u20e3',
        'e\u0301',
        ' ',
        '\r\n',
        '。',
        '😀',
      ),
      { maxLength: 12 },
    )
    .map((units) => units.join(''))

  test('are counted as a segmenter counts them', () => {
    fc.assert(
      fc.property(people, (text) => {
        expect(countGraphemes(text)).toBe([...segmenter.segment(text)].length)
      }),
    )
  })
})

describe('the automaton', () => {
  const small = fc.string({ unit: fc.constantFrom('a', 'b', '价', '格', '\ud83d'), maxLength: 4 })

  test('finds every word at every place where it stands', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(
          small.filter((one) => one !== ''),
          { minLength: 1, maxLength: 30 },
        ),
        fc.array(small).map((list) => list.join('')),
        (words, text) => {
          const automaton = new Automaton(words)
          const found: string[] = []
          automaton.scan(text, (id, end) => found.push(`${words[id]}@${end}`))
          const expected = words.flatMap((word) =>
            Array.from({ length: text.length }, (_, at) => at)
              .filter((at) => text.startsWith(word, at))
              .map((at) => `${word}@${at + word.length}`),
          )
          expect(found.sort()).toEqual(expected.sort())
          const once: number[] = []
          automaton.collect(text, once)
          expect(once.sort()).toEqual(
            words
              .map((_, id) => id)
              .filter((id) => text.includes(words[id] ?? ''))
              .sort(),
          )
        },
      ),
    )
  })
})
