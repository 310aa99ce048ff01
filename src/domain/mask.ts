/** Numbers that identify or pay for a person, made unreadable where text is written down. */

/** The kinds of number that can be masked; the words are those of the setting `privacy.redact`. */
export type MaskKind = 'phone' | 'id_card' | 'bank_card'

export interface Mask {
  /** The text with every such number masked: `138****5678`. Keeps the length, so positions stay those of the original. */
  text(text: string): string
  /** The same for a text that was cut out of `source`: a part of a number that is masked there is masked here too. */
  part(text: string, source: string): string
}

/** How much of a number stays readable: enough for the owner to recognise it, not enough to use it. */
interface Rule {
  readonly pattern: RegExp
  readonly keepFirst: number
  readonly keepLast: number
  readonly isOne: (digits: string) => boolean
}

const D = '[0-9０-９]'
/** People write numbers in groups. */
const GAP = '[ \\u00a0\\u3000-]?'
const NOT_INSIDE = `(?<!${D})`
const NOT_GOING_ON = `(?!${D})`

const RULES: Readonly<Record<MaskKind, Rule>> = {
  id_card: {
    pattern: new RegExp(`${NOT_INSIDE}${D}(?:${GAP}${D}){16}${GAP}[0-9０-９xXｘＸ]${NOT_GOING_ON}`, 'g'),
    keepFirst: 3,
    keepLast: 4,
    isOne: (digits) =>
      /^[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dx]$/.test(digits),
  },
  bank_card: {
    pattern: new RegExp(`${NOT_INSIDE}${D}(?:${GAP}${D}){14,18}${NOT_GOING_ON}`, 'g'),
    keepFirst: 4,
    keepLast: 4,
    isOne: (digits) => /^62\d{14,17}$/.test(digits) || (/^[3-9]/.test(digits) && isLuhn(digits)),
  },
  phone: {
    pattern: new RegExp(
      `(?:(?<=[+＋]86)${GAP}|(?<=${NOT_INSIDE}(?:00)?86)${GAP}|${NOT_INSIDE})[1１][3-9３-９](?:${GAP}${D}){9}${NOT_GOING_ON}`,
      'g',
    ),
    keepFirst: 3,
    keepLast: 4,
    isOne: () => true,
  },
}

/** The longer kinds first: a phone number is no part of a card number. */
const ORDER: readonly MaskKind[] = ['id_card', 'bank_card', 'phone']

/** Without that many digits in a row there is nothing to look for. */
const MAY_HOLD = new RegExp(`${D}(?:${GAP}${D}){10}`)

/** A part of a number shorter than this tells nothing. */
const MIN_PART = 5
const PART = new RegExp(`${D}(?:${GAP}${D}){${MIN_PART - 1},}`, 'g')
const DIGIT = /[0-9０-９xXｘＸ]/g

/** What masks these kinds of number; none at all leaves every text as it is. */
export function maskFor(kinds: readonly MaskKind[]): Mask {
  const rules = ORDER.filter((kind) => kinds.includes(kind)).map((kind) => RULES[kind])
  const found: (text: string, hit: (number: string, rule: Rule) => string) => string = (text, hit) => {
    if (rules.length === 0 || !MAY_HOLD.test(text)) return text
    return rules.reduce(
      (so, rule) =>
        so.replace(rule.pattern, (number) => (rule.isOne(digitsOf(number)) ? hit(number, rule) : number)),
      text,
    )
  }
  const maskAll = (text: string) => found(text, hide)
  return {
    text: maskAll,
    part(text, source) {
      const numbers: string[] = []
      found(source, (number, rule) => {
        numbers.push(digitsOf(number))
        return hide(number, rule)
      })
      const masked = maskAll(text)
      if (numbers.length === 0) return masked
      return masked.replace(PART, (piece) =>
        numbers.some((number) => number.includes(digitsOf(piece))) ? piece.replace(DIGIT, '*') : piece,
      )
    },
  }
}

function hide(number: string, { keepFirst, keepLast }: Rule): string {
  const count = digitsOf(number).length
  let at = 0
  return number.replace(DIGIT, (digit) => {
    const isKept = at < keepFirst || at >= count - keepLast
    at++
    return isKept ? digit : '*'
  })
}

/** The digits alone, in half width. */
function digitsOf(text: string): string {
  return (text.match(DIGIT) ?? []).join('').normalize('NFKC').toLowerCase()
}

/** The check digit of card numbers, which tells them from most other long numbers. */
function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((so, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return so + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
