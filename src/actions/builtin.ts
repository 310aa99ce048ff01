import { BUILTIN_RULES } from '../domain/builtin.ts'
import type { RuleId } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import { HANDOVER_TEXT } from './kinds/handover.ts'
import type { Planner } from './planner.ts'

/** Until the owner resumes; long enough to be for ever, short enough to be a date. */
const FOR_EVER_MS = 100 * 365 * 86_400_000
const HANDOVER_MS = 2 * 3_600_000
const STOP_TEXT = '好的，以后不再自动回复您。'

/** What a built-in reaction does; null for any other id. */
export function builtinActions(
  rule: RuleId,
  policy: Pick<Policy, 'loopBreaker' | 'takeover'>,
): ((planner: Planner) => void) | null {
  switch (rule) {
    case BUILTIN_RULES.stop:
      return (planner) => {
        planner.reply(STOP_TEXT)
        planner.mute(FOR_EVER_MS, 'stop-words')
      }
    case BUILTIN_RULES.handover:
      return (planner) => {
        planner.reply(HANDOVER_TEXT)
        planner.send('owner', `${who(planner)} 需要人工`)
        planner.mute(policy.takeover?.onOwnerMessageMs ?? HANDOVER_MS, 'takeover')
      }
    case BUILTIN_RULES.loop:
      return (planner) => {
        const { muteMs = 0, notify = null } = policy.loopBreaker?.onTrip ?? {}
        if (notify === 'owner') planner.send('owner', `${who(planner)} 像是机器人，已停止回复`)
        planner.mute(muteMs, 'loop-breaker')
      }
    default:
      return null
  }
}

function who(planner: Planner): string {
  return planner.value('room.name') || planner.value('sender.name') || '对方'
}
