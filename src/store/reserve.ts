import { randomBytes } from 'node:crypto'
import { rmSync, statSync } from 'node:fs'
import { StoreError } from '../domain/errors.ts'
import { translateFile } from './errors.ts'
import { replaceFile } from './files.ts'

/** Room for the journal of a cleaning: on a full disk WAL refuses even a DELETE. */
export const RESERVE_BYTES = 4 * 1024 * 1024

/** Space set aside beside the store, given back when the disk is full so that cleaning can run. */
export class Reserve {
  readonly #path: string
  #isReleased = false

  constructor(path: string) {
    this.#path = path
  }

  /** True while the space is given back. */
  get isReleased(): boolean {
    return this.#isReleased
  }

  /** Takes the space again when it was given back. Throws `StoreError('disk-full')` when there is none. */
  take(): void {
    const size = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0
    try {
      // Random bytes: a file system that compresses or leaves holes would not set anything aside for zeros.
      if (size < RESERVE_BYTES) replaceFile(this.#path, randomBytes(RESERVE_BYTES))
      this.#isReleased = false
    } catch (error) {
      this.release()
      throw translateFile(error, this.#path)
    }
  }

  release(): void {
    this.#isReleased = true
    for (const path of [this.#path, `${this.#path}.new`]) {
      try {
        rmSync(path, { force: true })
      } catch (error) {
        const failure = translateFile(error, path)
        if (!(failure instanceof StoreError) || failure.code === 'io') throw failure
      }
    }
  }
}
