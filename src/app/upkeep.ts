import type { Store } from '../store/store.ts'
import { type Clock, nextTurn } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'

const PURGE_EVERY_MS = 10 * 60_000
const BACKUP_EVERY_MS = 24 * 3_600_000

/** Cleans what is over its time in small slices, and makes a copy of the store every day. Ends when the signal aborts. */
export async function runUpkeep(store: Store, clock: Clock, log: Logger, signal: AbortSignal): Promise<void> {
  let backupAt = clock.monotonic() + BACKUP_EVERY_MS
  while (!signal.aborted) {
    await clock.sleep(PURGE_EVERY_MS, signal).catch(() => {})
    if (signal.aborted) return
    try {
      await purgeAll(store, clock, signal)
      if (clock.monotonic() < backupAt) continue
      backupAt = clock.monotonic() + BACKUP_EVERY_MS
      log.debug({ file: await store.backup() }, 'store backed up')
    } catch (problem) {
      log.warn({ problem: problem instanceof Error ? problem.message : String(problem) }, 'upkeep failed')
    }
  }
}

async function purgeAll(store: Store, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && store.purge(clock.now()).hasMore) await nextTurn()
}
