import { describe, expect, test } from '@jest/globals'
import { Narrator, quoteText } from '../../../src/app/narrator.ts'
import { maskFor } from '../../../src/domain/mask.ts'
import { silentLogger } from '../../../src/support/log.ts'

const mask = maskFor(['phone', 'id_card', 'bank_card'])

describe('privacy.redact', () => {
  test('a remark that holds a number is masked in every sentence, so in notices too', () => {
    const phrase = { zh: '张三13812345678 像是机器人', en: '13812345678 looks like a bot' }
    expect(new Narrator(silentLogger, 'zh-CN', mask).text(phrase)).toBe('张三138****5678 像是机器人')
    expect(new Narrator(silentLogger, 'en', mask).text(phrase)).toBe('138****5678 looks like a bot')
  })

  test('a preview is masked before it is cut', () => {
    expect(quoteText('13812345678', 'preview', mask)).toBe('“138****5…”(11字)')
    expect(quoteText('电话13812345678', 'preview', mask)).toBe('“电话138***…”(13字)')
    expect(quoteText('13812345678', 'off', mask)).toBe('(11字)')
  })
})
