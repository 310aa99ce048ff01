import type { Outgoing } from '../domain/run.ts'

/** One text as the wire wants it: plain, `\n` for line breaks, nothing escaped, the id as a string. */
export interface WireText {
  readonly to: string
  readonly text: string
  readonly id: string
}

/** A lone half of a surrogate pair cannot be written as UTF-8; control characters other than line breaks mean nothing here. */
function cleaned(text: string): string {
  const printable = [...text.replace(/\r\n?/g, '\n').toWellFormed()].filter((char) => {
    const code = char.codePointAt(0) ?? 0
    return code >= 0x20 || char === '\n' || char === '\t'
  })
  return printable.join('')
}

/** A reply as the body of webwxsendmsg needs it. */
export function encodeText(outgoing: Outgoing, userName: string): WireText {
  return { to: userName, text: cleaned(outgoing.text), id: outgoing.clientMsgId }
}
