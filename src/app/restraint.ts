import { StoreError } from '../domain/errors.ts'
import type { Instant } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'
import { formatDuration } from '../support/duration.ts'
import { numberOr, readObject } from './alarm-memory.ts'
import type { Rooms } from './rooms.ts'
import type { DaemonSetup } from './setup.ts'

const KEY = 'life'
/** What happened longer ago than this says nothing about this start. */
const FORGET_MS = 3_600_000
/** So many starts in a row may fail before the next one is held back. */
const FREE_STARTS = 3
const FIRST_HOLD_MS = 5000
const MAX_HOLD_MS = 600_000

/** How the lives of the process before this one ended. */
export interface Streak {
  /** Lives in a row that were over before they were online, or that a fault of ours ended. */
  readonly failures: number
  /** The last of these, in a row, that a fault of ours ended. */
  readonly crashes: number
}

/** The pause before a login after so many failures in a row: with these numbers, 15 starts in an hour at most. */
export function holdMs(failures: number): number {
  if (failures < FREE_STARTS) return 0
  return Math.min(MAX_HOLD_MS, FIRST_HOLD_MS * 2 ** (failures - FREE_STARTS))
}

/**
 * Remembers how lives of the process end. A supervisor starts a crashing daemon again and again; each start may be a
 * login, and frequent logins are how accounts get noticed.
 */
export class Restraint {
  readonly #meta: Store['meta']
  readonly #startedAt: Instant
  #streak: Streak = { failures: 0, crashes: 0 }

  /** Begins a life. */
  constructor(meta: Store['meta'], now: Instant) {
    this.#meta = meta
    this.#startedAt = now
    this.#streak = streakOf(readObject(meta.get(KEY)), now)
    this.#save({ wasOnline: false, isCrashed: false })
  }

  get streak(): Streak {
    return this.#streak
  }

  /** It works: what came before does not count any more. */
  online(): void {
    this.#save({ wasOnline: true, isCrashed: false })
  }

  /** A fault of ours ends it. Must not throw: that would hide the fault. */
  crashed(): void {
    this.#save({ wasOnline: false, isCrashed: true })
  }

  /** Somebody ended it in good order. */
  ended(): void {
    this.#keep(() => this.#meta.delete(KEY))
  }

  #save(life: { readonly wasOnline: boolean; readonly isCrashed: boolean }): void {
    const text = JSON.stringify({ startedAt: this.#startedAt, ...life, ...this.#streak })
    this.#keep(() => this.#meta.set(KEY, text))
  }

  /** A store that refuses costs only this memory. */
  #keep(work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }
}

/** Waits before the first login when the starts before this one failed; says so. */
export async function holdBack(
  { clock }: DaemonSetup,
  { rooms, restraint }: { readonly rooms: Rooms; readonly restraint: Restraint },
  signal: AbortSignal,
): Promise<void> {
  const { failures, crashes } = restraint.streak
  // A session that lives needs no login: then only faults of ours are a reason to go slowly.
  const ms = holdMs(hasLivingSession(rooms.store) ? crashes : failures)
  if (ms === 0) return
  const time = formatDuration(ms)
  rooms.narrator.warn(
    {
      zh: `连续 ${failures} 次启动都没成功，先等 ${time} 再登录：频繁登录最容易让帐号被限制。前几次的原因看上面的日志。`,
      en: `${failures} starts in a row failed; the login waits ${time}, since frequent logins get accounts restricted. The log above tells why they failed.`,
    },
    { event: 'held-back', failures, crashes, waitMs: ms },
  )
  await clock.sleep(ms, signal).catch(() => {})
}

function hasLivingSession({ session }: Store): boolean {
  const saved = session.load()
  return typeof saved === 'object' && saved !== null && 'isAlive' in saved && saved.isAlive === true
}

function streakOf(life: Readonly<Record<string, unknown>>, now: Instant): Streak {
  const startedAt = numberOr(life.startedAt, null)
  const isRecent = startedAt !== null && startedAt <= now && now - startedAt < FORGET_MS
  if (!isRecent || (life.wasOnline === true && life.isCrashed !== true)) return { failures: 0, crashes: 0 }
  return {
    failures: numberOr(life.failures, 0) + 1,
    crashes: life.isCrashed === true ? numberOr(life.crashes, 0) + 1 : 0,
  }
}
