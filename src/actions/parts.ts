/**
 * How much text goes into one message, in UTF-16 units. What the server takes is not known; longer ones were seen cut or
 * refused (protocol/endpoints.md §5.1).
 */
export const MAX_MESSAGE = 1000

/** Where a text may end without hurting, best first: behind a line, a sentence, a word. */
const ENDS = ['\n', '。！？!?；;', ' \t\u3000'] as const
/** Signs that stand inside of addresses too: there no blank follows. */
const IN_ADDRESSES = '!?;'

/** A text as the messages that carry it, in order; only line breaks and spaces between two parts are left out. */
export function partsOf(text: string): string[] {
  const parts: string[] = []
  let rest = text
  while (rest.length > MAX_MESSAGE) {
    const end = endOf(rest.slice(0, MAX_MESSAGE), rest.charAt(MAX_MESSAGE))
    parts.push(rest.slice(0, end).trimEnd())
    // A line that begins with blanks is meant to.
    rest = rest.slice(end).replace(rest.charAt(end - 1) === '\n' ? /^\n+/ : /^[ \t\u3000]*\n*/, '')
  }
  return [...parts, rest].filter((part) => part.trim() !== '')
}

/** How long the first part is: at least half of what may be, and no character is cut in two. `next` follows the head. */
function endOf(head: string, next: string): number {
  for (const signs of ENDS) {
    for (let at = head.length - 1; at >= MAX_MESSAGE / 2; at--) {
      if (isEnd(signs, head.charAt(at), head.charAt(at + 1) || next)) return at + 1
    }
  }
  const last = head.charCodeAt(head.length - 1)
  return last >= 0xd800 && last < 0xdc00 ? head.length - 1 : head.length
}

function isEnd(signs: string, sign: string, next: string): boolean {
  return signs.includes(sign) && !(IN_ADDRESSES.includes(sign) && /[!-~]/.test(next))
}
