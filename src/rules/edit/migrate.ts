import { isMap, isScalar } from 'yaml'
import type { Bilingual } from '../diagnostic.ts'
import { sourceText } from '../source.ts'
import { newFixBudget, readYaml } from '../yaml/read.ts'
import { documentText, type EditableDocument, keyOf, openDocument } from './document.ts'
import { lineEndOf } from './text-file.ts'

/** One change of the format: from one version to the next, by editing the document. */
export interface FormatStep {
  readonly from: number
  /** What changed, for the operator. */
  readonly what: Bilingual
  apply(document: EditableDocument, isTestFile: boolean): void
}

/** The format this program reads and writes. */
export const FORMAT_VERSION = 1

/** Every step there ever was, in order; version 1 is the first format, so nothing leads to it. */
const STEPS: readonly FormatStep[] = []

export type Migrated =
  | { readonly kind: 'newest' }
  /** Syntax errors come first. */
  | { readonly kind: 'broken' }
  /** Written for a newer program. */
  | { readonly kind: 'newer'; readonly version: number }
  | {
      readonly kind: 'migrated'
      readonly text: string
      readonly from: number
      readonly what: readonly Bilingual[]
    }

export interface MigrateOptions {
  readonly isTestFile: boolean
  readonly steps?: readonly FormatStep[]
}

/**
 * Brings a rule file to the newest format, comments kept. A file that names no version is of version 1; a step must
 * leave a file alone that it has changed before.
 */
export function migrateRules(text: string, { isTestFile, steps = STEPS }: MigrateOptions): Migrated {
  const { diagnostics } = readYaml(sourceText('', text), newFixBudget())
  if (diagnostics.length > 0) return { kind: 'broken' }
  const document = openDocument(text)
  const newest = steps.length === 0 ? FORMAT_VERSION : Math.max(...steps.map((step) => step.from)) + 1
  const from = versionOf(document)
  if (from > newest) return { kind: 'newer', version: from }
  const due = steps.filter((step) => step.from >= from).sort((a, b) => a.from - b.from)
  if (due.length === 0 || document.contents === null) return { kind: 'newest' }
  for (const step of due) step.apply(document, isTestFile)
  noteVersion(document, newest)
  const laidOut = documentText(document)
  return {
    kind: 'migrated',
    text: lineEndOf(text) === '\r\n' ? laidOut.replaceAll('\n', '\r\n') : laidOut,
    from,
    what: due.map((step) => step.what),
  }
}

function versionOf({ contents }: EditableDocument): number {
  const written = isMap(contents) ? contents.get('version', true) : undefined
  return isScalar(written) ? Number(written.value) : 1
}

/** Without the line a file would count as version 1 again; one that is just a list keeps its form and is changed anew. */
function noteVersion(document: EditableDocument, version: number): void {
  const { contents } = document
  if (!isMap(contents)) return
  const written = contents.items.find((pair) => keyOf(pair) === 'version')?.value
  if (isScalar(written)) written.value = String(version)
  else document.add(document.createPair('version', String(version)))
}
