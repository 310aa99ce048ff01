/** A quote flattened into text by the server (protocol messages §4.1). */
export interface Quote {
  readonly name: string
  readonly text: string
  /** What the sender wrote below it. */
  readonly reply: string
}

/** A line of hyphens joined by spaces: fifteen in every capture, fewer are accepted. */
const SEPARATOR = /^(?:- ){4,40}-[ ]*$/

function inner(text: string): { body: string; reply: string } | null {
  const close = text.startsWith('「') ? '」' : text.startsWith('"') ? '"' : null
  if (close === null) return null
  // The quoted words may hold the closing mark and even such a line: the last one counts.
  for (let at = text.lastIndexOf(`${close}\n- `); at > 0; at = text.lastIndexOf(`${close}\n- `, at - 1)) {
    const lineEnd = text.indexOf('\n', at + 2)
    const line = text.slice(at + 2, lineEnd === -1 ? text.length : lineEnd)
    if (SEPARATOR.test(line)) {
      return { body: text.slice(1, at), reply: lineEnd === -1 ? '' : text.slice(lineEnd + 1) }
    }
  }
  return null
}

/** Splits a decoded text into quote and reply; null when it is no quote. */
export function readQuote(text: string): Quote | null {
  const found = inner(text)
  if (found === null) return null
  const [usual, other] = text.startsWith('「') ? ['：', ': '] : [': ', '：']
  const colon = found.body.includes(usual) ? usual : other
  const at = found.body.indexOf(colon)
  if (at === -1) return null
  return { name: found.body.slice(0, at), text: found.body.slice(at + colon.length), reply: found.reply }
}
