import type { Random } from '../support/random.ts'

/** Lower-case hex digits. */
export function hex(random: Random, length: number): string {
  return pick(random, '0123456789abcdef', length)
}

/** Letters and digits. */
export function letters(random: Random, length: number): string {
  return pick(random, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', length)
}

/** A login code: ten characters and `==`. */
export function loginUuid(random: Random): string {
  return `${letters(random, 8)}_${letters(random, 1)}==`
}

/** `@crypt_<8 hex>_<32 hex>`. */
export function skey(random: Random): string {
  return `@crypt_${hex(random, 8)}_${hex(random, 32)}`
}

/** Sixteen characters of the Base64 alphabet with a slash or plus inside, which clients must encode. */
export function sid(random: Random): string {
  return `${letters(random, 12)}/+${letters(random, 2)}`
}

/** The pass ticket as it stands in the XML: percent-encoded once. */
export function passTicket(random: Random): string {
  return encodeURIComponent(`${letters(random, 38)}+${letters(random, 20)}/${letters(random, 26)}=`)
}

function pick(random: Random, alphabet: string, length: number): string {
  let text = ''
  for (let index = 0; index < length; index++)
    text += alphabet[Math.floor(random.next() * alphabet.length)] ?? ''
  return text
}
