/** A place in a file the operator wrote. Lines and columns count from 1; columns count UTF-16 units as editors do. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

export type Severity = 'error' | 'warning' | 'info'

/** One mistake in what an operator wrote, found by us. A value, not an exception: all of them are shown at once. */
export interface Diagnostic {
  readonly severity: Severity
  /** Stable code, documented in docs/errors.md: E... error, W... warning. */
  readonly code: string
  readonly place: Place
  readonly message: { readonly zh: string; readonly en: string }
  readonly hint?: { readonly zh: string; readonly en: string }
  /** The line as it stands in the file. */
  readonly quotedLine?: string
  /** The line above it, for orientation. */
  readonly lineBefore?: string
  /** How many columns the mark under the quoted line spans. */
  readonly span?: number
  /** The line as it should be, re-parsed and found good. */
  readonly correctedLine?: string
}
