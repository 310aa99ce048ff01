import type { RuleAct } from '../domain/decision.ts'
import type { ScheduleFired } from '../domain/event.ts'
import { asId, type ChatKey } from '../domain/ids.ts'
import { reasonPhrase } from '../domain/reasons.ts'
import type { BookSchedule } from './book.ts'
import { describeRecipient, type Recipient } from './kinds/recipient.ts'
import type { Plan, PlanInput } from './plan.ts'
import { Planner } from './planner.ts'
import { chatOf } from './recipients.ts'

/** The order that texts of schedules to the owner keep among themselves; the owner's chat is found when they are sent. */
const OWNER_LINE = asId<ChatKey>('@owner')

/**
 * One run for each recipient of a schedule. A recipient that is not found, not unique, silenced or asked us to stop is
 * left out and noted. A text whose sending is in doubt is held: nobody waits for it, and twice would be worse.
 */
export function planSchedule(event: ScheduleFired, acts: readonly RuleAct[], input: PlanInput): Plan {
  const schedule = input.book.schedules.get(event.schedule)
  const [act] = acts
  if (schedule === undefined || act === undefined) return { runs: [], writes: [], notes: [] }
  const plans = schedule.to.map((to, index) => planOne({ schedule, act, event, to, index }, input))
  return {
    runs: plans.flatMap((one) => one.runs),
    writes: plans.flatMap((one) => one.writes),
    notes: plans.flatMap((one) => one.notes),
  }
}

type Words = ReturnType<typeof reasonPhrase>

const NOBODY: Words = { zh: '找不到，或不止一个，没有发', en: 'recipient not found or not unique' }

interface Target {
  readonly schedule: BookSchedule
  readonly act: RuleAct
  readonly event: ScheduleFired
  readonly to: Recipient
  readonly index: number
}

function planOne({ schedule, act, event, to, index }: Target, input: PlanInput): Plan {
  const isToOwner = to === 'owner'
  const chat = isToOwner ? OWNER_LINE : chatOf(to, input.directory ?? null)
  const silence = chat === null ? NOBODY : silenceOf(chat, input)
  if (chat === null || silence !== null) {
    const whom = describeRecipient(to)
    const text = `${silence?.zh ?? ''}: ${whom}`
    const english = `${silence?.en ?? ''}: ${whom}`
    const note = { level: 'warn', text, english, rule: act.rule, action: 'send', kind: 'problem' } as const
    return { runs: [], writes: [], notes: [note] }
  }
  const runRule = index === 0 ? act.rule : asId<typeof act.rule>(`${act.rule}/${index + 1}`)
  const { book, facts, policy, now, directory = null, holds } = input
  const planner = new Planner({
    ...{ book, act, event, chat, isToOwner, runRule, facts, directory, now, holds },
    policy: { ...policy, onUncertain: 'hold' },
  })
  planner.runAll(schedule.actions)
  const { run, writes, notes } = planner.finish({ isOnce: true, name: `定时任务 ${schedule.name}` })
  return { runs: run === null ? [] : [run], writes, notes }
}

/** Why a chat is not written to by the clock; null when it may be. */
function silenceOf(chat: ChatKey, { facts, now }: PlanInput): Words | null {
  if (facts.isPaused(chat, now)) return reasonPhrase('paused')
  const mute = facts.mute(chat)
  return mute !== null && mute.until > now ? reasonPhrase('muted') : null
}
