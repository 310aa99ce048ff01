/** Where one QR code stands. `pushed` codes need no scan: the phone already knows the account. */
export type CodeState = 'fresh' | 'scanned' | 'confirmed' | 'cancelled' | 'expired'

import type { Owner } from './session.ts'

/** One login code from jslogin or push login to the exchange of its ticket. */
export interface LoginCode {
  readonly uuid: string
  readonly createdAt: number
  readonly isDesktop: boolean
  state: CodeState
  owner: Owner | null
  /** The 201 answer goes to a held poll once. */
  isAnnounced: boolean
  /** Polls so far, to know which one is the first. */
  polls: number
  ticket: string
  confirmedAt: number
  exchanges: number
}

/** A code as jslogin makes it. */
export function freshCode(uuid: string, createdAt: number, isDesktop: boolean): LoginCode {
  return {
    uuid,
    createdAt,
    isDesktop,
    state: 'fresh',
    owner: null,
    isAnnounced: false,
    polls: 0,
    ticket: '',
    confirmedAt: 0,
    exchanges: 0,
  }
}

/** What the poll says: `null` means hold on. `tip` 1 repeats 201; `tip` 0 says it once. */
export function pollCode(code: LoginCode, tip: string): 200 | 201 | 202 | 400 | null {
  switch (code.state) {
    case 'fresh':
      return null
    case 'scanned':
      return tip === '1' || !code.isAnnounced ? 201 : null
    case 'confirmed':
      return 200
    case 'cancelled':
      return 202
    case 'expired':
      return 400
  }
}
