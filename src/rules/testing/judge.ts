import type { Decision } from '../../domain/decision.ts'
import { plainRegex } from '../../engine/index/regex.ts'
import type { Bilingual } from '../diagnostic.ts'
import type { ExpectSpec } from './spec.ts'

/** What one turn led to. */
export interface Outcome {
  /** What the customer reads, in order. */
  readonly replies: readonly string[]
  readonly decision: Decision | null
  /** Id, name and kinds of actions of every rule that acted, or that would have but for its cooldown or limit. */
  readonly acted: readonly {
    readonly id: string
    readonly name: string
    readonly actions: readonly string[]
    readonly isRefused: boolean
    /** Those among them, at any depth, that this version does not carry out. */
    readonly later: readonly string[]
  }[]
}

/** Why the outcome is not what was expected; null when it is. */
export function judge(expect: ExpectSpec, outcome: Outcome): Bilingual | null {
  return (
    judgeSilence(expect, outcome) ??
    judgeTexts(expect, outcome) ??
    judgeExact(expect, outcome) ??
    judgeRule(expect, outcome)
  )
}

function judgeSilence(expect: ExpectSpec, { replies, decision }: Outcome): Bilingual | null {
  if (!expect.nothing && !expect.limited) return null
  if (replies.length > 0)
    return { zh: `应该不回，却回了 ${shown(replies)}`, en: `expected silence, got ${shown(replies)}` }
  const isLimited =
    decision?.kind === 'suppressed' && (decision.reason === 'cooldown' || decision.reason === 'limit')
  if (!expect.limited || isLimited) return null
  return {
    zh: '应该因为冷却或次数限制不回，其实是没有规则命中',
    en: 'expected a cooldown or limit; no rule matched',
  }
}

function judgeTexts({ text, texts }: ExpectSpec, { replies }: Outcome): Bilingual | null {
  if (text !== null && !replies.some((reply) => reply.includes(text))) {
    return {
      zh: `应该包含 ${shown([text])}，实际 ${shown(replies)}`,
      en: `expected ${shown([text])}, got ${shown(replies)}`,
    }
  }
  if (texts === null) return null
  const isEach = texts.every((one, index) => replies[index]?.includes(one) === true)
  if (isEach && replies.length === texts.length) return null
  return {
    zh: `应该依次回 ${texts.length} 条，包含 ${shown(texts)}，实际 ${replies.length} 条 ${shown(replies)}`,
    en: `expected ${texts.length} in order with ${shown(texts)}, got ${replies.length}: ${shown(replies)}`,
  }
}

function judgeExact({ exact, regex }: ExpectSpec, { replies }: Outcome): Bilingual | null {
  if (exact !== null && !replies.some((reply) => reply.trim() === exact.trim())) {
    return {
      zh: `应该正好是“${exact}”，实际 ${shown(replies)}`,
      en: `expected exactly "${exact}", got ${shown(replies)}`,
    }
  }
  if (regex !== null && !replies.some((reply) => plainRegex(regex)?.(reply) === true)) {
    return {
      zh: `应该符合正则 ${regex}，实际 ${shown(replies)}`,
      en: `expected /${regex}/, got ${shown(replies)}`,
    }
  }
  return null
}

/** `rule` together with silence asks which rule was silent. */
function judgeRule({ rule, actions, nothing, limited }: ExpectSpec, outcome: Outcome): Bilingual | null {
  const acted = outcome.acted.filter((one) => nothing || limited || !one.isRefused)
  const names = acted.map((one) => one.name)
  if (rule !== null && !acted.some((one) => one.name === rule || one.id === rule)) {
    return {
      zh: `应该由规则“${rule}”回答，实际 ${shown(names)}`,
      en: `expected rule "${rule}", got ${shown(names)}`,
    }
  }
  const kinds = acted.flatMap((one) => one.actions)
  if (actions !== null && actions.join() !== kinds.join()) {
    return {
      zh: `应该做 ${shown(actions)}，实际 ${shown(kinds)}`,
      en: `expected ${shown(actions)}, got ${shown(kinds)}`,
    }
  }
  return null
}

function shown(list: readonly string[]): string {
  return list.length === 0 ? '（没有 / nothing）' : list.map((one) => `“${one}”`).join('、')
}
