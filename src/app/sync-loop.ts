import { StoreError } from '../domain/errors.ts'
import type { Event, SyncBatch } from '../domain/event.ts'
import type { AccountKey } from '../domain/ids.ts'
import type { ProtocolClient } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import { backoffMs, STORE_BACKOFF } from '../support/backoff.ts'
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
  onBatch(stored: { readonly fresh: number; readonly duplicates: number }, batch: SyncBatch): void
  /** The store refuses, told each time; nothing new is accepted until it takes changes again, which null tells. */
  onStoreTrouble(error: StoreError | null): void
}

/**
 * Fetch, accept, decide, for ever. A batch that cannot be stored is let go and the cursor stays where it is: after a
 * pause the server is asked again, so the session lives and the batch comes again. Ends when the signal aborts; rejects
 * on failures that do not heal.
 */
export async function runSyncLoop(ports: SyncLoopPorts, signal: AbortSignal): Promise<void> {
  let failures = 0
  const onStored = () => {
    if (failures > 0) ports.onStoreTrouble(null)
    failures = 0
  }
  while (!signal.aborted) {
    try {
      return await readBatches(ports, signal, onStored)
    } catch (error) {
      if (!isHealing(error)) throw error
      ports.onStoreTrouble(error)
      await pause(++failures, ports, signal)
    }
  }
}

/** Until the signal aborts or the store refuses; `onStored` is called after each batch that it took. */
async function readBatches(ports: SyncLoopPorts, signal: AbortSignal, onStored: () => void): Promise<void> {
  for await (const batch of ports.client.batches(signal)) {
    const stored = acceptBatch(batch, ports.store)
    ports.onBatch(stored, batch)
    await decideWaiting(batch.account, ports.pipeline, signal)
    onStored()
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
      if (!isHealing(error)) throw error
      ports.onStoreTrouble(error)
      await pause(attempt, ports, signal)
    }
  }
  return null
}

function isHealing(error: unknown): error is StoreError {
  return error instanceof StoreError && HEALING.includes(error.code)
}

async function pause(attempt: number, { clock, random }: SyncLoopPorts, signal: AbortSignal): Promise<void> {
  await clock.sleep(backoffMs(attempt, random, STORE_BACKOFF), signal).catch(() => {})
}
