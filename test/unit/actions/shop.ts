import type { NamePin } from '../../../src/actions/facts.ts'
import { type Plan, type PlanSettings, plan } from '../../../src/actions/plan.ts'
import type { Decision } from '../../../src/domain/decision.ts'
import type { Event, FlowExpired, ScheduleFired } from '../../../src/domain/event.ts'
import { asId, type ContactKey, flowEventId, type Instant, scheduleEventId } from '../../../src/domain/ids.ts'
import { DEFAULT_POLICY, type Policy } from '../../../src/domain/policy.ts'
import { arrivalWrites } from '../../../src/engine/arrivals.ts'
import { branchTest } from '../../../src/engine/branches.ts'
import { decide } from '../../../src/engine/decide.ts'
import { MemoryFacts } from '../../../src/engine/memory-facts.ts'
import { type CompiledRules, compileRules } from '../../../src/rules/compile.ts'
import { loadRules } from '../../../src/rules/load.ts'
import { treeOf } from '../../../src/rules/tree.ts'
import { message, NOON } from '../engine/world.ts'

const SETTINGS: PlanSettings = {
  ...DEFAULT_POLICY,
  ownName: '小店',
  replyTtlMs: 600_000,
  onUncertain: 'resend',
  typing: false,
}

/** What is wrong with a rules file, and what it compiles to. */
export async function compileText(text: string, today = '2026-11-23'): Promise<CompiledRules> {
  return await compileRules(loadRules(treeOf({ 'a.yml': text }), { today }), {
    timezone: 'Asia/Shanghai',
    today,
  })
}

/** A shop that decides and plans, with memory and without a disk. */
export class ShopInMemory {
  readonly facts = new MemoryFacts()
  rules: { ruleset: NonNullable<CompiledRules['ruleset']>; book: NonNullable<CompiledRules['book']> }
  /** Who goes by which name. */
  readonly people = new Map<string, string>()
  readonly rooms = new Map<string, string>()

  private constructor(rules: ShopInMemory['rules']) {
    this.rules = rules
  }

  static async open(text: string): Promise<ShopInMemory> {
    return new ShopInMemory(await rulesOf(text))
  }

  /** Decides, plans and remembers, as the pipeline does. */
  take(event: Event, now: Instant, policy: Partial<Policy> = {}): { decision: Decision; plan: Plan } {
    const { ruleset, book } = this.rules
    const whole = { ...DEFAULT_POLICY, ...policy }
    const input = { ruleset, event, facts: this.facts, policy: whole, now }
    const decision = decide(input)
    const made = plan({
      ...{ book, decision, event, facts: this.facts, now, policy: { ...SETTINGS, ...policy } },
      directory: {
        findPerson: (name: string, pin: NamePin) => {
          const key = this.people.get(pin === 'any' ? name : `${pin}:${name}`)
          return key === undefined ? null : asId<ContactKey>(key)
        },
        findRoom: (name: string) => {
          const key = this.rooms.get(name)
          return key === undefined ? null : asId(key)
        },
      },
      holds: branchTest(input),
    })
    this.facts.apply([...arrivalWrites(input), ...made.writes])
    this.facts.noteEvent(event)
    return { decision, plan: made }
  }

  /** Somebody says something; what is said back. */
  say(text: string, now: Instant = NOON, policy: Partial<Policy> = {}): readonly string[] {
    return textsOf(this.take(message(text, { at: now }), now, policy).plan)
  }

  /** A schedule rings. */
  ring(schedule: string, dueAt: Instant, now: Instant = dueAt, policy: Partial<Policy> = {}) {
    const account = message('').account
    const event: ScheduleFired = {
      kind: 'schedule.fired',
      id: scheduleEventId(account, schedule, dueAt),
      ...{ account, at: dueAt, receivedAt: now, messageId: '', schedule, dueAt, isLate: false },
    }
    return this.take(event, now, policy)
  }

  /** The time of the flow of the one person in this world runs out. */
  expire(flow: string, at: Instant, now: Instant = at, policy: Partial<Policy> = {}) {
    const { account, chat, sender } = message('')
    const event: FlowExpired = {
      kind: 'flow.expired',
      id: flowEventId(account, chat.key, sender.key, at),
      ...{ account, at, receivedAt: now, messageId: '', flow, chat, sender },
    }
    return this.take(event, now, policy)
  }
}

/** The compiled rules of a text. Throws when something is wrong with it. */
export async function rulesOf(text: string): Promise<ShopInMemory['rules']> {
  const { ruleset, book, diagnostics } = await compileText(text)
  if (ruleset === null || book === null) throw new Error(diagnostics.map((one) => one.message.en).join('\n'))
  return { ruleset, book }
}

/** The texts a plan sends, in order. */
export function textsOf(made: Plan): readonly string[] {
  return made.runs.flatMap((run) => run.steps.map((step) => step.effect.text))
}
