import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type MaskKind, maskFor } from '../../../src/domain/mask.ts'

const ALL: readonly MaskKind[] = ['phone', 'id_card', 'bank_card']
const mask = maskFor(ALL)

describe('privacy.redact', () => {
  test.each([
    ['我的电话13812345678', '我的电话138****5678'],
    ['138 1234 5678', '138 **** 5678'],
    ['138-1234-5678，急', '138-****-5678，急'],
    ['+8613812345678', '+86138****5678'],
    ['0086 13812345678', '0086 138****5678'],
    ['１３８１２３４５６７８', '１３８****５６７８'],
    ['两个: 13812345678、15987654321', '两个: 138****5678、159****4321'],
    ['身份证 310101199001011234', '身份证 310***********1234'],
    ['31010119900101123X 和 31010119900101123x', '310***********123X 和 310***********123x'],
    ['卡号6222020200112233445', '卡号6222***********3445'],
    ['4111 1111 1111 1111', '4111 **** **** 1111'],
  ])('%s is written down as %s', (text, written) => {
    expect(mask.text(text)).toBe(written)
  })

  test.each([
    '苹果 8 元一斤',
    '12345678901',
    '订单 20260101123456789',
    '1381234567',
    '138123456789',
    '021-55550100',
    '2026-01-01 09:00:00',
    '运单 9999999999999999',
    '',
  ])('%j is not a number of a person and stays', (text) => {
    expect(mask.text(text)).toBe(text)
  })

  test('only the kinds that were asked for, none with an empty list', () => {
    const text = '13812345678 310101199001011234 4111111111111111'
    expect(maskFor([]).text(text)).toBe(text)
    expect(maskFor(['phone']).text(text)).toBe('138****5678 310101199001011234 4111111111111111')
    expect(maskFor(['id_card']).text(text)).toBe('13812345678 310***********1234 4111111111111111')
    expect(maskFor(['bank_card']).text(text)).toBe('13812345678 310101199001011234 4111********1111')
  })

  test('a part that was cut out of a number is not shown either', () => {
    const source = '我的电话是 138-1234-5678，订单 20261'
    expect(mask.part('12345', source)).toBe('*****')
    expect(mask.part('我的电话是 138-1234…', source)).toBe('我的电话是 ***-****…')
    expect(mask.part('20261', source)).toBe('20261')
    expect(mask.part('1234', source)).toBe('1234')
    expect(mask.part('12345', '没有号码')).toBe('12345')
  })

  test('keeps the length, and nothing is left to mask', () => {
    const digits = fc.stringMatching(/^[0-9xX +\-０-９]{0,40}$/)
    const texts = fc.array(fc.oneof(digits, fc.string()), { maxLength: 5 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(texts, (text) => {
        const once = mask.text(text)
        expect(once).toHaveLength(text.length)
        expect(mask.text(once)).toBe(once)
      }),
    )
  })

  test('any number of a phone, wherever it stands between words, loses its middle', () => {
    const number = fc.stringMatching(/^1[3-9][0-9]{9}$/)
    const words = fc.stringMatching(/^[a-z你好，。 ]{0,10}$/)
    fc.assert(
      fc.property(words, number, words, (before, phone, after) => {
        expect(mask.text(before + phone + after)).not.toContain(phone.slice(3, 7) + phone.slice(7))
      }),
    )
  })

  test('50 kB of digits are looked through at once', () => {
    const startedAt = performance.now()
    mask.text('1'.repeat(50_000))
    mask.text('1 '.repeat(25_000))
    mask.text('13812345678 '.repeat(4000))
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })
})
