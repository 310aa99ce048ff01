import { nearestName } from '../domain/problem.ts'
import type { Bilingual } from './diagnostic.ts'

/** The candidate that was probably meant, whatever the case and spaces around it. */
export function closest(name: string, candidates: Iterable<string>): string | null {
  return nearestName(name.trim().toLowerCase(), candidates)
}

/** The question that names it; undefined for null. */
export function question(nearest: string | null | undefined): Bilingual | undefined {
  return nearest == null ? undefined : { zh: `是不是“${nearest}”？`, en: `did you mean "${nearest}"?` }
}
