import type { Diagnostic, Place } from './diagnostic.ts'

/** One kind of mistake: a stable code and its sentence. `{name}` in a sentence is filled in when it is reported. */
export interface ProblemEntry {
  readonly code: string
  readonly zh: string
  readonly en: string
}

/** What fills the gaps of a sentence. */
export type ProblemParams = Readonly<Record<string, string | number>>

function fill(sentence: string, params: ProblemParams): string {
  return sentence.replace(/\{(\w+)\}/g, (gap, name: string) => String(params[name] ?? gap))
}

/** A diagnostic of this kind at a place; the severity follows from the code's first letter. */
export function diagnose(
  entry: ProblemEntry,
  place: Place,
  params: ProblemParams = {},
  hint?: { readonly zh: string; readonly en: string },
): Diagnostic {
  return {
    severity: entry.code.startsWith('E') ? 'error' : 'warning',
    code: entry.code,
    place,
    message: { zh: fill(entry.zh, params), en: fill(entry.en, params) },
    ...(hint === undefined ? {} : { hint }),
  }
}

/** A hint naming the candidate that was probably meant; undefined when none is close. */
export function didYouMean(
  name: string,
  candidates: Iterable<string>,
): { readonly zh: string; readonly en: string } | undefined {
  const nearest = nearestName(name, candidates)
  return nearest === null ? undefined : { zh: `是不是“${nearest}”？`, en: `did you mean "${nearest}"?` }
}

/**
 * The candidate with the smallest edit distance, if that is small for the name's length, else one of the same letters in
 * another order (`whne`); null when there is neither, or the name is too short to tell.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  if ([...name].length < 2 || /^[a-z]{2}$/i.test(name)) return null
  const list = [...candidates]
  const near = byDistance(name, list)
  if (near !== null) return near
  const order = sorted(name)
  const mayBe = sieve(name)
  return list.find((one) => one.length > 2 && mayBe(one, 1) && sorted(one) === order) ?? null
}

/**
 * Rules out, by its letters alone, nearly every candidate that is `limit` or more edits away: there may be very many. What
 * is written with surrogates is left to the exact way.
 */
function sieve(name: string): (candidate: string, limit: number) => boolean {
  const isPlain = !/[\ud800-\udfff]/.test(name)
  return (candidate, limit) => {
    const { length } = candidate
    if (!isPlain || length > 2 * (name.length + limit)) return !isPlain
    let strange = 0
    for (let at = 0; at < length; at++) {
      const unit = candidate.charCodeAt(at)
      if (unit >= 0xd800 && unit <= 0xdfff) return true
      if (!name.includes(candidate.charAt(at))) strange++
    }
    return Math.max(name.length - length, 0) + strange < limit
  }
}

function sorted(word: string): string {
  return [...word].sort().join('')
}

function byDistance(name: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor([...name].length / 3)) + 1
  const mayBe = sieve(name)
  for (const candidate of candidates) {
    if (!mayBe(candidate, bestDistance)) continue
    const distance = editDistance(name, candidate, bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Levenshtein distance in code points; stops early and returns `limit` when it is at least that. */
export function editDistance(left: string, right: string, limit = Number.POSITIVE_INFINITY): number {
  const a = Array.from(left)
  const b = Array.from(right)
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = b.map((_, index) => index + 1)
  previous.unshift(0)
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const swap = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      row.push(Math.min(swap, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1))
    }
    if (Math.min(...row) >= limit) return limit
    previous = row
  }
  return previous[b.length] ?? a.length
}
