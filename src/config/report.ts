import type { Diagnostic, Place, Severity } from '../domain/diagnostic.ts'

/**
 * Stable codes of everything that can be wrong with settings; docs/settings.md lists them.
 * E... stops the start with exit code 78, W... and I... do not.
 */
export const CODES = {
  E701: 'the file cannot be read',
  E702: 'not valid YAML',
  E703: 'unknown key',
  E704: 'wrong value',
  E705: 'unknown WXREPLY_ variable',
  E706: 'a variable and its _FILE form are both set',
  E707: 'the file named by a _FILE variable cannot be read',
  E708: 'a secret is not set',
  E709: 'the same setting under two names',
  E710: 'settings that do not fit together',
  W701: 'a weak token',
  W702: 'the holiday file is missing',
  I701: 'no settings file, defaults apply',
} as const

export type ConfigCode = keyof typeof CODES

/** A sentence in both languages. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** The start of a file, or a variable or flag as a place. */
export function placeOf(file: string, line = 1, column = 1): Place {
  return { file, line, column }
}

/** One finding; the severity follows from the code's letter. */
export function report(
  code: ConfigCode,
  place: Place,
  message: Words,
  more: { readonly hint?: Words | null; readonly quotedLine?: string; readonly span?: number } = {},
): Diagnostic {
  const severity: Severity = code.startsWith('E') ? 'error' : code.startsWith('W') ? 'warning' : 'info'
  return {
    severity,
    code,
    place,
    message,
    ...(more.hint ? { hint: more.hint } : {}),
    ...(more.quotedLine ? { quotedLine: more.quotedLine, span: more.span ?? 1 } : {}),
  }
}

/** "did you mean" in both languages, or null when there is nothing to suggest. */
export function didYouMean(word: string | null): Words | null {
  return word === null ? null : { zh: `是不是想写 ${word}？`, en: `did you mean ${word}?` }
}
