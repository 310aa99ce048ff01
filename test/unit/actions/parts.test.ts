import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MAX_MESSAGE, partsOf } from '../../../src/actions/parts.ts'

const line = (sign: string, length: number) => `${sign.repeat(length - 1)}\n`

describe('a reply that is too long for one message', () => {
  test('short ones stay as they are, blank ones are none', () => {
    expect(partsOf('苹果 8 元\n香蕉 5 元 ')).toEqual(['苹果 8 元\n香蕉 5 元 '])
    expect(partsOf('字'.repeat(MAX_MESSAGE))).toHaveLength(1)
    expect([partsOf(''), partsOf(' \n')]).toEqual([[], []])
  })

  test('it is parted behind a line', () => {
    expect(partsOf(`${line('a', 700)}${line('b', 700)}c`)).toEqual(['a'.repeat(699), `${line('b', 700)}c`])
  })

  test('else behind a sentence, else behind a word, else anywhere', () => {
    expect(partsOf(`${'一'.repeat(800)}。${'二'.repeat(800)}`)).toEqual([
      `${'一'.repeat(800)}。`,
      '二'.repeat(800),
    ])
    expect(partsOf(`${'a'.repeat(800)} ${'b'.repeat(800)}`)).toEqual(['a'.repeat(800), 'b'.repeat(800)])
    expect(partsOf('字'.repeat(1500)).map((part) => part.length)).toEqual([1000, 500])
  })

  test('an address stays whole', () => {
    const link = `https://shop.example/list?${'item=1;'.repeat(10)}`
    const [first, second] = partsOf(`${'一'.repeat(700)} ${'a'.repeat(100)} ${link} ${'二'.repeat(300)}`)
    expect(first?.endsWith(link)).toBe(true)
    expect(second).toBe('二'.repeat(300))
  })

  test('a line that ends too early is no place to end', () => {
    expect(partsOf(`价目\n${'字'.repeat(1500)}`).map((part) => part.length)).toEqual([1000, 503])
  })

  test('nothing is lost, no part is too long, no character is cut in two', () => {
    const text = fc.array(fc.constantFrom('字', '🍎', '\n', ' ', '。', 'ab'), {
      minLength: 500,
      maxLength: 4000,
    })
    fc.assert(
      fc.property(text, (pieces) => {
        const whole = pieces.join('')
        const parts = partsOf(whole)
        expect(parts.every((part) => part.length <= MAX_MESSAGE && part.isWellFormed())).toBe(true)
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(whole.replaceAll(/\s/g, ''))
      }),
    )
  })
})
