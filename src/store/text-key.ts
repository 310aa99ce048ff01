import { createHash } from 'node:crypto'

/**
 * A short fingerprint of a text, the same for what we sent and for what the server's stream shows of it: white space,
 * which comes back changed (line breaks, trailing blanks), does not count.
 */
export function textKey(text: string): string {
  const essence = text.normalize('NFC').replace(/\s+/gu, '')
  return createHash('sha256').update(essence).digest('base64url').slice(0, 16)
}
