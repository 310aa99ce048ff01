import type { Mask } from '../domain/mask.ts'
import type { Logger } from '../support/log.ts'
import type { Phrase } from './phrases.ts'

/** Says sentences to the owner in the chosen language, with the facts beside them as fields. */
export class Narrator {
  readonly #log: Logger
  readonly #language: 'zh-CN' | 'en'
  readonly #mask: Mask

  /** `mask` hides numbers of people in every sentence, wherever they come from: a text, a name, a rule. */
  constructor(log: Logger, language: 'zh-CN' | 'en', mask: Mask) {
    this.#log = log
    this.#language = language
    this.#mask = mask
  }

  /** The sentence in the owner's language. */
  text(phrase: Phrase): string {
    return this.#mask.text(this.#language === 'en' ? phrase.en : phrase.zh)
  }

  debug(phrase: Phrase, fields: Record<string, unknown> = {}): void {
    this.#log.debug(fields, this.text(phrase))
  }

  info(phrase: Phrase, fields: Record<string, unknown> = {}): void {
    this.#log.info(fields, this.text(phrase))
  }

  warn(phrase: Phrase, fields: Record<string, unknown> = {}): void {
    this.#log.warn(fields, this.text(phrase))
  }

  error(phrase: Phrase, fields: Record<string, unknown> = {}): void {
    this.#log.error(fields, this.text(phrase))
  }
}

/** What of a message text may be written down. */
export type MessageLogging = 'off' | 'preview' | 'full'

const PREVIEW_CHARACTERS = 8

/**
 * A message as the log may show it: `“多少钱”(3字)`, cut to 8 characters by `preview`, only its length by `off`. Masked
 * before it is cut: half a number is not known for one any more.
 */
export function quoteText(text: string, logging: MessageLogging, mask: Mask): string {
  const characters = Array.from(mask.text(text).replaceAll(/\s+/g, ' '))
  const size = `(${characters.length}字)`
  if (logging === 'off') return size
  const shown = logging === 'full' ? characters : characters.slice(0, PREVIEW_CHARACTERS)
  return `“${shown.join('')}${shown.length < characters.length ? '…' : ''}”${size}`
}
