import { decodeBytes } from '../bytes.ts'

/** A text file as it is to be edited: what people see of it, and how it has to be written back. */
export interface TextFile {
  /** Without a byte order mark; line ends as they stand. */
  readonly text: string
  readonly hasMark: boolean
  /** The file is written back as UTF-8, whatever it was. */
  readonly wasUtf8: boolean
}

const MARK = [0xef, 0xbb, 0xbf] as const

/** Reads a file for editing; null when its bytes are no text. */
export function openText(bytes: Uint8Array): TextFile | null {
  const decoded = decodeBytes(bytes)
  if (decoded === null) return null
  const hasMark = MARK.every((byte, index) => bytes[index] === byte)
  return { text: decoded.text, hasMark, wasUtf8: decoded.encoding === 'utf-8' }
}

/** The bytes of the edited text, with the mark when the file had one. */
export function closeText({ hasMark }: TextFile, text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  return hasMark ? new Uint8Array([...MARK, ...bytes]) : bytes
}

/** The line end that most lines of the text have. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const all = text.split('\n').length - 1
  const windows = text.split('\r\n').length - 1
  return windows * 2 > all ? '\r\n' : '\n'
}
