import type { AccountKey } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'

const PIN = 'account'

/** Which account this data folder belongs to. */
export interface AccountPin {
  /** The account of the last login; null before the first one. */
  current(): AccountKey | null
  /** Remembers the first account; later ones are refused unless changing is allowed. */
  admit(account: AccountKey): 'ok' | 'other-account'
}

/**
 * With policy `first` the first account that logs in is pinned, so that a stranger who scans our code does not become
 * the one who speaks for the shop. With `any` the newest account takes over; rows of the others stay and are not touched.
 */
export function accountPin(meta: Store['meta'], policy: 'first' | 'any'): AccountPin {
  const current = () => meta.get(PIN) as AccountKey | null
  return {
    current,
    admit(account) {
      const pinned = current()
      if (pinned !== null && pinned !== account && policy === 'first') return 'other-account'
      if (pinned !== account) meta.set(PIN, account)
      return 'ok'
    },
  }
}
