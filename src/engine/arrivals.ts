import type { Event, FlowExpired, OwnerSpoke } from '../domain/event.ts'
import { messageCountKey } from '../domain/fact-keys.ts'
import { readFlowState } from '../domain/flow-state.ts'
import type { Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import type { FactWrite } from '../domain/run.ts'
import type { Facts } from './facts.ts'
import { turnWrites } from './fast-turns.ts'
import { coreOf, foldKeyword } from './index/fold.ts'
import type { Ruleset } from './ruleset.ts'
import { isTheOne } from './timed.ts'

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
  if (event.kind === 'flow.expired') return expiryWrites(event, input.facts)
  if (event.kind !== 'message.received') return []
  const owner = { chat: event.chat.key, contact: event.sender.key }
  const counts = [...ruleset.counted].map(
    ([per, keepMs]): FactWrite => ({ kind: 'count', key: messageCountKey(per, owner), at: now, keepMs }),
  )
  return [...counts, ...turnWrites(event, input)]
}

/** A flow whose time ran out is over, whether or not something may be said about it. */
function expiryWrites(event: FlowExpired, facts: Facts): readonly FactWrite[] {
  const state = readFlowState(facts.flow(event.chat.key, event.sender.key) ?? '')
  if (state === null || !isTheOne(event, state)) return []
  return [{ kind: 'flow', chat: event.chat.key, contact: event.sender.key, state: null }]
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
