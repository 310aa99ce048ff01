import type { CooldownSpec, RuleSpec } from './spec.ts'

const FALLBACK_COOLDOWN_MS = 3_600_000

/** The cooldown that holds for a rule: a fallback without one has an hour per chat; a written 0 means none. */
export function cooldownOf(rule: RuleSpec): CooldownSpec | null {
  const { cooldown, section, place } = rule
  if (cooldown !== null) return cooldown.forMs === 0 ? null : cooldown
  if (section !== 'fallback') return null
  // biome-ignore lint/suspicious/noThenProperty: the key of the rule format; nobody awaits a rule.
  return { per: 'chat', forMs: FALLBACK_COOLDOWN_MS, then: 'silent', place }
}
