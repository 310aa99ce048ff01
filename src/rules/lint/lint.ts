import type { LintInput } from './input.ts'
import { lintMedia } from './media.ts'
import { lintOverlap } from './overlap.ts'
import { lintReach } from './reach.ts'
import { lintReserved } from './reserved.ts'
import { lintRule } from './rule.ts'
import { lintText } from './text.ts'
import { lintUnused } from './unused.ts'

/** Reports everything that is allowed but probably not meant, and files that are missing. */
export function lintRules(input: LintInput): void {
  lintText(input)
  for (const rule of input.rules) {
    lintRule(rule, input)
    lintReach(rule, input)
  }
  lintReserved(input)
  lintMedia(input)
  if (!input.isWhole) return
  lintOverlap(input)
  lintUnused(input)
}
