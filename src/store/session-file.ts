/** Credentials that survive a restart. Data only: what `load` returns must be checked before use. */
export interface SessionFile {
  /** The saved value; null when there is none, or when the file could not be trusted (then it was set aside and logged). */
  load(): unknown
  /** Replaces the saved value whole; a crash leaves the old or the new one, never less. Must be JSON. */
  save(value: unknown): void
  clear(): void
}
