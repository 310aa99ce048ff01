import type { ConnectionKind } from '../domain/connection.ts'
import type { Instant } from '../domain/ids.ts'
import { type NoticeOutcome, ping } from '../outbox/effectors/notify.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'

export interface HeartbeatParts {
  readonly url: { expose(): string }
  readonly everyMs: number
  readonly clock: Clock
  readonly log: Logger
  /** Only then the outside watcher is told so. */
  isWell(): boolean
}

/** Online, synced lately, and the data folder takes what comes in: without that nobody is answered. */
export function isAllWell(at: {
  readonly connection: ConnectionKind
  readonly lastSyncAt: Instant | null
  readonly stallAfterMs: number
  readonly storeProblem: string | null
  readonly now: Instant
}): boolean {
  const silentMs = at.now - (at.lastSyncAt ?? Number.NEGATIVE_INFINITY)
  return at.connection === 'online' && silentMs <= at.stallAfterMs && at.storeProblem === null
}

/**
 * Calls an address again and again while all is well: its silence is the only thing that notices a dead host. The first
 * call comes as soon as all is well. Ends when the signal aborts.
 */
export async function runHeartbeat(parts: HeartbeatParts, signal: AbortSignal): Promise<void> {
  const { url, everyMs, clock, log, isWell } = parts
  let wasFailing = false
  let dueAt = clock.monotonic()
  while (!signal.aborted) {
    if (isWell() && clock.monotonic() >= dueAt) {
      dueAt = clock.monotonic() + everyMs
      const outcome = await ping(url, signal)
      if (!signal.aborted) tellChange(outcome, wasFailing, log)
      wasFailing = outcome.kind === 'failed'
    }
    const waitMs = isWell() ? dueAt - clock.monotonic() : LOOK_EVERY_MS
    await clock.sleep(Math.min(LOOK_EVERY_MS, Math.max(1, waitMs)), signal).catch(() => {})
  }
}

/** How often is looked whether all is well. */
const LOOK_EVERY_MS = 1000

/** One line when it begins to fail and one when it works again, however long it lasts. */
function tellChange(outcome: NoticeOutcome, wasFailing: boolean, log: Logger): void {
  if (outcome.kind === 'failed' && !wasFailing) {
    log.warn({ event: 'heartbeat', problem: outcome.problem }, 'heartbeat address cannot be reached')
  }
  if (outcome.kind === 'delivered' && wasFailing)
    log.info({ event: 'heartbeat' }, 'heartbeat address answers again')
}
