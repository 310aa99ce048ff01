import type { AST } from '@eslint-community/regexpp'
import { RE2JS } from 're2js'
import { FOLD, foldUnit } from './fold.ts'
import type { RegexFault } from './regex-tree.ts'

/** A pattern in the words of the linear engine. */
export interface Emitted {
  readonly source: string
  /** Name of each numbered group, from 1; null for unnamed ones. */
  readonly groups: readonly (string | null)[]
  /** Rough number of instructions. */
  readonly size: number
}

/** Longest repeat count, also of nested repeats multiplied: the linear engine's own limit. */
const MAX_COUNT = 1000
const MAX_SIZE = 20_000

/** What `\s` means in the built-in engine; the linear one knows the ASCII part only. */
const SPACES =
  '\\x{9}-\\x{d}\\x{20}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}'
const NOT_SPACES =
  '\\x{0}-\\x{8}\\x{e}-\\x{1f}\\x{21}-\\x{9f}\\x{a1}-\\x{167f}\\x{1681}-\\x{1fff}\\x{200b}-\\x{2027}\\x{202a}-\\x{202e}' +
  '\\x{2030}-\\x{205e}\\x{2060}-\\x{2fff}\\x{3001}-\\x{fefe}\\x{ff00}-\\x{10ffff}'

/** Thrown inside this file only, to leave the recursion. */
class Refusal extends Error {
  readonly fault: RegexFault
  constructor(fault: RegexFault) {
    super(fault.code)
    this.fault = fault
  }
}

/** Writes a tree for the linear engine, folded unless `isRaw`; or says what it cannot take. */
export function emitRegex(tree: AST.Pattern, isRaw: boolean): Emitted | { readonly fault: RegexFault } {
  const emitter = new Emitter(isRaw)
  try {
    const source = emitter.alternatives(tree.alternatives)
    if (emitter.size > MAX_SIZE) return { fault: { code: 'E213' } }
    return { source, groups: emitter.groups, size: emitter.size + 2 }
  } catch (error) {
    if (error instanceof Refusal) return { fault: error.fault }
    throw error
  }
}

class Emitter {
  readonly groups: (string | null)[] = []
  size = 0
  readonly #isRaw: boolean
  #repeats = 1

  constructor(isRaw: boolean) {
    this.#isRaw = isRaw
  }

  alternatives(list: readonly AST.Alternative[]): string {
    this.size += list.length - 1
    return list.map((one) => one.elements.map((element) => this.element(element)).join('')).join('|')
  }

  element(node: AST.Element): string {
    switch (node.type) {
      case 'Assertion':
        return this.assertion(node)
      case 'Backreference':
        throw new Refusal({ code: 'E211', what: '反向引用（\\1、\\k<名字>） back-references' })
      case 'CapturingGroup':
        this.groups.push(node.name)
        this.size += 2
        return `(${this.alternatives(node.alternatives)})`
      case 'Group':
        return `(?${this.flags(node)}:${this.alternatives(node.alternatives)})`
      case 'Quantifier':
        return this.quantifier(node)
      case 'Character':
        this.size += 1
        return escapePoint(this.fold(node.value))
      case 'CharacterSet':
        this.size += 1
        return node.kind === 'any' ? '.' : `[${set(node)}]`
      case 'CharacterClass':
        this.size += 2
        return this.characterClass(node)
      case 'ExpressionCharacterClass':
        throw new Refusal({ code: 'E211', what: '集合运算 set operations' })
    }
  }

  /** Case needs no flag in folded text. */
  flags(node: AST.Group): string {
    const added = node.modifiers?.add
    if (added == null) return ''
    return `${added.ignoreCase && this.#isRaw ? 'i' : ''}${added.dotAll ? 's' : ''}${added.multiline ? 'm' : ''}`
  }

  assertion(node: AST.Assertion): string {
    this.size += 1
    if (node.kind === 'lookahead' || node.kind === 'lookbehind') {
      throw new Refusal({ code: 'E211', what: '环视（(?=…)、(?!…)、(?<=…)） look-around' })
    }
    if (node.kind === 'word') return node.negate ? '\\B' : '\\b'
    return node.kind === 'start' ? '^' : '$'
  }

