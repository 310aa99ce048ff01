import { flowRuleId, flowTimeoutId } from '../domain/builtin.ts'
import type { FlowTurn, RuleAct, SuppressReason, TraceEntry } from '../domain/decision.ts'
import type { RuleId } from '../domain/ids.ts'
import { type Answer, type Asking, ageOf, askRule, isTooOld, outcomeOf, traceEntry } from './ask.ts'
import { beginFlow, flowOf, takeTurn, timeoutOf } from './flow.ts'
import type { Hit } from './matchers/matcher.ts'
import type { CompiledRule, Ruleset } from './ruleset.ts'

/** What came of asking the rules. */
export interface Walked {
  readonly acts: readonly RuleAct[]
  readonly refused: { readonly rule: RuleId; readonly reason: SuppressReason } | null
  readonly tried: readonly TraceEntry[]
  /** Rules with a regular expression that the message's allowance did not cover. */
  readonly cut: readonly RuleId[]
  /** Rules were left out because the message is too old, or because of quiet hours. */
  readonly leftOut: 'too-old' | 'quiet-hours' | null
}

/** Failing rules beyond this many are not written into a trace; `explain` shows all. */
const MAX_FAILED = 20

/** Asks rules in order until one ends it: guards, the active flow, flow starts and rules, then fallbacks if nothing acted. */
export function walk(
  ruleset: Ruleset,
  orders: Iterable<number>,
  asking: Asking & { readonly isQuiet: boolean },
): Walked {
  const walker = new Walker(ruleset, asking)
  const { subject } = asking
  const active = subject.flow()
  let flowIsDue = active !== null
  for (const order of orders) {
    const rule = ruleset.rules.at(order)
    if (rule === undefined) continue
    // While a flow is active, only guards and rules that may interrupt it are asked, then the flow has its turn.
    if (flowIsDue && rule.section === 'fallback') break
    if (flowIsDue && rule.section !== 'guard' && !rule.interruptsFlow) continue
    if (rule.section === 'fallback' && walker.acts.length > 0) break
    if (walker.take(rule) === 'end') {
      flowIsDue = false
      break
    }
  }
  if (active !== null && flowIsDue) walker.takeFlowTurn(takeTurn(flowOf(ruleset, active), active, subject))
  const expired = subject.expiredFlow()
  if (expired !== null && flowOf(ruleset, expired)?.speaksAtTimeout === true)
    walker.endExpired(timeoutOf(expired))
  return walker
}

class Walker implements Walked {
  readonly acts: RuleAct[] = []
  readonly tried: TraceEntry[] = []
  readonly cut: RuleId[] = []
  refused: Walked['refused'] = null
  leftOut: Walked['leftOut'] = null
  readonly #ruleset: Ruleset
  readonly #asking: Asking & { readonly isQuiet: boolean }
  readonly #ageMs: number
  #failed = 0

  constructor(ruleset: Ruleset, asking: Asking & { readonly isQuiet: boolean }) {
    this.#ruleset = ruleset
    this.#asking = asking
    this.#ageMs = ageOf(asking.subject.event.at, asking.subject.now)
  }

  /** Asks one rule and notes what it said. */
  take(rule: CompiledRule): 'end' | 'go' {
    const late = this.#isLeftOut(rule)
    if (late !== null) {
      this.leftOut ??= late
      return 'go'
    }
    const { regexBudget } = this.#asking.subject
    const refusals = regexBudget.refusals
    const answer = askRule(rule, this.#asking)
    if (regexBudget.refusals > refusals) this.cut.push(rule.id)
    this.#note(rule, answer)
    switch (answer.kind) {
      case 'no':
        return 'go'
      case 'refused':
        return this.#refuse(rule, answer)
      case 'yes':
        return this.#act(rule, answer.hit)
    }
  }

  takeFlowTurn(turn: FlowTurn): void {
    const { policy, subject, isQuiet } = this.#asking
    const isOld = policy.maxAgeMs !== null && this.#ageMs > policy.maxAgeMs
    if (isOld || isQuiet) {
      this.leftOut ??= isOld ? 'too-old' : 'quiet-hours'
      return
    }
    const matched = subject.text
    const act = { rule: flowRuleId(turn.flow), matched, captures: {}, flow: turn }
    this.acts.push(act)
    this.tried.push(flowEntry(this.#ruleset, act))
  }

  /** A message that comes before the end of the time was noticed: the end is said first, the message stands outside. */
  endExpired(turn: FlowTurn): void {
    if (this.#asking.isQuiet) return
    const act = { rule: flowTimeoutId(turn.flow), matched: '', captures: {}, flow: turn }
    this.acts.unshift(act)
    this.tried.unshift(flowEntry(this.#ruleset, act))
  }

  #isLeftOut(rule: CompiledRule): Walked['leftOut'] {
    if (isTooOld(rule, this.#ageMs, this.#asking.policy)) return 'too-old'
    return this.#asking.isQuiet && !rule.ignoreQuiet && rule.section !== 'guard' ? 'quiet-hours' : null
  }

  #note(rule: CompiledRule, answer: Answer): void {
    if (answer.kind === 'no' && ++this.#failed > MAX_FAILED) return
    this.tried.push(traceEntry(rule, outcomeOf(rule, answer)))
  }

  #refuse(rule: CompiledRule, answer: Extract<Answer, { kind: 'refused' }>): 'end' | 'go' {
    if (answer.next === 'next' || rule.observe) return 'go'
    if (typeof answer.next === 'object')
      this.acts.push({ ...actOf(rule, answer.hit), refusal: answer.next.reply })
    else this.refused ??= { rule: rule.id, reason: answer.reason }
    return 'end'
  }

  #act(rule: CompiledRule, hit: Hit): 'end' | 'go' {
    if (rule.observe) return 'go'
    if (rule.isSilent) {
      if (!rule.continues) this.refused ??= { rule: rule.id, reason: 'guard' }
      return rule.continues ? 'go' : 'end'
    }
    const flow = rule.flow === null ? null : this.#ruleset.flows.get(rule.flow)
    const turn =
      flow == null
        ? null
        : beginFlow(flow, hit, { version: this.#ruleset.version, subject: this.#asking.subject })
    this.acts.push({ ...actOf(rule, hit), ...(turn === null ? {} : { flow: turn }) })
    return rule.continues ? 'go' : 'end'
  }
}

/** The line of a trace for a move of a flow. */
export function flowEntry(ruleset: Ruleset, { rule, matched, flow }: RuleAct): TraceEntry {
  const name = flow?.flow ?? ''
  return {
    rule,
    name: `流程 ${name}`,
    place: ruleset.flows.get(name)?.steps[0]?.spec.place ?? { file: '', line: 1, column: 1 },
    outcome: { kind: 'matched', matched, captures: {} },
  }
}

function actOf(rule: CompiledRule, hit: Hit): RuleAct {
  return { rule: rule.id, matched: hit.matched ?? '', captures: hit.captures ?? {} }
}
