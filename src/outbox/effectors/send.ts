import type { ChatKey, ClientMsgId } from '../../domain/ids.ts'
import type { Effect, SendOutcome } from '../../domain/run.ts'
import type { Sender } from '../ports.ts'

/** Where an effect goes; null when the owner's chat is not uniquely known. */
export function destinationOf(effect: Effect, sender: Pick<Sender, 'resolveOwner'>): ChatKey | null {
  if (effect.kind === 'reply') return effect.chat
  return effect.to === 'owner' ? sender.resolveOwner() : effect.to
}

/** What one attempt needs. */
export interface Attempt {
  readonly effect: Effect
  readonly chat: ChatKey | null
  readonly clientMsgId: ClientMsgId
}

/**
 * Carries out one reply. Never rejects: a sender that throws after it was called may have sent, so that is `uncertain`.
 */
export async function sendEffect(
  { effect, chat, clientMsgId }: Attempt,
  sender: Sender,
  signal: AbortSignal,
): Promise<SendOutcome> {
  if (chat === null) return { kind: 'unresolved', reason: 'recipient-missing' }
  try {
    return await sender.send({ chat, text: effect.text, clientMsgId }, signal)
  } catch (error) {
    return { kind: 'uncertain', problem: error instanceof Error ? error.name : 'unknown' }
  }
}
