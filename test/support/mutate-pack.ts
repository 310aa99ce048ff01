/** A ready rule pack under its own tests. */
import { fileURLToPath } from 'node:url'
import type { Diagnostic } from '../../src/domain/diagnostic.ts'
import type { RulesetSpec } from '../../src/domain/spec.ts'
import { compileRules } from '../../src/rules/compile.ts'
import { readRulesFolder } from '../../src/rules/folder.ts'
import { type LoadResult, loadRules } from '../../src/rules/load.ts'
import { runTests, type TestSubject } from '../../src/rules/testing/run.ts'
import type { Mutant } from './mutate.ts'

const TIMEZONE = 'Asia/Shanghai'

/** A pack as loaded, and compiled. */
export interface Pack {
  readonly name: string
  readonly loaded: LoadResult
  readonly diagnostics: readonly Diagnostic[]
  readonly subject: TestSubject
}

/** The folder of a pack. */
export function packFolder(name: string): string {
  return fileURLToPath(new URL(`../../rules/examples/${name}`, import.meta.url))
}

/** Reads and compiles a pack. */
export async function loadPack(name: string): Promise<Pack> {
  const loaded = loadRules(await readRulesFolder(packFolder(name)))
  const { subject, diagnostics } = await compileSpec(loaded, loaded.spec)
  if (subject === null)
    throw new Error(diagnostics.map((one) => `${one.place.file}: ${one.message.en}`).join('\n'))
  return { name, loaded, diagnostics, subject }
}

async function compileSpec(loaded: LoadResult, spec: RulesetSpec | null) {
  const { ruleset, book, diagnostics } = await compileRules({ ...loaded, spec }, { timezone: TIMEZONE })
  const isWhole = spec !== null && ruleset !== null && book !== null
  return { subject: isWhole ? { spec, ruleset, book } : null, diagnostics }
}

/** What became of a mutant: noticed by a test, not noticed, or refused before it could run. */
export type Fate = 'caught' | 'survived' | 'refused'

/**
 * Tells what becomes of the mutants of a pack, by running its tests until one fails. The test that caught the last one
 * goes first: neighbouring mutants are mostly caught by the same.
 */
export function fatesOf(pack: Pack): (mutant: Mutant) => Promise<Fate> {
  const tests = [...pack.loaded.tests]
  return async (mutant) => {
    const { subject } = await compileSpec(pack.loaded, mutant.value)
    if (subject === null) return 'refused'
    const at = tests.findIndex((one) => runTests(subject, [one]).failed > 0)
    if (at < 0) return 'survived'
    tests.unshift(...tests.splice(at, 1))
    return 'caught'
  }
}
