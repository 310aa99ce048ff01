import { RE2JS } from 're2js'
import type { Haystack } from '../haystack.ts'
import type { CompileContext, Hit } from '../matchers/matcher.ts'
import type { RegexBudget } from './regex-budget.ts'
import { emitRegex } from './regex-emit.ts'
import { requiredLiterals } from './regex-literals.ts'
import { parseRegex, type RegexFault } from './regex-tree.ts'

/** A pattern that takes linear time. Captures are the customer's own characters, by name and by number. */
export interface CompiledRegex {
  /** Folded literals one of which must occur in a text that matches; null when none can be named. */
  readonly literals: readonly string[] | null
  /** Names of its named groups. */
  readonly names: readonly string[]
  /** The hit; null when there is none, or when the message's allowance does not cover the search. */
  exec(hay: Haystack, budget: RegexBudget): Hit | null
}

/** A text is searched no further than this many units. */
const MAX_UNITS = 4096
/** Program size times text length of one search at most. */
const MAX_STEPS = 1_000_000

/** Compiles what an operator wrote; null after reporting why not. */
export function compileRegex(written: string, context: CompileContext): CompiledRegex | null {
  const parsed = parseRegex(written)
  if ('fault' in parsed) return refuse(parsed.fault, context)
  const emitted = emitRegex(parsed.tree, context.raw)
  if ('fault' in emitted) return refuse(emitted.fault, context)
  const { literals, minLength } = requiredLiterals(parsed.tree)
  const { size, groups, source } = emitted
  const maxUnits = Math.min(MAX_UNITS, Math.floor(MAX_STEPS / size))
  if (maxUnits < MAX_UNITS) context.problem('W210', { units: maxUnits })
  let program: RE2JS | null = null
  return {
    literals,
    names: [...new Set(groups.filter((name) => name !== null))],
    exec(hay, budget) {
      const text = hay.folded.length > maxUnits ? hay.folded.slice(0, maxUnits) : hay.folded
      if (text.length < minLength || !budget.take(size * (text.length + 1))) return null
      program ??= RE2JS.compile(source)
      return search(program, text, hay, groups)
    },
  }
}

/** A test of texts as they are, for expectations of rule tests; null for what rules may not use either. */
export function plainRegex(written: string): ((text: string) => boolean) | null {
  const parsed = parseRegex(written)
  const emitted = 'fault' in parsed ? parsed : emitRegex(parsed.tree, true)
  if ('fault' in emitted) return null
  const program = RE2JS.compile(emitted.source)
  return (text) => program.matcher(text.slice(0, MAX_UNITS)).find()
}

function search(program: RE2JS, text: string, hay: Haystack, groups: readonly (string | null)[]): Hit | null {
  const found = program.matcher(text)
  if (!found.find()) return null
  const matched = hay.slice(found.start(), found.end())
  const captures: Record<string, string> = Object.create(null)
  captures['0'] = matched
  groups.forEach((name, index) => {
    const start = found.start(index + 1)
    const value = start < 0 ? '' : hay.slice(start, found.end(index + 1))
    captures[String(index + 1)] = value
    if (name !== null && (captures[name] ?? '') === '') captures[name] = value
  })
  return { matched, captures }
}

function refuse(fault: RegexFault, context: CompileContext): null {
  switch (fault.code) {
    case 'E210':
      context.problem('E210', { detail: fault.detail })
      break
    case 'E211':
      context.problem('E211', { what: fault.what })
      break
    case 'E212':
    case 'E213':
      context.problem(fault.code)
      break
  }
  return null
}
