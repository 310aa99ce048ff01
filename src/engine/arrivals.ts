import type { Event, OwnerSpoke } from '../domain/event.ts'
import { messageCountKey } from '../domain/fact-keys.ts'
import type { Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import type { FactWrite } from '../domain/run.ts'
import type { Facts } from './facts.ts'
import { coreOf, foldKeyword } from './index/fold.ts'
import type { Ruleset } from './ruleset.ts'

/**
 * The changes that follow from an event itself, whatever is decided: messages counted for `count`, and the owner taking
 * a chat over or handing it back. Apply them after deciding, in the same transaction.
 */
export function arrivalWrites(input: {
  readonly ruleset: Ruleset
  readonly event: Event
  readonly facts: Facts
  readonly policy: Policy
  readonly now: Instant
}): readonly FactWrite[] {
  const { ruleset, event, now } = input
  if (event.kind === 'owner.spoke') return ownerWrites(event, input)
  if (event.kind !== 'message.received') return []
  const owner = { chat: event.chat.key, contact: event.sender.key }
  return [...ruleset.counted].map(([per, keepMs]) => ({
    kind: 'count',
    key: messageCountKey(per, owner),
    at: now,
    keepMs,
  }))
}

/** The owner's word to resume lifts every silence of the chat; any other word of theirs silences the bot there. */
function ownerWrites(
  { chat, content }: OwnerSpoke,
  { policy, facts, now }: { readonly policy: Policy; readonly facts: Facts; readonly now: Instant },
): readonly FactWrite[] {
  const { takeover } = policy
  if (takeover === null || chat.kind === 'filehelper') return []
  const said = coreOf(foldKeyword(content.text))
  if (takeover.resumeWords.some((word) => coreOf(foldKeyword(word)) === said)) {
    return [{ kind: 'unmute', chat: chat.key }]
  }
  if (takeover.onOwnerMessageMs === null) return []
  const until = now + takeover.onOwnerMessageMs
  // A longer silence, such as that of somebody who asked us to stop, is not cut short.
  if ((facts.mute(chat.key)?.until ?? 0) >= until) return []
  return [{ kind: 'mute', chat: chat.key, until, reason: 'takeover' }]
}
