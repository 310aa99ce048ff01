import { z } from 'zod'
import { didYouMean } from '../../domain/problem.ts'
import type { CompileContext } from './matcher.ts'

/** The names a selector may be compared with, each under what pins it. */
export interface Names {
  /** Every name by which the person or room goes; never empty strings. */
  readonly all: readonly string[]
  readonly pinned: Readonly<Record<string, string>>
  /** Cannot be told apart from somebody else. */
  readonly isAmbiguous: boolean
  /** Those of the names that somebody else bears too. */
  readonly shared?: readonly string[]
}

/** A compiled `from` or `room`. */
export interface Selector {
  readonly shown: string
  /** The names one of which must be present; null when a glob or a negation makes that unknowable. */
  readonly exactNames: readonly string[] | null
  /** `trustsNames`: whether an ambiguous owner of the name passes (true where a match only takes power away). */
  test(names: Names, trustsNames: boolean): boolean
}

const name = z.string().min(1)
const personOne = z.union([
  name,
  z.strictObject({ remark: name }),
  z.strictObject({ alias: name }),
  z.strictObject({ nick: name }),
])
const roomOne = z.union([name, z.strictObject({ topic: name }), z.strictObject({ remark: name })])

function selectorSchema<One extends z.ZodType>(one: One) {
  const some = z.union([one, z.array(one).min(1)])
  const item = z.union([one, z.strictObject({ not: some })])
  return z.union([item, z.array(item).min(1)])
}

/** `from`. */
export const personSelectorSchema = selectorSchema(personOne).describe(
  '谁发的：名字（可用 * 通配）、list:名单、{remark: 备注名}、{not: …}。Who wrote it.',
)
/** `room`. */
export const roomSelectorSchema = selectorSchema(roomOne).describe(
  '哪个群：群名（可用 * 通配）、list:名单、{topic: 群名}、{not: …}。Which group chat.',
)

/** Compiles one selector or several (any of them); null after reporting a problem. */
export function compileSelector(value: unknown, context: CompileContext): Selector | null {
  const parts = (Array.isArray(value) ? value : [value]).map((item) => compileOne(item, context))
  const good = parts.filter((part) => part !== null)
  if (good.length !== parts.length) return null
  if (good.length === 1 && good[0] !== undefined) return good[0]
  // "a, not b" reads as a wish and an exception, so negations all have to hold.
  const wishes = good.filter((part) => !part.isNegation)
  const exceptions = good.filter((part) => part.isNegation)
  const names = wishes.map((part) => part.exactNames)
  return {
    shown: good.map((part) => part.shown).join('、'),
    exactNames:
      wishes.length > 0 && names.every((one) => one !== null) ? names.flatMap((one) => one ?? []) : null,
    test: (who, trusts) =>
      (wishes.length === 0 || wishes.some((part) => part.test(who, trusts))) &&
      exceptions.every((part) => part.test(who, trusts)),
  }
}

type Part = Selector & { readonly isNegation: boolean }

function compileOne(item: unknown, context: CompileContext): Part | null {
  if (typeof item === 'string') {
    return item.startsWith('list:') ? fromList(item.slice(5).trim(), context) : byName(item, null)
  }
  const [pin, wanted] = Object.entries(item as Record<string, unknown>)[0] ?? ['', '']
  if (pin !== 'not') return byName(String(wanted), pin)
  const inner = compileSelector(wanted, context)
  if (inner === null) return null
  return {
    shown: `不是 ${inner.shown}`,
    exactNames: null,
    isNegation: true,
    // A negation is an exclusion: weak evidence is enough to exclude.
    test: (who) => !inner.test(who, true),
  }
}

function fromList(listName: string, context: CompileContext): Part | null {
  const entries = context.list(listName)
  if (entries === null) {
    context.problem('E203', { name: listName }, didYouMean(listName, context.listNames))
    return null
  }
  const selector = entries.length === 0 ? null : compileSelector([...entries], context)
  if (selector === null) return entries.length === 0 ? { ...NOBODY, shown: `list:${listName}` } : null
  return { ...selector, shown: `list:${listName}`, isNegation: false }
}

const NOBODY: Part = { shown: '', exactNames: [], isNegation: false, test: () => false }

function byName(wanted: string, pin: string | null): Part {
  const glob = wanted.includes('*') ? globTest(wanted) : null
  const isOne = glob ?? ((candidate: string) => candidate === wanted)
  return {
    shown: pin === null ? wanted : `${pin}=${wanted}`,
    exactNames: glob === null ? [wanted] : null,
    isNegation: false,
    test(who, trusts) {
      if (who.isAmbiguous && !trusts) return false
      // A name that two bear is nobody's. A pattern is meant for many.
      if (glob === null && !trusts && pin !== 'remark' && who.shared?.includes(wanted)) return false
      if (pin === null) return who.all.some(isOne)
      return isOne(who.pinned[pin] ?? '')
    },
  }
}

/** Matches `*` as any run of characters, without building a regular expression from the operator's text. */
function globTest(glob: string): (candidate: string) => boolean {
  const parts = glob.split('*')
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  const middle = parts.slice(1, -1).filter((part) => part !== '')
  return (candidate) => {
    if (candidate === '' || candidate.length < first.length + last.length) return false
    if (!candidate.startsWith(first) || !candidate.endsWith(last)) return false
    let at = first.length
    for (const part of middle) {
      const found = candidate.indexOf(part, at)
      if (found < 0 || found + part.length > candidate.length - last.length) return false
      at = found + part.length
    }
    return true
  }
}
