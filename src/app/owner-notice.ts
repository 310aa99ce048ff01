import type { Event } from '../domain/event.ts'
import { type AccountKey, asId, type ChatKey, type RuleId, runId, stepId } from '../domain/ids.ts'
import type { Run } from '../domain/run.ts'
import type { Store } from '../store/store.ts'
import type { AlarmChange } from './alarm.ts'

/** The id under which the daemon itself writes to the owner; no rule can have it. */
export const ALARM_RULE = asId<RuleId>('@alarm')
const ALARM_NAME = '告警'
/** The owner should hear of it, but not of what happened yesterday. */
const WORTH_KNOWING_MS = 6 * 3_600_000

export interface OwnerNotice {
  readonly account: AccountKey
  /** The chat whose order the notices keep; where they go is looked up when they are sent. */
  readonly lane: ChatKey
  readonly change: AlarmChange
  readonly text: string
}

/**
 * Writes to the owner by the same durable way as every reply: an event of our own that is accepted and handled in one
 * transaction, with one step. The same change twice is one notice. False when it was known.
 */
export function tellOwner(store: Store, { account, lane, change, text }: OwnerNotice): boolean {
  const { kind, state, at } = change
  const event: Event = {
    kind: 'other.received',
    type: 'alarm',
    id: asId(`${account}/a/${kind}/${state}/${at}`),
    account,
    at,
    receivedAt: at,
    messageId: '',
  }
  return store.transaction(() => {
    if (!store.inbox.insert(event)) return false
    return store.decisions.commit({
      event,
      decision: { kind: 'none', reason: null, rule: null },
      trace: null,
      runs: [runOf(event, lane, text)],
      writes: [],
    })
  })
}

function runOf(event: Event, lane: ChatKey, text: string): Run {
  const id = runId(event.id, ALARM_RULE)
  return {
    id,
    account: event.account,
    event: event.id,
    rule: ALARM_RULE,
    ruleName: ALARM_NAME,
    chat: lane,
    createdAt: event.at,
    expiresAt: event.at + WORTH_KNOWING_MS,
    steps: [
      {
        id: stepId(id, 0),
        effect: { kind: 'send', to: 'owner', text },
        delay: { kind: 'none' },
        onUncertain: 'resend',
      },
    ],
  }
}
