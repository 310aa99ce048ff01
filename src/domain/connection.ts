import type { AccountKey, Instant } from './ids.ts'

/**
 * Where we stand with the server; `protocol/connection.ts` owns the legal moves.
 * `signed-out` -> `awaiting-scan` -> `awaiting-confirm` -> `starting` -> `online` <-> `backing-off` -> `expired` / `refused`.
 */
export type Connection =
  | { readonly kind: 'signed-out' }
  | {
      readonly kind: 'awaiting-scan'
      /** The text that the QR code carries, and the address of the server's own picture of it. Login credentials while open. */
      readonly qrText: string
      readonly qrImageUrl: string
      /** 1 for the first code of this attempt. */
      readonly nth: number
    }
  | { readonly kind: 'awaiting-confirm'; readonly isPush: boolean }
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'online'
      readonly account: AccountKey
      readonly nick: string
      /** The last two digits of the account's number, for the owner to recognise; the number itself is a credential. */
      readonly uinEnd: string
    }
  | {
      readonly kind: 'backing-off'
      readonly problem: string
      readonly retryAt: Instant
      readonly attempt: number
    }
  /** The server ended the session (1100/1101/1102). */
  | { readonly kind: 'expired'; readonly code: number }
  /** The server refuses this account or environment; its own words. Nothing is tried again until asked. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }

export type ConnectionKind = Connection['kind']

/** Every kind, in the order of a life. */
export const CONNECTION_KINDS = [
  'signed-out',
  'awaiting-scan',
  'awaiting-confirm',
  'starting',
  'online',
  'backing-off',
  'expired',
  'refused',
] as const satisfies readonly ConnectionKind[]

/** One change of connection, as told to whoever watches. */
export interface ConnectionChange {
  readonly from: Connection
  readonly to: Connection
  readonly at: Instant
  /** Why, in a few constant words fit for a log line. */
  readonly reason: string
}
