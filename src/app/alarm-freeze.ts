import type { AccountKey, Instant } from '../domain/ids.ts'
import { type Freeze, type FreezeMemory, isFrozenTooOften } from '../outbox/freeze.ts'
import type { Store } from '../store/store.ts'
import { numberOr, readObject } from './alarm-memory.ts'

/** Freezes of the account, and the stop that two of them in a day lead to. */
export interface Freezes extends FreezeMemory {
  /** True from the second freeze of a day until a person resumed. */
  isSuspended(account: AccountKey): boolean
  /** Ends a suspension whose pause a person has lifted; true when it did. */
  settle(account: AccountKey): boolean
}

type Parts = { readonly store: Pick<Store, 'meta' | 'outbox' | 'transaction'>; now(): Instant }

/**
 * A suspension is a pause of everything in the store, so that deciding and sending need to know nothing more, together
 * with a mark that tells it from a pause the owner asked for.
 */
export function freezes({ store, now }: Parts): Freezes {
  const { meta, outbox } = store
  const freezeKey = (account: AccountKey) => `freeze/${account}`
  const markKey = (account: AccountKey) => `suspended/${account}`
  const isMarked = (account: AccountKey) => meta.get(markKey(account)) !== null
  const isPaused = (account: AccountKey) => outbox.paused(account).some((pause) => pause.chat === null)

  function suspend(account: AccountKey): void {
    meta.set(markKey(account), String(now()))
    outbox.setPaused(account, null, true, now(), null)
  }

  return {
    isSuspended: (account) => isMarked(account) && isPaused(account),
    load(account) {
      const text = meta.get(freezeKey(account))
      return text === null ? null : readFreeze(text)
    },
    save: (account: AccountKey, value: Freeze) =>
      store.transaction(() => {
        meta.set(freezeKey(account), JSON.stringify(value))
        if (isFrozenTooOften(value, now()) && !isMarked(account)) suspend(account)
      }),
    settle(account) {
      if (!isMarked(account) || isPaused(account)) return false
      meta.delete(markKey(account))
      return true
    },
  }
}

function readFreeze(text: string): Freeze {
  const { until, throttles, begunAt, isOpen } = readObject(text)
  return {
    until: numberOr(until, 0),
    throttles: numberOr(throttles, 0),
    begunAt: Array.isArray(begunAt) ? begunAt.filter((at) => typeof at === 'number') : [],
    isOpen: isOpen === true,
  }
}
