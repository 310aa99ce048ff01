import { branchConditions, branchKey } from '../domain/branches.ts'
import type { Diagnostic } from '../domain/diagnostic.ts'
import { isTimezone } from '../domain/local-time.ts'
import type { RulesetSpec } from '../domain/spec.ts'
import { type CompileOptions, RulesetCompiler } from './compiler.ts'
import type { Condition } from './condition.ts'
import { indexTables } from './index/index-tables.ts'
import { RuleIndex } from './index/rule-index.ts'
import { type CompiledRule, type Ruleset, SECTIONS } from './ruleset.ts'

export type { CompileOptions } from './compiler.ts'

/** A compiled folder with all that was found wrong in it. */
export interface Compiled {
  readonly ruleset: Ruleset
  readonly problems: readonly Diagnostic[]
  /**
   * Where each rule of the ruleset comes from: the number of a rule of the folder, or -1 and less for the starts of
   * flows, in their order.
   */
  readonly origins: Int32Array
}

/**
 * Compiles a rules folder. All mistakes come together; a rule with an error is left out, so a caller that wants
 * yesterday's rules instead looks at the problems. Disabled rules are checked like the others.
 */
export function compileRuleset(spec: RulesetSpec, options: CompileOptions): Compiled {
  if (!isTimezone(options.timezone)) throw new TypeError(`unknown time zone: ${options.timezone}`)
  const compiler = new RulesetCompiler(spec, options)
  const { starts, ...parts } = compiler.compileParts()
  const branches = branchesOf(spec, compiler)
  const found: Found[] = starts.map((rule, index) => ({ rule, priority: 0, origin: -1 - index }))
  spec.rules.forEach((ruleSpec, origin) => {
    const rule = compiler.rule(ruleSpec)
    if (rule !== null && ruleSpec.isEnabled) found.push({ rule, priority: ruleSpec.priority, origin })
  })
  compiler.checkHolidays()
  const rank = ({ rule }: Found) => SECTIONS.indexOf(rule.section)
  found.sort((a, b) => rank(a) - rank(b) || b.priority - a.priority)
  const rules = found.map(({ rule }) => rule)
  return {
    ruleset: { ...parts, rules, index: new RuleIndex(indexTables(rules)), earlierFlows: new Map(), branches },
    problems: compiler.problems,
    origins: Int32Array.from(found, ({ origin }) => origin),
  }
}

interface Found {
  readonly rule: CompiledRule
  readonly priority: number
  readonly origin: number
}

function branchesOf(spec: RulesetSpec, compiler: RulesetCompiler): ReadonlyMap<string, Condition> {
  const found = branchConditions(spec).map((one): [string, Condition | null] => [
    branchKey(one),
    compiler.branch(one),
  ])
  return new Map(found.filter((one): one is [string, Condition] => one[1] !== null))
}
