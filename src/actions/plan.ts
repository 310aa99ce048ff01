import { BUILTIN_RULES } from '../domain/builtin.ts'
import type { Decision, FlowTurn, RuleAct } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import { cooldownKey, limitKey } from '../domain/fact-keys.ts'
import type { ChatKey, Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import type { FactWrite, Run } from '../domain/run.ts'
import { assertNever } from '../support/assert-never.ts'
import type { ActionBook, BookFlow, BookRule } from './book.ts'
import { builtinActions } from './builtin.ts'
import type { ActionFacts, Directory } from './facts.ts'
import { Memory } from './memory.ts'
import { planSchedule } from './plan-schedule.ts'
import { type PlanNote, Planner, type PlannerInput, type PlanPolicy } from './planner.ts'
import { senderOf } from './values.ts'

/** The settings that planning needs: those about sending and those about silence. */
export type PlanSettings = PlanPolicy & Pick<Policy, 'loopBreaker' | 'takeover'>

export interface PlanInput {
  readonly book: ActionBook
  readonly decision: Decision
  readonly event: Event
  readonly facts: ActionFacts
  readonly policy: PlanSettings
  readonly now: Instant
  /** Absent: nobody but the owner can be written to by name. */
  readonly directory?: Directory
  /** What the condition of a `choose` branch captures, null when it does not hold; absent: none does. */
  readonly holds?: (branch: string) => Readonly<Record<string, string>> | null
}

/** What a decision leads to: runs to store, state to change, and notes for the log. */
export interface Plan {
  readonly runs: readonly Run[]
  readonly writes: readonly FactWrite[]
  readonly notes: readonly PlanNote[]
}

const NOTHING: Plan = { runs: [], writes: [], notes: [] }
const CANCELLED = '好的，已取消。'
const CHANGED = '刚才的流程有变动，先到这里；需要的话请重新开始。'

/** Expands a decision. Pure: the same arguments give the same plan. */
export function plan(input: PlanInput): Plan {
  const { decision, event } = input
  if (decision.kind !== 'act') return NOTHING
  if (event.kind === 'schedule.fired') return planSchedule(event, decision.acts, input)
  if (!('chat' in event)) return NOTHING
  const chat = event.chat.key
  const memory = new Memory(input.facts, { chat, sender: senderOf(event)?.key ?? null, now: input.now })
  const plans = decision.acts.map((act) => planAct(act, chat, input, memory))
  const whole: Plan = {
    runs: plans.flatMap((one) => one.runs),
    writes: plans.flatMap((one) => one.writes),
    notes: plans.flatMap((one) => one.notes),
  }
  return repeatsItself(whole.runs, chat, input) ? planAct(LOOP, chat, input) : whole
}

const LOOP: RuleAct = { rule: BUILTIN_RULES.loop, matched: '', captures: {} }

/** `memory` is shared by the acts of one decision: a later rule sees what an earlier one remembered. */
function planAct(act: RuleAct, chat: ChatKey, input: PlanInput, memory?: Memory): Plan {
  const { book, event, facts, policy, now, directory, holds } = input
  const planned: PlannerInput = {
    book,
    act,
    event,
    chat,
    facts,
    directory: directory ?? null,
    policy,
    now,
    holds,
    ...(memory === undefined ? {} : { memory }),
  }
  const planner = new Planner(planned)
  const rule = book.rules.get(act.rule)
  const builtin = builtinActions(act.rule, policy)
  if (builtin !== null) builtin(planner)
  else if (act.flow !== undefined) planFlow(act.flow, flowOf(act.flow, book), planner)
  else if (rule !== undefined) planRule(act, rule, planner)
  const { run, writes, notes } = planner.finish({ isOnce: rule?.isOnce ?? false, name: rule?.name })
  const isRefusal = act.refusal !== undefined
  return {
    runs: run === null ? [] : [run],
    writes: rule === undefined || isRefusal ? writes : [...writes, ...ruleWrites(act, rule, chat, input)],
    notes,
  }
}

function planRule(act: RuleAct, rule: BookRule, planner: Planner): void {
  if (act.refusal === undefined) {
    planner.runGuarded(rule.actions, rule.onError)
    return
  }
  const text = planner.render(rule.refusals.get(act.refusal))
  if (text !== null) planner.reply(text)
}

/** Cooldowns count from the decision; limits of one scope share a counter that is kept for the longest of them. */
function ruleWrites(act: RuleAct, rule: BookRule, chat: ChatKey, input: PlanInput): readonly FactWrite[] {
  const owner = { rule: act.rule, chat, contact: senderOf(input.event)?.key ?? null }
  const writes: FactWrite[] = []
  if (rule.mode === 'restart') writes.push({ kind: 'cancel', rule: act.rule, chat })
  if (rule.cooldown !== null) {
    const { per, forMs } = rule.cooldown
    writes.push({ kind: 'cooldown', key: cooldownKey(per, owner), until: input.now + forMs })
  }
  const keep = new Map<string, number>()
  for (const { per, inMs } of rule.limits) {
    const key = limitKey(per, owner)
    keep.set(key, Math.max(inMs, keep.get(key) ?? 0))
  }
  for (const [key, keepMs] of keep) writes.push({ kind: 'count', key, at: input.now, keepMs })
  return writes
}

/** The words of the version that the person began with, if they are still known. */
function flowOf({ flow, version }: FlowTurn, book: ActionBook): BookFlow | undefined {
  return book.earlierFlows.get(version)?.get(flow) ?? book.flows.get(flow)
}

function planFlow(turn: FlowTurn, flow: BookFlow | undefined, planner: Planner): void {
  planner.saveFlow(turn.state)
  if (turn.move === 'gone') say(planner, CHANGED)
  if (flow === undefined) return
  const step = flow.steps.find((one) => one.id === turn.step)
  switch (turn.move) {
    case 'ask':
      say(planner, planner.render(step?.ask))
      return
    case 'retry':
      say(planner, planner.render(step?.retry ?? step?.ask))
      return
    case 'give-up':
      planner.runAll(step?.onGiveUp ?? [])
      return
    case 'cancel':
      if (flow.onCancel === null) say(planner, CANCELLED)
      else planner.runAll(flow.onCancel)
      return
    case 'done':
      planner.runAll(flow.done)
      return
    case 'timeout':
      planner.runAll(flow.onTimeout)
      return
    case 'gone':
      return
    default:
      assertNever(turn.move)
  }
}

function say(planner: Planner, text: string | null): void {
  if (text !== null && text.trim() !== '') planner.reply(text)
}

/** How many of the latest replies are looked at for repetition. */
const RECENT = 20

/** True when a reply of this plan was already said as often as the loop breaker allows. */
function repeatsItself(runs: readonly Run[], chat: ChatKey, input: PlanInput): boolean {
  const limit = input.policy.loopBreaker?.sameReply
  if (limit == null || runs.length === 0) return false
  const since = input.now - limit.inMs
  const recent = input.facts.recentReplies(chat, RECENT).filter((one) => one.at >= since)
  const texts = runs.flatMap((run) =>
    run.steps.map((step) => (step.effect.kind === 'reply' ? step.effect.text : '')),
  )
  return texts.some((text) => text !== '' && recent.filter((one) => one.text === text).length >= limit.max)
}
