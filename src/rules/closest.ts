import { nearestName } from '../domain/problem.ts'
import type { Bilingual } from './diagnostic.ts'

/** The candidate that was probably meant: few edits away, or the same letters in another order (`whne`). */
export function closest(name: string, candidates: Iterable<string>): string | null {
  const written = name.trim().toLowerCase()
  const list = [...candidates]
  const letters = sortedLetters(written)
  return (
    nearestName(written, list) ?? list.find((one) => one.length > 2 && sortedLetters(one) === letters) ?? null
  )
}

/** The question that names it; undefined for null. */
export function question(nearest: string | null | undefined): Bilingual | undefined {
  return nearest == null ? undefined : { zh: `是不是“${nearest}”？`, en: `did you mean "${nearest}"?` }
}

function sortedLetters(word: string): string {
  return [...word].sort().join('')
}
