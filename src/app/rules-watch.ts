import { watch } from 'chokidar'
import { Bell } from '../support/abort.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'

export interface WatchOptions {
  readonly dir: string
  /** False: only polling, for mounts that deliver no events. */
  readonly watch: boolean
  readonly pollMs: number
  /** Quiet time after the last event before anything is read. */
  readonly settleMs: number
  readonly clock: Clock
  readonly log: Logger
}

/** A folder that never comes to rest is read all the same after this many quiet times. */
const MAX_SETTLES = 10

/**
 * Calls `onChange` when the folder may have changed: after file events have settled, and at every poll, because some
 * mounts deliver no events. `onChange` finds out itself whether anything differs. Ends when the signal aborts.
 */
export async function watchRules(
  options: WatchOptions,
  onChange: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const bell = new Bell()
  let events = 0
  const watcher = options.watch
    ? watch(options.dir, { ignoreInitial: true, persistent: false }).on('all', () => {
        events++
        bell.ring()
      })
    : null
  watcher?.on('error', (problem) =>
    options.log.warn({ problem: String(problem) }, 'watching the rules failed, polling goes on'),
  )
  const polling = pollForEver(options, bell, signal)
  try {
    while (!signal.aborted) {
      await bell.wait(signal)
      await settle(options, () => events, signal)
      if (signal.aborted) break
      await onChange().catch((problem: unknown) =>
        options.log.error({ problem: String(problem) }, 'reload failed'),
      )
    }
  } finally {
    await watcher?.close()
    await polling
  }
}

async function pollForEver({ clock, pollMs }: WatchOptions, bell: Bell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(pollMs, signal).catch(() => {})
    bell.ring()
  }
}

/** Waits until no event came for the quiet time. */
async function settle(
  { clock, settleMs }: WatchOptions,
  events: () => number,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; round < MAX_SETTLES && !signal.aborted; round++) {
    const before = events()
    await clock.sleep(settleMs, signal).catch(() => {})
    if (events() === before) return
  }
}
