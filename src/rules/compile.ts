import { type ActionBook, compileActions } from '../actions/book.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { type CompileOptions, compileRuleset } from '../engine/compile.ts'
import type { Ruleset } from '../engine/ruleset.ts'
import { isClean, quoted, sortDiagnostics, withoutSilenced } from './diagnostic.ts'
import type { LoadResult } from './load.ts'
import type { Table } from './lower/table.ts'

/** What runs, or why it does not. */
export interface CompiledRules {
  /** Null when there is any error, of loading or of compiling. */
  readonly ruleset: Ruleset | null
  /** Null together with `ruleset`. */
  readonly book: ActionBook | null
  /** Where each rule of the ruleset comes from; see the engine's `Compiled`. */
  readonly origins: Int32Array
  /** Those of loading and those of compiling, ordered by place, each with its line quoted. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Mistakes inside one value: true whatever else is wrong. A name may be unknown only because its section is broken. */
const STANDS_ALONE: ReadonlySet<string> = new Set(
  'E202 E210 E211 E212 E213 E220 E221 E222 E223 E224 E240 E241 E252 E254 E258 E259 E261'.split(' '),
)

/** Compiles what was loaded: conditions by the engine, actions and templates by their room. All mistakes come together. */
export async function compileRules(loaded: LoadResult, options: CompileOptions): Promise<CompiledRules> {
  const { spec, draft, diagnostics, sources } = loaded
  const understood = spec ?? draft
  const { ruleset, problems, origins } = compileRuleset(understood, options)
  const actions = await compileActions(understood, { tables: { lookup: lookupIn(loaded.tables) } })
  const found = [...problems, ...actions.problems]
    .filter(({ code }) => spec !== null || STANDS_ALONE.has(code))
    .map((one) => quoted(one, sources))
  const all = withoutSilenced(sortDiagnostics([...diagnostics, ...found]), sources)
  return spec !== null && isClean(all)
    ? { ruleset, book: actions.book, origins, diagnostics: all }
    : { ruleset: null, book: null, origins, diagnostics: all }
}

/** Finds the reply of a table by one of its keywords, without regard to case or width. */
function lookupIn(tables: ReadonlyMap<string, Table>): (table: string, key: string) => string | null {
  const replies = new Map<string, ReadonlyMap<string, string>>()
  return (name, key) => {
    const table = tables.get(name)
    if (table === undefined) return null
    const known = replies.get(name) ?? byKeyword(table)
    replies.set(name, known)
    return known.get(plain(key)) ?? null
  }
}

function byKeyword(table: Table): ReadonlyMap<string, string> {
  const pairs = table.rows.flatMap((row) =>
    row.keywords.map((word): [string, string] => [plain(word), row.reply]),
  )
  return new Map(pairs.reverse())
}

/** A keyword without regard to case or width. */
export function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim()
}
