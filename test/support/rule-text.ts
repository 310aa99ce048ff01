import type { Diagnostic } from '../../src/domain/diagnostic.ts'
import { compileRules, loadRules } from '../../src/rules/load.ts'
import { runTests, type TestReport } from '../../src/rules/testing/run.ts'
import { treeOf } from '../../src/rules/tree.ts'

/** The clock of every folder here. */
const OPTIONS = { timezone: 'Asia/Shanghai', today: '2027-01-05' }

/** Files of a folder; a text alone is the file `a.yml`. */
export type Folder = string | Readonly<Record<string, string>>

async function compiled(folder: Folder) {
  const loaded = loadRules(treeOf(typeof folder === 'string' ? { 'a.yml': folder } : folder, MEDIA), OPTIONS)
  return { loaded, ...(await compileRules(loaded, OPTIONS)) }
}

const MEDIA = { 'media/price.jpg': 1000 }

/** Everything `check` says about a folder. */
export async function diagnosticsOf(folder: Folder): Promise<readonly Diagnostic[]> {
  return (await compiled(folder)).diagnostics
}

/** `code line:column` of everything `check` says. */
export async function codesOf(folder: Folder): Promise<string[]> {
  const found = await diagnosticsOf(folder)
  return found.map(({ code, place }) => `${code} ${place.line}:${place.column}`)
}

/** The errors among them. */
export async function errorsOf(folder: Folder): Promise<string[]> {
  return (await codesOf(folder)).filter((one) => one.startsWith('E'))
}

/** Runs the tests that the folder itself holds, as `wxreply test` does; it has to have some. */
export async function reportOf(folder: Folder): Promise<TestReport> {
  const { loaded, ruleset, book, diagnostics } = await compiled(folder)
  if (loaded.spec === null || ruleset === null || book === null)
    throw new Error(diagnostics.map((one) => `${one.place.line} ${one.code} ${one.message.en}`).join('\n'))
  if (loaded.tests.length === 0) throw new Error('the folder has no tests')
  return runTests({ spec: loaded.spec, ruleset, book }, loaded.tests)
}

/** `line: sentence` for every test of the folder that does not hold. */
export async function failuresOf(folder: Folder): Promise<string[]> {
  const { results } = await reportOf(folder)
  return results.flatMap((one) =>
    one.failures.map(({ place, message }) => `${place.file}:${place.line} ${message.zh}`),
  )
}
