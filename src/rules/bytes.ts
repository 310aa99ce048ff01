/** What the bytes of a text file turned out to be. */
export interface Decoded {
  readonly text: string
  readonly encoding: 'utf-8' | 'utf-16' | 'gb18030'
}

/** Share of ordinary Chinese among non-ASCII characters from which a GB18030 reading is believed. */
const BELIEVABLE = 0.9

/**
 * Reads UTF-8 with or without a mark, UTF-16 with one, else GB18030 when the result is believable Chinese.
 * Null when none of them fits: nothing is guessed.
 */
export function decodeBytes(bytes: Uint8Array): Decoded | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return wrap(decode(bytes, 'utf-16le'), 'utf-16')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return wrap(decode(bytes, 'utf-16be'), 'utf-16')
  const utf8 = decode(bytes, 'utf-8')
  if (utf8 !== null) return { text: utf8, encoding: 'utf-8' }
  const chinese = decode(bytes, 'gb18030')
  return chinese !== null && looksChinese(chinese) ? { text: chinese, encoding: 'gb18030' } : null
}

function wrap(text: string | null, encoding: Decoded['encoding']): Decoded | null {
  return text === null ? null : { text, encoding }
}

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function looksChinese(text: string): boolean {
  const others = text.match(/[^\0-\x7f]/gu) ?? []
  const ordinary = others.filter((sign) => /[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef“”‘’—…·￥]/.test(sign))
  return others.length > 0 && ordinary.length / others.length >= BELIEVABLE
}

/** Offset of the first character no text file should hold (NUL and other controls); -1 when there is none. */
export function controlCharacterAt(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  return text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/)
}
