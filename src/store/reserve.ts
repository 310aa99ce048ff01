import { randomBytes } from 'node:crypto'
import { existsSync, rmSync, statSync } from 'node:fs'
import { StoreError } from '../domain/errors.ts'
import { translateFile } from './errors.ts'
import { replaceFile } from './files.ts'

/** Room for the journal of a cleaning: on a full disk WAL refuses even a DELETE. */
export const RESERVE_BYTES = 4 * 1024 * 1024

/** Space set aside beside the store, given back when the disk is full so that cleaning can run. */
export class Reserve {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  get isHeld(): boolean {
    return existsSync(this.#path) && statSync(this.#path).size >= RESERVE_BYTES
  }

  /** Takes the space again when it was given back. Throws `StoreError('disk-full')` when there is none. */
  take(): void {
    if (this.isHeld) return
    try {
      // Random bytes: a file system that compresses or leaves holes would not set anything aside for zeros.
      replaceFile(this.#path, randomBytes(RESERVE_BYTES))
    } catch (error) {
      this.release()
      throw translateFile(error, this.#path)
    }
  }

  release(): void {
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
