import type { z } from 'zod'
import { DecodeError } from '../../domain/errors.ts'

/** What a schema reads. */
export type Read<T extends z.ZodType> = z.infer<T>

/** How deep an answer may nest; real ones stay below 8. */
const MAX_DEPTH = 64

/** The kind of text only: an answer may hold credentials and private words, so no part of it is ever shown. */
function sampleOf(body: string): string {
  const start = body.trimStart().slice(0, 1)
  const kind =
    start === '<' ? 'markup' : start === '{' || start === '[' ? 'json' : start === '' ? 'empty' : 'text'
  return `${kind}, ${body.length} characters`
}

/** An answer we could not read, with its kind and length and, when known, the path that was wrong. */
export function unreadable(endpoint: string, problem: string, body: string): DecodeError {
  return new DecodeError(`${endpoint}: ${problem}`, { endpoint, sample: sampleOf(body) })
}

/** Counts brackets outside strings, so that a bomb is refused before it is built. */
function isTooDeep(body: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < body.length; at++) {
    const char = body.charCodeAt(at)
    if (inString) {
      if (char === 0x5c) at++
      else if (char === 0x22) inString = false
    } else if (char === 0x22) inString = true
    else if (char === 0x7b || char === 0x5b) {
      if (++depth > MAX_DEPTH) return true
    } else if (char === 0x7d || char === 0x5d) depth--
  }
  return false
}

/** Characters that may stand in no JSON text, and those that may only stand between its parts. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
const CONTROL = /[\u0000-\u001f]/g

/** An id that came as a number: most are too large for one and would lose digits. Inside a text the quotes are escaped. */
const NUMBER_ID = /("MsgI[dD]"\s*:\s*)(\d{16,20})(?=\s*[,}])/g

/**
 * The value of a JSON text. The server does not clean what people call themselves: a stray byte in one name must not make
 * a whole address book, or every message that comes with it, unreadable for ever.
 */
function parse(body: string): unknown {
  const text = body.replace(NUMBER_ID, '$1"$2"')
  try {
    return JSON.parse(text)
  } catch {
    return JSON.parse(text.replace(CONTROL, ' '))
  }
}

/** Reads a JSON answer by its schema. Throws DecodeError for anything else; never returns half an answer. */
export function readJson<T extends z.ZodType>(endpoint: string, schema: T, body: string): z.infer<T> {
  if (isTooDeep(body)) throw unreadable(endpoint, 'nested too deep', body)
  let value: unknown
  try {
    value = parse(body)
  } catch {
    throw unreadable(endpoint, 'not json', body)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const path = result.error.issues[0]?.path.slice(0, 4).map(String).join('.') ?? ''
  throw unreadable(endpoint, `unexpected shape at ${path.slice(0, 80) || 'the top'}`, body)
}
