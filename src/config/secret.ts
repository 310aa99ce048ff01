import { inspect } from 'node:util'

/** What is printed wherever a secret would stand. */
export const MASK = '[secret]'

/**
 * A value that cannot be printed by accident: text, JSON and inspection all give `[secret]`.
 * Only {@link Secret.expose} hands it out, at the moment it is used.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The real value; for the one line that puts it into a header or address. */
  expose(): string {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}
