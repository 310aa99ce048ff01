import { DecodeError, ServerRefusal, SessionExpired, Throttled, TransportError } from '../domain/errors.ts'
import type { Outgoing, SendOutcome } from '../domain/run.ts'
import { isAbort } from '../support/abort.ts'
import type { Api } from './api.ts'
import type { BoundedSet } from './bounded-set.ts'
import { encodeText } from './encode.ts'
import type { Roster } from './roster.ts'
import { RET } from './wire/ret.ts'

export interface SendTools {
  readonly api: Api
  readonly roster: Roster
  readonly ownSends: BoundedSet
  /** Called when an answer casts doubt on the session; only synccheck decides. */
  onDoubt(): void
}

/** A front server that says no before the gateway saw anything. */
const TOO_MANY: ReadonlySet<string> = new Set(['http-429', 'http-403'])

function transportOutcome(error: TransportError): SendOutcome {
  if (TOO_MANY.has(error.code)) {
    const afterMs = typeof error.retry === 'object' ? error.retry.afterMs : null
    return { kind: 'throttled', ret: Number(error.code.slice(5)), afterMs }
  }
  const isDefinite = !error.mayHaveBeenSent || /^http-4\d\d$/.test(error.code)
  return { kind: isDefinite ? 'not-sent' : 'uncertain', problem: error.code }
}

/** What a failed attempt means (reliability §3.3). Rethrows what is no failure of the talk with the server. */
export function outcomeOf(error: unknown): SendOutcome {
  if (error instanceof TransportError) return transportOutcome(error)
  if (error instanceof DecodeError) return { kind: 'uncertain', problem: 'unreadable-answer' }
  if (error instanceof Throttled) {
    return { kind: 'throttled', ret: error.ret, afterMs: null }
  }
  if (error instanceof SessionExpired) return { kind: 'session-gone', ret: error.ret }
  if (error instanceof ServerRefusal) {
    const isUnwritable = error.ret === RET.unwritable
    return { kind: 'refused', ret: error.ret, message: error.serverMessage, isUnwritable }
  }
  throw error
}

function isDoubtful(error: unknown): boolean {
  if (error instanceof SessionExpired || error instanceof DecodeError) return true
  return error instanceof ServerRefusal && error.ret === RET.unhealthy
}

/** One attempt at one text, to one resolved recipient. */
export async function sendText(
  tools: SendTools,
  outgoing: Outgoing,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const recipient = tools.roster.resolve(outgoing.chat)
  if (recipient.kind === 'ambiguous') return { kind: 'unresolved', reason: 'recipient-ambiguous' }
  if (recipient.kind === 'missing') {
    return tools.roster.isSettled
      ? { kind: 'unresolved', reason: 'recipient-missing' }
      : { kind: 'not-sent', problem: 'roster-loading' }
  }
  try {
    const answer = await tools.api.sendText(encodeText(outgoing, recipient.userName), signal)
    if (answer.MsgID !== '') tools.ownSends.add(answer.MsgID)
    return { kind: 'sent', messageId: answer.MsgID }
  } catch (error) {
    // Aborted from outside while bytes may be under way: nobody can say.
    if (isAbort(error)) return { kind: 'uncertain', problem: 'aborted' }
    if (isDoubtful(error)) tools.onDoubt()
    return outcomeOf(error)
  }
}
