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
  /** Those of loading and those of compiling, ordered by place, each with its line quoted. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Compiles what was loaded: conditions by the engine, actions and templates by their room. All mistakes come together. */
export async function compileRules(loaded: LoadResult, options: CompileOptions): Promise<CompiledRules> {
  const { spec, diagnostics, sources } = loaded
  if (spec === null) return { ruleset: null, book: null, diagnostics }
  const { ruleset, problems } = compileRuleset(spec, options)
  const actions = await compileActions(spec, { tables: { lookup: lookupIn(loaded.tables) } })
  const found = [...problems, ...actions.problems].map((one) => quoted(one, sources))
  const all = withoutSilenced(sortDiagnostics([...diagnostics, ...found]), sources)
  return isClean(all)
    ? { ruleset, book: actions.book, diagnostics: all }
    : { ruleset: null, book: null, diagnostics: all }
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

function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim()
}
