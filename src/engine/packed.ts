import { branchConditions, branchKey } from '../domain/branches.ts'
import {
  buildHashTable,
  type HashTable,
  hashText,
  type PackedTexts,
  packTexts,
  probe,
  textAt,
} from '../domain/packed.ts'
import type { RuleReader } from '../domain/packed-rules.ts'
import type { ConditionSpec, RulesetSpec } from '../domain/spec.ts'
import type { Compiled } from './compile.ts'
import { type CompileOptions, RulesetCompiler } from './compiler.ts'
import type { Condition } from './condition.ts'
import type { IndexTables } from './index/index-tables.ts'
import { RuleIndex } from './index/rule-index.ts'
import type { CompiledRule, RuleList, Ruleset } from './ruleset.ts'

/** What compiling a big folder found out, as data for another thread: with the rules as text it makes a ruleset. */
export interface PackedRuleset {
  readonly index: IndexTables
  /** See `Compiled.origins`. */
  readonly origins: Int32Array
  readonly counted: Ruleset['counted']
  /** Conditions of `choose` branches, as JSON, and where each is by its key. */
  readonly branches: { readonly specs: PackedTexts; readonly byKey: HashTable }
}

/** The data of a compiled folder. */
export function packRuleset({ ruleset, origins }: Compiled, spec: RulesetSpec): PackedRuleset {
  const branches = branchConditions(spec)
  return {
    index: ruleset.index.tables,
    origins,
    counted: ruleset.counted,
    branches: {
      specs: packTexts(branches.map((one) => JSON.stringify(one))),
      byKey: buildHashTable(branches.map((one) => hashText(branchKey(one)))),
    },
  }
}

/**
 * The ruleset behind packed data. `head` is the folder without its rules. A rule is compiled when it is first asked: of
 * 100,000 rules few ever are. The whole folder was compiled before, so nothing is found wrong any more.
 */
export function openRuleset(
  packed: PackedRuleset,
  { reader, head, ...options }: CompileOptions & { readonly reader: RuleReader; readonly head: RulesetSpec },
): Ruleset & { readonly rules: LazyRules } {
  const compiler = new RulesetCompiler(head, options)
  const { starts, ...parts } = compiler.compileParts()
  return {
    ...parts,
    counted: packed.counted,
    rules: new LazyRules(packed.origins, (origin) => {
      if (origin < 0) return starts[-1 - origin]
      const spec = reader.at(origin)
      const rule = spec && compiler.rule(spec)
      // Warnings were told when the folder was checked.
      compiler.problems.length = 0
      return rule ?? undefined
    }),
    index: new RuleIndex(packed.index),
    earlierFlows: new Map(),
    branches: lazyBranches(packed.branches, compiler),
  }
}

/** Compiled rules kept besides those asked for every message. */
const MAX_KEPT = 4096

/** Rules that are compiled when they are first asked, and kept while there is room. */
export class LazyRules implements RuleList {
  readonly #origins: Int32Array
  readonly #compile: (origin: number) => CompiledRule | undefined
  readonly #kept = new Map<number, CompiledRule>()
  readonly #forEver = new Map<number, CompiledRule>()

  constructor(origins: Int32Array, compile: (origin: number) => CompiledRule | undefined) {
    this.#origins = origins
    this.#compile = compile
  }

  get length(): number {
    return this.#origins.length
  }

  at(order: number): CompiledRule | undefined {
    const known = this.#forEver.get(order) ?? this.#kept.get(order)
    if (known !== undefined) return known
    const rule = this.#fresh(order)
    if (rule !== undefined) this.#keep(order, rule)
    return rule
  }

  /** Compiles a rule to stay: one that every message asks. */
  prepare(order: number): void {
    const rule = this.at(order)
    if (rule !== undefined) this.#forEver.set(order, rule)
  }

  /** Going through all of them keeps none. */
  *[Symbol.iterator](): Iterator<CompiledRule> {
    for (let order = 0; order < this.length; order++) {
      const rule = this.#forEver.get(order) ?? this.#kept.get(order) ?? this.#fresh(order)
      if (rule !== undefined) yield rule
    }
  }

  #fresh(order: number): CompiledRule | undefined {
    const origin = this.#origins[order]
    return origin === undefined ? undefined : this.#compile(origin)
  }

  #keep(order: number, rule: CompiledRule): void {
    const [oldest] = this.#kept.size < MAX_KEPT ? [] : this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(order, rule)
  }
}

function lazyBranches(
  { specs, byKey }: PackedRuleset['branches'],
  compiler: RulesetCompiler,
): Ruleset['branches'] {
  const kept = new Map<string, Condition | undefined>()
  const find = (key: string): Condition | undefined => {
    let found: ConditionSpec | null = null
    probe(byKey, hashText(key), (index) => {
      const spec: ConditionSpec = JSON.parse(textAt(specs, index) ?? 'null')
      if (branchKey(spec) === key) found = spec
      return found !== null
    })
    return (found && compiler.branch(found)) ?? undefined
  }
  return {
    get(key) {
      if (!kept.has(key)) {
        if (kept.size >= MAX_KEPT) kept.clear()
        kept.set(key, find(key))
      }
      return kept.get(key)
    },
  }
}