  quantifier(node: AST.Quantifier): string {
    const { min, max } = node
    const times = Math.max(min, max === Number.POSITIVE_INFINITY ? 1 : max)
    const outer = this.#repeats
    this.#repeats = outer * Math.max(1, times)
    if (min > MAX_COUNT || this.#repeats > MAX_COUNT) throw new Refusal({ code: 'E212' })
    const before = this.size
    const inner = this.element(node.element)
    this.#repeats = outer
    this.size = before + (this.size - before) * Math.max(1, times) + times
    return `${inner}${countOf(min, max)}${node.greedy ? '' : '?'}`
  }

  characterClass(node: AST.CharacterClass): string {
    if (node.elements.length === 0) return node.negate ? '[\\x{0}-\\x{10ffff}]' : '[^\\x{0}-\\x{10ffff}]'
    const inside = node.elements.map((element) => {
      switch (element.type) {
        case 'Character':
          return escapePoint(this.fold(element.value))
        case 'CharacterClassRange':
          return this.range(element.min.value, element.max.value)
        case 'CharacterSet':
          return set(element)
        default:
          throw new Refusal({ code: 'E211', what: '集合运算 set operations' })
      }
    })
    return `[${node.negate ? '^' : ''}${inside.join('')}]`
  }

  /** A range keeps its own characters, which folded text does not contain, and gains what they fold to. */
  range(low: number, high: number): string {
    const plain = `${escapePoint(low)}-${escapePoint(high)}`
    return this.#isRaw ? plain : plain + foldedOutside(low, high)
  }

  fold(point: number): number {
    return this.#isRaw || point > 0xffff ? point : foldUnit(point)
  }
}

function countOf(min: number, max: number): string {
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  if (min === 0 && max === 1) return '?'
  return min === max ? `{${min}}` : `{${min},${max}}`
}

function escapePoint(point: number): string {
  const isWord = (point >= 48 && point <= 57) || (point >= 65 && point <= 90) || (point >= 97 && point <= 122)
  return isWord ? String.fromCharCode(point) : `\\x{${point.toString(16)}}`
}

const CHANGED: Uint16Array = Uint16Array.from(Array.from(FOLD.keys()).filter((unit) => FOLD[unit] !== unit))
const outsideCache = new Map<string, string>()
const CACHE_LIMIT = 1000

/** What the characters of a range fold to, as far as it lies outside the range. */
function foldedOutside(low: number, high: number): string {
  const key = `${low}-${high}`
  const cached = outsideCache.get(key)
  if (cached !== undefined) return cached
  const targets = new Set<number>()
  for (const unit of CHANGED) {
    const target = foldUnit(unit)
    if (unit >= low && unit <= high && (target < low || target > high)) targets.add(target)
  }
  const text = asRanges([...targets].sort((a, b) => a - b))
  if (outsideCache.size < CACHE_LIMIT) outsideCache.set(key, text)
  return text
}

function asRanges(points: readonly number[]): string {
  let text = ''
  for (let i = 0; i < points.length; ) {
    let j = i
    while (points[j + 1] === (points[j] ?? 0) + 1) j++
    const [first, last] = [points[i] ?? 0, points[j] ?? 0]
    text += first === last ? escapePoint(first) : `${escapePoint(first)}-${escapePoint(last)}`
    i = j + 1
  }
  return text
}

/** A set for use inside brackets. */
function set(node: AST.EscapeCharacterSet | AST.UnicodePropertyCharacterSet): string {
  switch (node.kind) {
    case 'digit':
      return node.negate ? '\\D' : '\\d'
    case 'word':
      return node.negate ? '\\W' : '\\w'
    case 'space':
      return node.negate ? NOT_SPACES : SPACES
    case 'property':
      return property(node)
  }
}

/** Long names of general categories that the linear engine knows by their short ones. */
const CATEGORIES: Readonly<Record<string, string>> = {
  Letter: 'L',
  Uppercase_Letter: 'Lu',
  Lowercase_Letter: 'Ll',
  Mark: 'M',
  Number: 'N',
  Decimal_Number: 'Nd',
  Punctuation: 'P',
  Symbol: 'S',
  Separator: 'Z',
  Other: 'C',
}

function property(node: AST.UnicodePropertyCharacterSet): string {
  const name = node.value ?? node.key
  const written = `\\${node.negate ? 'P' : 'p'}{${CATEGORIES[name] ?? name}}`
  if (!isKnownProperty(written)) throw new Refusal({ code: 'E211', what: `\\p{${name}}` })
  return written
}

const knownProperties = new Map<string, boolean>()

function isKnownProperty(written: string): boolean {
  let isKnown = knownProperties.get(written)
  if (isKnown === undefined) {
    isKnown = canCompile(written)
    knownProperties.set(written, isKnown)
  }
  return isKnown
}

function canCompile(source: string): boolean {
  try {
    RE2JS.compile(source)
    return true
  } catch {
    return false
  }
}
