import { type ActionBook, holdsFullTemplate, holdsText, openActions } from '../actions/book.ts'
import {
  buildHashTable,
  type HashTable,
  hashText,
  type PackedTexts,
  packTexts,
  probe,
  textAt,
} from '../domain/packed.ts'
import { type PackedRules, packRules, RuleReader } from '../domain/packed-rules.ts'
import type { Named, RulesetSpec } from '../domain/spec.ts'
import type { CompileOptions } from '../engine/compile.ts'
import { type LazyRules, openRuleset, type PackedRuleset, packRuleset } from '../engine/packed.ts'
import type { Ruleset } from '../engine/ruleset.ts'
import { type CompiledRules, plain } from './compile.ts'
import type { LoadResult } from './load.ts'
import type { Table } from './lower/table.ts'

/** A folder that was checked and compiled as a whole, as data: typed arrays and little else, to be handed to another thread. */
export interface PackedFolder {
  /** Without rules, and without the entries of lists. */
  readonly head: RulesetSpec
  /** The entries of each list, as JSON, in the order of `head.lists`. */
  readonly lists: PackedTexts
  readonly rules: PackedRules
  readonly ruleset: PackedRuleset
  readonly tables: PackedTables
  readonly needsFullLanguage: boolean
}

interface PackedTables {
  readonly names: readonly string[]
  /** A keyword and its reply, as JSON. */
  readonly entries: PackedTexts
  /** Entries by the hash of their keyword, seeded with the number of their table. */
  readonly byKeyword: HashTable
}

/** Packs what was loaded and compiled; null when it has mistakes. */
export function packFolder(loaded: LoadResult, compiled: CompiledRules): PackedFolder | null {
  const { spec, tables } = loaded
  const { ruleset, origins } = compiled
  if (spec === null || ruleset === null) return null
  const lists = [...spec.lists].map(([name, { place }]): [string, Named<readonly unknown[]>] => [
    name,
    { value: [], place },
  ])
  const looksUp = holdsText([spec.rules, spec.templates, spec.flows, spec.schedules], isLookup)
  return {
    head: { ...spec, rules: [], lists: new Map(lists) },
    lists: packTexts([...spec.lists.values()].map(({ value }) => JSON.stringify(value))),
    rules: packRules(spec.rules),
    ruleset: packRuleset({ ruleset, origins, problems: [] }, spec),
    tables: packTables(looksUp ? tables : new Map()),
    needsFullLanguage: holdsFullTemplate(spec),
  }
}

/** What opening a packed folder gives: the same answers as compiling it, each rule compiled when it is first asked. */
export interface OpenedFolder {
  readonly ruleset: Ruleset & { readonly rules: LazyRules }
  readonly book: ActionBook
  readonly reader: RuleReader
}

/** Opens a packed folder. Takes little time however many rules there are. */
export async function openFolder(packed: PackedFolder, options: CompileOptions): Promise<OpenedFolder> {
  const reader = new RuleReader(packed.rules)
  const head = { ...packed.head, lists: lazyLists(packed) }
  const { needsFullLanguage } = packed
  return {
    ruleset: openRuleset(packed.ruleset, { ...options, reader, head }),
    book: await openActions(head, { reader, tables: { lookup: lookupIn(packed.tables) }, needsFullLanguage }),
    reader,
  }
}

function isLookup(text: string): boolean {
  return text.includes('lookup')
}

function lazyLists({ head, lists }: PackedFolder): RulesetSpec['lists'] {
  const opened = [...head.lists].map(([name, { place }], index): [string, Named<readonly unknown[]>] => {
    let entries: readonly unknown[] | null = null
    const named = {
      place,
      get value(): readonly unknown[] {
        entries ??= JSON.parse(textAt(lists, index) ?? '[]') as readonly unknown[]
        return entries
      },
    }
    return [name, named]
  })
  return new Map(opened)
}

function packTables(tables: ReadonlyMap<string, Table>): PackedTables {
  const entries: string[] = []
  const hashes: number[] = []
  ;[...tables.values()].forEach((table, number) => {
    for (const { keywords, reply } of table.rows) {
      for (const keyword of keywords.map(plain)) {
        entries.push(JSON.stringify([keyword, reply]))
        hashes.push(hashText(keyword, number))
      }
    }
  })
  return { names: [...tables.keys()], entries: packTexts(entries), byKeyword: buildHashTable(hashes) }
}

/** As in compiling: the first row with the keyword, without regard to case or width. */
function lookupIn({ names, entries, byKeyword }: PackedTables) {
  return (name: string, key: string): string | null => {
    const table = names.indexOf(name)
    const wanted = plain(key)
    let found: string | null = null
    if (table < 0) return null
    probe(byKeyword, hashText(wanted, table), (index) => {
      const [keyword, reply]: [string, string] = JSON.parse(textAt(entries, index) ?? '[]')
      if (keyword === wanted) found = reply
      return found !== null
    })
    return found
  }
}
