import { StoreError } from '../domain/errors.ts'
import type { Event } from '../domain/event.ts'
import type { AccountKey } from '../domain/ids.ts'
import type { ProtocolClient } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import { backoffMs } from '../support/backoff.ts'
import type { Clock } from '../support/clock.ts'
import type { Random } from '../support/random.ts'
import { acceptBatch, acceptTimed, decideWaiting, type PipelinePorts } from './pipeline.ts'

/** Store failures that end by themselves when space or rights return. */
const HEALING: readonly string[] = ['disk-full', 'read-only', 'not-writable', 'locked']

export interface SyncLoopPorts {
  readonly client: ProtocolClient
  readonly store: Store
  readonly pipeline: PipelinePorts
  readonly clock: Clock
  readonly random: Random
  /** A batch is stored. */
  onBatch(fresh: number, duplicates: number): void
  /** The store refuses; nothing new is accepted until it takes changes again. Told on each change of `isFailing`. */
  onStoreTrouble(error: StoreError | null): void
}

/**
 * Fetch, accept, decide, for ever. The client makes its next request only when asked for the next batch, so a batch
 * that cannot be stored holds the cursor where it is. Ends when the signal aborts; rejects on failures that do not heal.
 */
export async function runSyncLoop(ports: SyncLoopPorts, signal: AbortSignal): Promise<void> {
  for await (const batch of ports.client.batches(signal)) {
    const stored = await untilStored(ports, signal, () => acceptBatch(batch, ports.store))
    if (stored === null) return
    ports.onBatch(stored.fresh, stored.duplicates)
    if (stored.fresh > 0) await decideAll(batch.account, ports, signal)
  }
}

/** Decides what an earlier process accepted and did not finish. */
export async function decideLeftOvers(
  account: AccountKey,
  ports: SyncLoopPorts,
  signal: AbortSignal,
): Promise<void> {
  await decideAll(account, ports, signal)
}

/** Accepts events of the clock and decides everything that waits. */
export async function runTimed(
  account: AccountKey,
  events: readonly Event[],
  ports: SyncLoopPorts,
  signal: AbortSignal,
): Promise<void> {
  const stored = await untilStored(ports, signal, () => acceptTimed(events, ports.store))
  if (stored !== null) await decideAll(account, ports, signal)
}

async function decideAll(account: AccountKey, ports: SyncLoopPorts, signal: AbortSignal): Promise<void> {
  await untilStored(ports, signal, () => decideWaiting(account, ports.pipeline, signal))
}

/** Repeats `work` while the store refuses for a reason that may pass; null when the signal ended it. */
async function untilStored<T>(
  ports: SyncLoopPorts,
  signal: AbortSignal,
  work: () => T | Promise<T>,
): Promise<T | null> {
  for (let attempt = 1; !signal.aborted; attempt++) {
    try {
      const result = await work()
      if (attempt > 1) ports.onStoreTrouble(null)
      return result
    } catch (error) {
      if (!(error instanceof StoreError) || !HEALING.includes(error.code)) throw error
      if (attempt === 1) ports.onStoreTrouble(error)
      await ports.clock.sleep(backoffMs(attempt, ports.random), signal).catch(() => {})
    }
  }
  return null
}
