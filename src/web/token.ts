import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { chmod, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from './error-code.ts'

/** A value that is only handed out on request; config's Secret satisfies it. */
export interface Exposable {
  expose(): string
}

/** The token of the HTTP server and where a person finds it. */
export interface HttpToken {
  readonly token: Exposable
  /** The file it was read from or generated into; null when it came from the settings. */
  readonly file: string | null
}

const TOKEN_FILE = 'http-token'
const TOKEN_BYTES = 24

/**
 * The token from the settings, else the one in `<dataDir>/http-token`, made at the first start: 192 random bits, mode
 * 0600. Only the path may be printed. Throws the file system's error when the folder cannot be written.
 */
export async function resolveToken(configured: Exposable | null, dataDir: string): Promise<HttpToken> {
  if (configured !== null) return { token: configured, file: null }
  const file = join(dataDir, TOKEN_FILE)
  const known = await readToken(file)
  if (known !== null) return { token: hidden(known), file }
  const fresh = randomBytes(TOKEN_BYTES).toString('base64url')
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(`${fresh}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { token: hidden(fresh), file }
}

async function readToken(file: string): Promise<string | null> {
  try {
    const text = (await readFile(file, 'utf8')).trim()
    if (text === '') return null
    await chmod(file, 0o600)
    return text
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null
    throw error
  }
}

/** Keeps the value out of everything that prints objects. */
function hidden(value: string): Exposable {
  return { expose: () => value }
}

/** Compares in a time that depends on neither value. */
export function isSameToken(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
