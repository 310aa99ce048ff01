import type { Diagnostic } from '../../domain/diagnostic.ts'
import { isFixable } from '../diagnostic.ts'
import { type LoadOptions, loadRules } from '../load.ts'
import { sourceText, withLine } from '../source.ts'
import { type SourceTree, shownPath } from '../tree.ts'
import { closeText, openText, type TextFile } from './text-file.ts'

/** A file before and after, as text and as the bytes to write. */
export interface FileEdit {
  /** Inside the rules folder. */
  readonly path: string
  readonly shown: string
  readonly before: string
  readonly after: string
  readonly bytes: Uint8Array
}

/** What could be repaired, and what is left for a person. */
export interface Fixed {
  readonly edits: readonly FileEdit[]
  /** Corrections that were made. */
  readonly count: number
  /** Diagnostics of the folder with the corrections in it. */
  readonly left: readonly Diagnostic[]
}

/** Each round repairs one mistake per line at least, so this is more than a file of people needs. */
const MAX_ROUNDS = 60

/**
 * Puts the corrected lines of diagnostics into the files of a folder. After each round the folder is read again: a
 * correction that does not make its mistake disappear, or that makes others appear, is taken back.
 */
export function fixRules(
  tree: SourceTree,
  isMeant: (shown: string) => boolean,
  options: LoadOptions = {},
): Fixed {
  const attempt = new Attempt(tree, isMeant, options)
  for (let round = 0; round < MAX_ROUNDS && attempt.improve(); round++);
  return attempt.result()
}

class Attempt {
  readonly #original: SourceTree
  readonly #isMeant: (shown: string) => boolean
  readonly #options: LoadOptions
  /** Corrections that did not help. */
  readonly #useless = new Set<string>()
  #tree: SourceTree
  #left: readonly Diagnostic[]
  #count = 0

  constructor(tree: SourceTree, isMeant: (shown: string) => boolean, options: LoadOptions) {
    this.#original = tree
    this.#tree = tree
    this.#isMeant = isMeant
    this.#options = options
    this.#left = loadRules(tree, options).diagnostics
  }

  /** Makes the corrections that are due; false when there is none left to make. */
  improve(): boolean {
    const due = this.#due()
    if (due.length === 0) return false
    if (due.length > 1 && this.#try(due)) return true
    return due.filter((one) => this.#try([one])).length > 0
  }

  result(): Fixed {
    const edits = [...this.#tree.files].flatMap(([path, bytes]) => {
      const original = this.#original.files.get(path)
      if (original === undefined || original === bytes) return []
      const before = openText(original)?.text ?? ''
      return [{ path, shown: shownPath(this.#tree, path), before, after: openText(bytes)?.text ?? '', bytes }]
    })
    return { edits, count: this.#count, left: this.#left }
  }

  /** The first correction of each line. */
  #due(): Diagnostic[] {
    const lines = new Set<string>()
    return this.#left.filter((one) => {
      const line = `${one.place.file}:${one.place.line}`
      const isDue =
        isFixable(one) &&
        this.#isMeant(one.place.file) &&
        !lines.has(line) &&
        !this.#useless.has(keyOf(one)) &&
        this.#pathOf(one) !== null
      if (isDue) lines.add(line)
      return isDue
    })
  }

  #pathOf({ place }: Pick<Diagnostic, 'place'>): string | null {
    const found = [...this.#tree.files.keys()].find((path) => shownPath(this.#tree, path) === place.file)
    return found === undefined || found.startsWith('../') ? null : found
  }

  #try(corrections: readonly Diagnostic[]): boolean {
    const candidate = corrections.reduce((tree, one) => this.#with(tree, one), this.#tree)
    const after = loadRules(candidate, this.#options).diagnostics
    const remaining = new Set(after.map(keyOf))
    // A syntax error may hide others, so only corrections of the other kind have to lower the number.
    const gain = corrections.filter((one) => one.severity === 'error' && !one.code.startsWith('E1')).length
    const isBetter =
      errorsIn(after) <= errorsIn(this.#left) - gain && corrections.every((one) => !remaining.has(keyOf(one)))
    if (isBetter) {
      this.#tree = candidate
      this.#left = after
      this.#count += corrections.length
    } else if (corrections.length === 1) {
      for (const one of corrections) this.#useless.add(keyOf(one))
    }
    return isBetter
  }

  #with(tree: SourceTree, { place, correctedLine }: Diagnostic): SourceTree {
    const path = this.#pathOf({ place })
    const bytes = path === null ? undefined : tree.files.get(path)
    const file: TextFile | null = bytes === undefined ? null : openText(bytes)
    if (path === null || file === null || correctedLine === undefined) return tree
    const { text } = withLine(sourceText(place.file, file.text), place.line, correctedLine)
    return { ...tree, files: new Map(tree.files).set(path, closeText(file, text)) }
  }
}

function keyOf({ place, code, correctedLine }: Diagnostic): string {
  return `${place.file}:${place.line} ${code} ${correctedLine ?? ''}`
}

function errorsIn(list: readonly Diagnostic[]): number {
  return list.filter((one) => one.severity === 'error').length
}
