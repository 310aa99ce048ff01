import type { Directory, NamePin } from '../actions/facts.ts'
import { type PlanSettings, plan } from '../actions/plan.ts'
import type { Config } from '../config/config.ts'
import type { Event } from '../domain/event.ts'
import type { ContactKey, Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import { arrivalWrites } from '../engine/arrivals.ts'
import { branchTest } from '../engine/branches.ts'
import { decide } from '../engine/decide.ts'
import type { RosterView } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import type { Clock } from '../support/clock.ts'
import type { Judge, Verdict } from './pipeline.ts'
import type { RunningRules } from './rules-runtime.ts'

/** The settings as deciding takes them. */
export function policyOf(config: Config): Policy {
  const { safety, takeover } = config
  return {
    timezone: config.timezone,
    maxAgeMs: safety.maxAgeMs,
    replyToOfficial: safety.replyToOfficial,
    replyToSelf: safety.replyToSelf,
    replyToStrangers: false,
    replyInUnnamedRooms: false,
    quietHours: config.quietHours,
    loopBreaker: safety.loopBreaker,
    takeover,
    stopWords: config.stopWords,
  }
}

/** The settings as planning takes them. `ownName` is asked for at each event: it is known only after a login. */
export function planSettingsOf(config: Config, policy: Policy, ownName: string): PlanSettings {
  return {
    timezone: config.timezone,
    ownName,
    replyTtlMs: config.send.replyTtlMs,
    onUncertain: config.send.onUncertain,
    typing: config.send.typing !== null,
    loopBreaker: policy.loopBreaker,
    takeover: policy.takeover,
  }
}

/** Names to chats, by the roster of this login. A name that fits several is nobody. */
export function directoryOf(roster: () => RosterView): Directory {
  const single = (name: string, kind: 'person' | 'room', pin: NamePin) => {
    const found = roster()
      .find(name)
      .filter((entry) => entry.kind === kind && (pin === 'any' || entry[pin] === name))
    const [only] = found
    return found.length === 1 && only !== undefined && !only.isAmbiguous ? only.key : null
  }
  return {
    findPerson: (name, pin) => single(name, 'person', pin) as string | null as ContactKey | null,
    findRoom: (name) => single(name, 'room', 'any'),
  }
}

export interface JudgeParts {
  readonly config: Config
  rules(): RunningRules
  ownName(): string
  readonly directory: Directory
  readonly outbox: Store['outbox']
  /** Messages from before this instant are kept and not answered; the records that tell which ones were are gone. */
  readonly answerFrom?: Instant
}

const KEPT_ONLY: Verdict = { decision: null, runs: [], writes: [], notes: [], isEcho: false }

const ECHO: Verdict = { decision: null, runs: [], writes: [], notes: [], isEcho: true }

/** The running rules and settings as one question. */
export function createJudge(parts: JudgeParts): Judge {
  const policy = policyOf(parts.config)
  return {
    judge(event: Event, facts: ReturnType<Store['facts']>, now: Instant): Verdict {
      if (event.kind === 'owner.spoke' && isEcho(event, parts.outbox)) return ECHO
      if (event.kind === 'message.received' && event.at < (parts.answerFrom ?? 0)) return KEPT_ONLY
      const { ruleset, book } = parts.rules()
      const decision = decide({ ruleset, event, facts, policy, now })
      const settings = planSettingsOf(parts.config, policy, parts.ownName())
      const planned = plan({
        book,
        decision,
        event,
        facts,
        policy: settings,
        now,
        directory: parts.directory,
        holds: branchTest({ ruleset, event, facts, now }),
      })
      const writes = [...arrivalWrites({ ruleset, event, facts, policy, now }), ...planned.writes]
      return { decision, runs: planned.runs, writes, notes: planned.notes, isEcho: false }
    },
    absorb(event: Event, facts: ReturnType<Store['facts']>, now: Instant): Verdict {
      const { ruleset } = parts.rules()
      const safety = { reason: 'merged', detail: '' } as const
      const { version: rulesVersion } = ruleset
      const trace = { event: event.id, rulesVersion, decidedAt: now, safety, tried: [] }
      const decision = { kind: 'suppressed', rule: null, reason: 'merged', trace } as const
      const writes = arrivalWrites({ ruleset, event, facts, policy, now })
      return { decision, runs: [], writes, notes: [], isEcho: false }
    },
  }
}

/** The same judge; `onJudged` hears how long each verdict took. */
export function timed(
  judge: Judge,
  clock: Pick<Clock, 'monotonic'>,
  onJudged: (event: Event, tookMs: number) => void,
): Judge {
  return {
    judge(event, facts, now) {
      const begun = clock.monotonic()
      const verdict = judge.judge(event, facts, now)
      onJudged(event, clock.monotonic() - begun)
      return verdict
    },
    absorb: (event, facts, now) => judge.absorb(event, facts, now),
  }
}

function isEcho(event: Extract<Event, { kind: 'owner.spoke' }>, outbox: Store['outbox']): boolean {
  return (
    outbox.matchEcho(event.account, event.chat.key, event.content.fullText, event.messageId).kind === 'echo'
  )
}
