import type { Code } from '../codes.ts'
import type { Bilingual } from '../diagnostic.ts'

/** One guess at what was meant: the mended line and the sentence to say if the guess parses. */
export interface Fix {
  readonly code: Code
  readonly line: number
  readonly corrected: string
  /** Columns (from 0) of the mark in the line as it stands. */
  readonly from: number
  readonly to: number
  readonly message: Bilingual
  readonly hint?: Bilingual
}
