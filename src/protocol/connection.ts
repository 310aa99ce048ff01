import type { Connection, ConnectionKind } from '../domain/connection.ts'
import { InvariantError } from '../domain/errors.ts'
import type { AccountKey, Instant } from '../domain/ids.ts'
import { assertNever } from '../support/assert-never.ts'

/** What happened, as far as the connection cares. */
export type ConnectionInput =
  /** A code to scan exists. */
  | { readonly kind: 'code'; readonly qrText: string; readonly qrImageUrl: string; readonly nth: number }
  | { readonly kind: 'scanned' }
  /** A push login was accepted: the phone shows the question, no scan needed. */
  | { readonly kind: 'pushed' }
  /** Confirmed on the phone, or a saved session is being opened. */
  | { readonly kind: 'begin' }
  | {
      readonly kind: 'ready'
      readonly account: AccountKey
      readonly nick: string
      readonly uinEnd: string
    }
  | {
      readonly kind: 'failed'
      readonly problem: string
      readonly retryAt: Instant
      readonly attempt: number
    }
  | { readonly kind: 'ended'; readonly code: number }
  | { readonly kind: 'rejected'; readonly code: number; readonly message: string }
  /** The owner logged out, or the way to a login begins anew. */
  | { readonly kind: 'reset' }

/** From where each input may come. Everything else is a bug of ours. */
const LEGAL: Readonly<Record<ConnectionInput['kind'], readonly ConnectionKind[]>> = {
  code: ['signed-out', 'awaiting-scan', 'awaiting-confirm', 'backing-off', 'expired'],
  scanned: ['awaiting-scan', 'awaiting-confirm'],
  pushed: ['signed-out', 'backing-off', 'expired'],
  begin: ['signed-out', 'awaiting-scan', 'awaiting-confirm', 'backing-off', 'expired'],
  ready: ['starting', 'backing-off', 'online'],
  failed: ['signed-out', 'awaiting-scan', 'awaiting-confirm', 'starting', 'online', 'backing-off', 'expired'],
  ended: ['starting', 'online', 'backing-off'],
  rejected: [
    'signed-out',
    'awaiting-scan',
    'awaiting-confirm',
    'starting',
    'online',
    'backing-off',
    'expired',
  ],
  reset: [
    'signed-out',
    'awaiting-scan',
    'awaiting-confirm',
    'starting',
    'online',
    'backing-off',
    'expired',
    'refused',
  ],
}

function next(state: Connection, input: ConnectionInput): Connection {
  switch (input.kind) {
    case 'code':
      return { kind: 'awaiting-scan', qrText: input.qrText, qrImageUrl: input.qrImageUrl, nth: input.nth }
    case 'scanned':
      return { kind: 'awaiting-confirm', isPush: state.kind === 'awaiting-confirm' && state.isPush }
    case 'pushed':
      return { kind: 'awaiting-confirm', isPush: true }
    case 'begin':
      return { kind: 'starting' }
    case 'ready':
      return { kind: 'online', account: input.account, nick: input.nick, uinEnd: input.uinEnd }
    case 'failed':
      return {
        kind: 'backing-off',
        problem: input.problem,
        retryAt: input.retryAt,
        attempt: input.attempt,
      }
    case 'ended':
      return { kind: 'expired', code: input.code }
    case 'rejected':
      return { kind: 'refused', code: input.code, message: input.message }
    case 'reset':
      return { kind: 'signed-out' }
    default:
      return assertNever(input)
  }
}

/** The only way a connection changes. Throws InvariantError for a move that cannot happen. */
export function transition(state: Connection, input: ConnectionInput): Connection {
  if (!LEGAL[input.kind].includes(state.kind)) {
    throw new InvariantError('illegal move of the connection', { from: state.kind, input: input.kind })
  }
  return next(state, input)
}
