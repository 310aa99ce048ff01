/** Mistakes in values: lists, clock times, numbers inside regular expressions. */
import type { Place } from '../../src/domain/diagnostic.ts'
import type { Change } from './mutate-change.ts'

/** The list without each of its entries in turn. */
export function withoutEach<Item>(items: readonly Item[], place: Place): Change<readonly Item[]>[] {
  return items.map((item, index) => ({
    what: `without ${JSON.stringify(item)}`,
    place,
    value: items.toSpliced(index, 1),
  }))
}

/** A time window with each of its edges an hour off, and without each of its parts. */
export function mutateTime(value: unknown, place: Place): Change<unknown>[] {
  if (typeof value === 'string') {
    return shifted(value).map((text) => ({ what: `${value} -> ${text}`, place, value: text }))
  }
  if (Array.isArray(value)) {
    return [
      ...(value.length > 1 ? withoutEach(value, place) : []),
      ...value.flatMap((one, index) =>
        mutateTime(one, place).map((change) => ({ ...change, value: value.with(index, change.value) })),
      ),
    ]
  }
  const form = value as Record<string, unknown>
  return Object.entries(form).flatMap(([key, inner]) => {
    const { [key]: _, ...rest } = form
    const dropped = Object.keys(rest).length === 0 ? [] : [{ what: `without ${key}`, place, value: rest }]
    const changes = mutateTime(inner, place)
    return [...dropped, ...changes.map((one) => ({ ...one, value: { ...form, [key]: one.value } }))]
  })
}

/** The text with one clock time an hour earlier or later. */
function shifted(text: string): string[] {
  return [...text.matchAll(/(\d{1,2}):(\d{2})/g)].flatMap((match) =>
    [-1, 1].flatMap((by) => {
      const hour = Number(match[1]) + by
      const time = `${String(hour).padStart(2, '0')}:${match[2]}`
      return hour < 0 || hour > 24 ? [] : [replacedAt(text, match.index, match[0], time)]
    }),
  )
}

function replacedAt(text: string, at: number, old: string, put: string): string {
  return text.slice(0, at) + put + text.slice(at + old.length)
}

/** A pattern with one number changed, or without one of its alternatives. */
export function mutatePattern(pattern: string, place: Place): Change<string>[] {
  return [...otherNumbers(pattern), ...fewerAlternatives(pattern)].map((value) => ({
    what: `${pattern} -> ${value}`,
    place,
    value,
  }))
}

/** Numbers of a repetition go up by one; other digits become the next digit. */
function otherNumbers(pattern: string): string[] {
  return [...pattern.matchAll(/\d+/g)].flatMap((match) => {
    const isRepetition = /\{[\d,]*$/.test(pattern.slice(0, match.index))
    if (isRepetition) return [replacedAt(pattern, match.index, match[0], String(Number(match[0]) + 1))]
    return [...match[0]].map((digit, index) =>
      replacedAt(pattern, match.index + index, digit, String((Number(digit) + 1) % 10)),
    )
  })
}

/** The pattern without each alternative of its groups that hold no other group, and of the whole. */
function fewerAlternatives(pattern: string): string[] {
  const groups = [...pattern.matchAll(/(\((?:\?(?::|<[^>]+>))?)([^()]*\|[^()]*)\)/g)].flatMap((match) =>
    withoutOne(match[2]?.split('|') ?? []).map((rest) =>
      replacedAt(pattern, match.index, match[0], `${match[1]}${rest})`),
    ),
  )
  return [...groups, ...withoutOne(topLevel(pattern))]
}

function withoutOne(alternatives: readonly string[]): string[] {
  return alternatives.length < 2
    ? []
    : alternatives.map((_, index) => alternatives.toSpliced(index, 1).join('|'))
}

/** The pattern cut at the bars outside of all brackets. */
function topLevel(pattern: string): string[] {
  const parts = ['']
  let depth = 0
  for (const sign of pattern) {
    if (sign === '(' || sign === '[') depth++
    if (sign === ')' || sign === ']') depth--
    if (sign === '|' && depth === 0) parts.push('')
    else parts.push((parts.pop() ?? '') + sign)
  }
  return parts
}
