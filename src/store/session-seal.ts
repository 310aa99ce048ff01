import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'

/** A secret that is handed out only at the moment it is used. */
export interface SealKey {
  expose(): string
}

/** What came of reading: `isStale` when it was not written with the key of now and should be written again. */
export type Opened =
  | { readonly kind: 'open'; readonly value: unknown; readonly isStale: boolean }
  | { readonly kind: 'no-key' | 'wrong-key' }

/** How a value of JSON lies in a file: as it is without a key, else encrypted. */
export interface Seal {
  write(value: unknown): string
  /** Throws `SyntaxError` for what is no JSON. */
  read(content: string): Opened
}

const FORMAT = 1
const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const SALT_BYTES = 16
const IV_BYTES = 12
const TAG_BYTES = 16

interface Sealed {
  readonly sealed: number
  readonly salt: string
  readonly iv: string
  readonly tag: string
  readonly data: string
}

/**
 * AES-256-GCM under a key drawn from the secret by scrypt with a salt of its own, so that neither a stolen volume nor a
 * guessable secret gives the value away cheaply. `old` keys are good for reading only: that is how a key is changed.
 */
export function sealWith(key: SealKey | null, old: readonly SealKey[] = []): Seal {
  const mine = key === null ? null : new Drawn(key)
  const known = [...(mine === null ? [] : [mine]), ...old.map((one) => new Drawn(one))]
  return {
    write(value) {
      const text = JSON.stringify(value)
      return mine === null ? text : JSON.stringify(encrypt(text, mine))
    },
    read(content) {
      const value: unknown = JSON.parse(content)
      if (!isSealed(value)) return { kind: 'open', value, isStale: mine !== null }
      if (known.length === 0) return { kind: 'no-key' }
      for (const one of known) {
        const text = decrypt(value, one)
        if (text !== null) return { kind: 'open', value: JSON.parse(text), isStale: one !== mine }
      }
      return { kind: 'wrong-key' }
    },
  }
}

/** Keys drawn from one secret; drawing is slow on purpose, so the last one is kept. */
class Drawn {
  readonly #secret: SealKey
  #salt: Buffer = randomBytes(SALT_BYTES)
  #key: Buffer | null = null

  constructor(secret: SealKey) {
    this.#secret = secret
  }

  get salt(): Buffer {
    return this.#salt
  }

  under(salt: Buffer): Buffer {
    if (this.#key === null || !salt.equals(this.#salt)) {
      this.#salt = salt
      this.#key = scryptSync(this.#secret.expose(), salt, KEY_BYTES)
    }
    return this.#key
  }
}

function encrypt(text: string, drawn: Drawn): Sealed {
  const { salt } = drawn
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv(ALGORITHM, drawn.under(salt), iv, { authTagLength: TAG_BYTES })
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  const [saltText, ivText, tag, body] = [salt, iv, cipher.getAuthTag(), data].map((bytes) =>
    bytes.toString('base64'),
  )
  return { sealed: FORMAT, salt: saltText ?? '', iv: ivText ?? '', tag: tag ?? '', data: body ?? '' }
}

/** Null when the key is another one, or when a byte was changed: the two cannot be told apart. */
function decrypt({ salt, iv, tag, data }: Sealed, drawn: Drawn): string | null {
  const bytes = (text: string) => Buffer.from(text, 'base64')
  try {
    const decipher = createDecipheriv(ALGORITHM, drawn.under(bytes(salt)), bytes(iv), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAuthTag(bytes(tag))
    return Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString('utf8')
  } catch {
    return null
  }
}

function isSealed(value: unknown): value is Sealed {
  if (typeof value !== 'object' || value === null || Reflect.get(value, 'sealed') !== FORMAT) return false
  return ['salt', 'iv', 'tag', 'data'].every((name) => typeof Reflect.get(value, name) === 'string')
}
