import type { RuleSpec } from '../../domain/spec.ts'
import { type LintInput, remark, testsOf, textsOf } from './input.ts'

interface Simple {
  readonly rule: RuleSpec
  /** Folded keywords of a rule that asks for nothing but `text`. */
  readonly words: readonly string[]
}

/** Keywords looked at per load: the comparison of all with all would otherwise take its time on large tables. */
const MAX_WORDS = 20_000

/** Lints that need two rules: duplicate keywords, shadowed rules, unreachable fallbacks, two replies to one message. */
export function lintOverlap(input: LintInput): void {
  const rules = inOrder(input.spec.rules.filter((rule) => rule.isEnabled))
  shadowedByAll(rules, input)
  const owners = new Map<string, RuleSpec>()
  for (const { rule, words } of rules.map(simple).filter((one) => one !== null)) {
    compare(rule, words, owners, input)
    if (rule.observe) continue
    for (const word of words) if (!owners.has(word) && owners.size < MAX_WORDS) owners.set(word, rule)
  }
}

/** The order of evaluation within a section. */
function inOrder(rules: readonly RuleSpec[]): RuleSpec[] {
  return [...rules].sort((a, b) => b.priority - a.priority)
}

function compare(
  rule: RuleSpec,
  words: readonly string[],
  owners: ReadonlyMap<string, RuleSpec>,
  input: LintInput,
): void {
  const hiding = words.map((word) => coverOf(word, owners))
  const [first] = hiding
  const isHidden =
    words.length > 0 && hiding.every((one) => one !== undefined && !one.continues && !letsPass(one))
  if (isHidden && first !== undefined) {
    shadowed(rule, first, input)
    return
  }
  for (const word of words) {
    const other = owners.get(word)
    if (other === undefined || other === rule || letsPass(other)) continue
    if (other.continues) bothReply(rule, other, word, input)
    else duplicate(rule, other, word, input)
  }
}

/** True when a rule that matches may still leave the message to later ones. */
function letsPass(rule: RuleSpec): boolean {
  return [rule.cooldown, ...rule.limits].some((one) => one?.then === 'next')
}

/** The earlier rule that hits whenever this word is in the message: it has the word or a piece of it. */
function coverOf(word: string, owners: ReadonlyMap<string, RuleSpec>): RuleSpec | undefined {
  const own = owners.get(word)
  if (own !== undefined) return own
  if (word.length > 64) return undefined
  for (let start = 0; start < word.length; start++) {
    for (let end = start + 2; end <= word.length; end++) {
      const found = owners.get(word.slice(start, end))
      if (found !== undefined) return found
    }
  }
  return undefined
}

function simple(rule: RuleSpec): Simple | null {
  const { when } = rule
  if (rule.section !== 'rule' || rule.chance < 1 || rule.fromDate !== null || rule.untilDate !== null)
    return null
  if (when?.op !== 'test' || when.key !== 'text' || when.raw) return null
  const words = textsOf(when.value)
    .filter((word) => !word.startsWith('list:'))
    .map(folded)
  return { rule, words: words.filter((word) => [...word].length > 1) }
}

function folded(word: string): string {
  return word.normalize('NFKC').toLowerCase().trim()
}

function where(rule: RuleSpec): string {
  return `${rule.place.file}:${rule.place.line}`
}

function shadowed(rule: RuleSpec, other: RuleSpec, input: LintInput): void {
  remark(input, rule.place, 'W206', {
    zh: `规则“${rule.name}”轮不到：${where(other)} 的“${other.name}”总是先命中`,
    en: `the rule "${rule.name}" is never reached: "${other.name}" at ${where(other)} always matches first`,
  })
}

function duplicate(rule: RuleSpec, other: RuleSpec, word: string, input: LintInput): void {
  remark(input, rule.place, 'W205', {
    zh: `关键词“${word}”在 ${where(other)} 的“${other.name}”里已经有了，那条会先回复`,
    en: `the keyword "${word}" also stands in "${other.name}" at ${where(other)}, which answers first`,
  })
}

function bothReply(rule: RuleSpec, other: RuleSpec, word: string, input: LintInput): void {
  if (!replies(rule) || !replies(other)) return
  remark(input, rule.place, 'W231', {
    zh: `“${word}”会同时收到“${other.name}”（${where(other)}，写了 continue）和“${rule.name}”两条回复`,
    en: `"${word}" gets two replies: from "${other.name}" (${where(other)}, continue) and from "${rule.name}"`,
  })
}

function replies(rule: RuleSpec): boolean {
  return rule.actions.some((action) => action.kind === 'reply')
}

/** A rule for everything hides all later private rules and every fallback. */
function shadowedByAll(rules: readonly RuleSpec[], input: LintInput): void {
  const all = rules.find(
    (rule) =>
      rule.section === 'rule' &&
      rule.when === null &&
      rule.chance === 1 &&
      !rule.continues &&
      !letsPass(rule),
  )
  if (all !== undefined && !all.observe) {
    for (const rule of rules.slice(rules.indexOf(all) + 1)) {
      if (rule.section === 'rule' && isPrivateText(rule)) shadowed(rule, all, input)
    }
  }
  const last = rules.filter((rule) => rule.section === 'fallback' && isPrivateText(rule))
  const first = last.find((rule) => rule.when === null && rule.chance === 1 && !rule.observe)
  for (const rule of last) {
    const hiding =
      all ?? (first !== undefined && last.indexOf(rule) > last.indexOf(first) ? first : undefined)
    if (hiding !== undefined && hiding !== rule) unreachable(rule, hiding, input)
  }
}

function isPrivateText(rule: RuleSpec): boolean {
  return testsOf(rule.when).every((test) => !['chat', 'room', 'mention', 'kind', 'is'].includes(test.key))
}

function unreachable(rule: RuleSpec, other: RuleSpec, input: LintInput): void {
  remark(input, rule.place, 'W207', {
    zh: `兜底规则“${rule.name}”轮不到：${where(other)} 的“${other.name}”什么都回`,
    en: `the fallback "${rule.name}" is never reached: "${other.name}" at ${where(other)} answers everything`,
  })
}
