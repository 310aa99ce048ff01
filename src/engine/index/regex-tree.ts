import { type AST, RegExpParser } from '@eslint-community/regexpp'

/** What is wrong with a pattern, for the problem table of the engine. */
export type RegexFault =
  | { readonly code: 'E210'; readonly detail: string }
  | { readonly code: 'E211'; readonly what: string }
  | { readonly code: 'E212' }
  | { readonly code: 'E213' }

const parser = new RegExpParser({ ecmaVersion: 2025 })

/** Script names that people write without `Script=`. */
const BARE_SCRIPT = /\\([pP])\{(Han|Hiragana|Katakana|Hangul|Latin|Greek|Cyrillic|Thai)\}/g
/** Characters that the strict grammar does not let one escape, though people do: `\-`, `\_`, `\：`. */
const NEEDLESS_ESCAPE = /\\([^\w\s^$\\.*+?()[\]{}|/-])/gu
const INLINE_FLAGS = /^\(\?[iu]+\)/

/** The syntax tree of a pattern as an operator wrote it. */
export function parseRegex(written: string): { readonly tree: AST.Pattern } | { readonly fault: RegexFault } {
  const source = written
    .replace(INLINE_FLAGS, '')
    .replace(/\(\?P</g, '(?<')
    .replace(BARE_SCRIPT, '\\$1{Script=$2}')
    .replace(NEEDLESS_ESCAPE, '$1')
  try {
    return { tree: parser.parsePattern(source, 0, source.length, { unicode: true }) }
  } catch (error) {
    return reparse(source, error)
  }
}

/** `\-` outside a class is refused by the strict grammar only; try again without it. */
function reparse(
  source: string,
  error: unknown,
): { readonly tree: AST.Pattern } | { readonly fault: RegexFault } {
  const relaxed = source.replace(/\\-(?![^[]*\])/g, '-')
  if (relaxed !== source) {
    try {
      return { tree: parser.parsePattern(relaxed, 0, relaxed.length, { unicode: true }) }
    } catch {
      // The first complaint is the one about what was written.
    }
  }
  const detail =
    error instanceof Error ? error.message.replace(/^Invalid regular expression: .*?: /s, '') : ''
  return { fault: { code: 'E210', detail } }
}
