import { decodeXML } from 'entities'

/** Code points the server puts in place of others; clients undo it (protocol messages §2.5). */
const SUBSTITUTED: ReadonlyMap<number, number> = new Map([
  [0x1f63c, 0x1f601],
  [0x1f639, 0x1f602],
  [0x1f63a, 0x1f603],
  [0x1f4ab, 0x1f616],
  [0x1f64d, 0x1f614],
  [0x1f63d, 0x1f618],
  [0x1f64e, 0x1f621],
  [0x1f63f, 0x1f622],
  [0x1f63b, 0x1f60d],
])

/** Some spans arrive without their last `>`. */
const EMOJI_SPAN = /<span class="emoji emoji([0-9a-fA-F]{1,16})">\s{0,4}<\/span(?:>|(?=[^>]|$))/g
const UNKNOWN_EMOJI = '\u25a1'
/** Codes of more than one character, by length: where the second one starts. */
const SECOND_AT: Readonly<Record<number, number>> = { 6: 2, 8: 4, 10: 5 }

function codePoint(hex: string): string {
  const code = Number.parseInt(hex, 16)
  if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) return UNKNOWN_EMOJI
  return String.fromCodePoint(SUBSTITUTED.get(code) ?? code)
}

function emoji(hex: string): string {
  if (hex.length <= 5) return codePoint(hex)
  const at = SECOND_AT[hex.length]
  return at === undefined ? UNKNOWN_EMOJI : codePoint(hex.slice(0, at)) + codePoint(hex.slice(at))
}

/** Emoji spans as the characters they stand for. */
export function decodeEmoji(encoded: string): string {
  return encoded.includes('<span') ? encoded.replace(EMOJI_SPAN, (_, hex: string) => emoji(hex)) : encoded
}

/** The five entities and numeric ones, once. */
export function decodeEntities(encoded: string): string {
  return encoded.includes('&') ? decodeXML(encoded) : encoded
}

/**
 * Content as a person would read it. The order matters: a `<br/>` typed by a person comes as `&lt;br/&gt;` and must
 * stay what they typed.
 */
export function decodeText(encoded: string): string {
  return decodeEntities(decodeEmoji(encoded).replaceAll('<br/>', '\n'))
}

/** A nickname, remark, topic: as text, on one line. */
export function decodeName(encoded: string): string {
  return decodeText(encoded)
    .replace(/\s*\n\s*/g, ' ')
    .trim()
}

/** Content that holds XML, ready to be read: no line break tags, decoded once, nothing before the first `<`. */
export function decodeXmlContent(encoded: string): string {
  const xml = decodeEntities(decodeEmoji(encoded).replaceAll('<br/>', ''))
  const at = xml.indexOf('<')
  return at === -1 ? '' : xml.slice(at)
}

const SENDER_PREFIX = /^(@[a-zA-Z0-9]{1,128}|[a-zA-Z0-9_-]{1,128}):<br\/>/

/** Cuts the sender off the content of a room message, at the first separator only. `sender` is '' when there is none. */
export function cutSender(content: string): { sender: string; rest: string } {
  const match = SENDER_PREFIX.exec(content)
  return match === null
    ? { sender: '', rest: content }
    : { sender: match[1] ?? '', rest: content.slice(match[0].length) }
}

/** Markup that may stand inside a notice (`<a href="weixin://...">`), taken out. */
export function withoutTags(text: string): string {
  return text.replace(/<\/?[a-zA-Z][^<>]{0,512}>/g, '')
}
