import type { AST } from '@eslint-community/regexpp'
import { foldUnit } from './fold.ts'

/** At most this many literals stand in for one pattern. */
const MAX_LITERALS = 16
const MAX_LENGTH = 24
/** A class of at most this many characters counts as so many literals. */
const MAX_CLASS = 4

/** What is known about the texts that a part of a pattern matches. */
interface Part {
  /** All of them, when they are few; null when not. */
  readonly exact: readonly string[] | null
  /** Texts one of which occurs in each of them; null when none can be named. */
  readonly required: readonly string[] | null
  readonly minLength: number
}

/** What the index may rely on: folded literals one of which must occur (null: none), and the shortest match in units. */
export interface Literals {
  readonly literals: readonly string[] | null
  readonly minLength: number
}

const EMPTY: Part = { exact: [''], required: null, minLength: 0 }

/** The required literals of a pattern, longest first choice, then fewest. */
export function requiredLiterals(tree: AST.Pattern): Literals {
  const part = alternatives(tree.alternatives)
  return { literals: settle(part), minLength: part.minLength }
}

function settle(part: Part): readonly string[] | null {
  return better(isUsable(part.exact) ? part.exact : null, part.required)
}

function isUsable(literals: readonly string[] | null): literals is readonly string[] {
  return literals !== null && literals.length > 0 && literals.every((one) => one !== '')
}

/** The more selective of two sets: longer shortest literal first, then fewer. */
function better(a: readonly string[] | null, b: readonly string[] | null): readonly string[] | null {
  if (a === null || b === null) return a ?? b
  const [shortA, shortB] = [shortest(a), shortest(b)]
  if (shortA !== shortB) return shortA > shortB ? a : b
  return a.length <= b.length ? a : b
}

function shortest(literals: readonly string[]): number {
  return literals.reduce((low, one) => Math.min(low, one.length), Number.POSITIVE_INFINITY)
}

function alternatives(list: readonly AST.Alternative[]): Part {
  const parts = list.map((one) => sequence(one.elements))
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first
  const minLength = parts.reduce((low, part) => Math.min(low, part.minLength), Number.POSITIVE_INFINITY)
  return {
    exact: union(parts.map((part) => part.exact)),
    required: union(parts.map(settle)),
    minLength,
  }
}

function union(sets: readonly (readonly string[] | null)[]): readonly string[] | null {
  if (sets.some((one) => one === null)) return null
  const all = [...new Set(sets.flatMap((one) => one ?? []))]
  return all.length <= MAX_LITERALS ? all : null
}

function sequence(elements: readonly AST.Element[]): Part {
  let run: readonly string[] = ['']
  let required: readonly string[] | null = null
  let isExact = true
  let minLength = 0
  const flush = () => {
    if (isUsable(run)) required = better(required, run)
    run = ['']
  }
  for (const element of elements) {
    const part = partOf(element)
    minLength += part.minLength
    const longer = part.exact === null ? null : product(run, part.exact)
    if (longer !== null) {
      run = longer
      continue
    }
    flush()
    isExact = false
    required = better(required, settle(part))
    if (part.exact !== null && part.exact.length <= MAX_LITERALS) run = part.exact
  }
  if (isExact) return { exact: run, required: null, minLength }
  flush()
  return { exact: null, required, minLength }
}

function product(left: readonly string[], right: readonly string[]): readonly string[] | null {
  if (left.length * right.length > MAX_LITERALS) return null
  const all = left.flatMap((a) => right.map((b) => a + b))
  return all.some((one) => one.length > MAX_LENGTH) ? null : [...new Set(all)]
}

function partOf(node: AST.Element): Part {
  switch (node.type) {
    case 'Character':
      return characters([node.value])
    case 'CharacterClass':
      return classOf(node)
    case 'CapturingGroup':
    case 'Group':
      return alternatives(node.alternatives)
    case 'Quantifier':
      return repeated(node)
    case 'Assertion':
      return EMPTY
    default:
      return { exact: null, required: null, minLength: 1 }
  }
}

function characters(points: readonly number[]): Part {
  const texts = points.map((point) => String.fromCodePoint(point > 0xffff ? point : foldUnit(point)))
  const minLength = texts.reduce((low, text) => Math.min(low, text.length), 2)
  return { exact: [...new Set(texts)], required: null, minLength }
}

function classOf(node: AST.CharacterClass): Part {
  const unknown: Part = { exact: null, required: null, minLength: 1 }
  if (node.negate) return unknown
  const points: number[] = []
  for (const element of node.elements) {
    if (element.type !== 'Character') return unknown
    points.push(element.value)
  }
  return points.length > 0 && points.length <= MAX_CLASS ? characters(points) : unknown
}

function repeated(node: AST.Quantifier): Part {
  const inner = partOf(node.element)
  const minLength = inner.minLength * node.min
  if (node.min === 1 && node.max === 1) return inner
  if (node.min === 0) {
    const isOptional = node.max === 1 && inner.exact !== null && inner.exact.length < MAX_LITERALS
    return { exact: isOptional ? ['', ...(inner.exact ?? [])] : null, required: null, minLength: 0 }
  }
  return { exact: null, required: settle(inner), minLength }
}
