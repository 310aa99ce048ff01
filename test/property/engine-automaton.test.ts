import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Automaton } from '../../src/engine/index/automaton.ts'
import { seededRandom } from '../../src/support/random.ts'

/** Words and texts over an alphabet of a size: small ones overlap much, large ones fill the tables. */
function scene(units: number) {
  const unit = fc.integer({ min: 0, max: units - 1 }).map((n) => String.fromCharCode(0x4e00 + n))
  const text = (max: number, min = 0) => fc.string({ unit, minLength: min, maxLength: max })
  return fc.record({ words: fc.uniqueArray(text(5, 1), { minLength: 1, maxLength: 60 }), said: text(80) })
}

function naive(words: readonly string[], said: string): number[] {
  return words.flatMap((word, index) => (said.includes(word) ? [index] : []))
}

describe('the automaton', () => {
  test.each([2, 3, 12, 3000])('names exactly the words that occur, once each (alphabet of %i)', (units) => {
    fc.assert(
      fc.property(scene(units), ({ words, said }) => {
        const automaton = new Automaton(words)
        const found: number[] = []
        automaton.collect(said, found)
        automaton.collect(said, found.splice(0, 0))
        expect(found.toSorted((a, b) => a - b)).toEqual(naive(words, said))
        const ends = new Set<string>()
        automaton.scan(said, (word, end) => ends.add(said.slice(end - (words[word]?.length ?? 0), end)))
        expect([...ends].sort()).toEqual(
          naive(words, said)
            .map((index) => words[index])
            .sort(),
        )
      }),
      { numRuns: 300 },
    )
  })

  test('a large set of words over thousands of characters stays small and right', () => {
    const random = seededRandom('words')
    const character = () => String.fromCharCode(0x4e00 + Math.floor(random.next() * 3000))
    const word = () => Array.from({ length: 2 + Math.floor(random.next() * 3) }, character).join('')
    const words = [...new Set(Array.from({ length: 20_000 }, word))]
    const automaton = new Automaton(words)
    // Wide nodes used to open fresh room each, which made this some 27 MB.
    expect(automaton.bytes).toBeLessThan(4_000_000)
    const said = `${character()}${words[7]}${character()}${words[19_000]}`
    const found: number[] = []
    automaton.collect(said, found)
    expect(found.toSorted((a, b) => a - b)).toEqual(naive(words, said))
  })
})
