import { StoreError } from '../domain/errors.ts'
import { maskFor } from '../domain/mask.ts'
import { accountPin } from './account.ts'
import { runAlarms } from './alarm-watch.ts'
import { openStoreFor, storeFailurePhrase } from './data-folder.ts'
import { runHeartbeat } from './heartbeat.ts'
import { handleSignals } from './lifecycle.ts'
import { Narrator } from './narrator.ts'
import { connectRooms, type Rooms } from './rooms.ts'
import { RulesKeeper } from './rules-keeper.ts'
import { watchRules } from './rules-watch.ts'
import { runSchedules } from './schedules.ts'
import { startServices } from './services.ts'
import type { DaemonExit, DaemonSetup } from './setup.ts'
import { decideLeftOvers, runSyncLoop } from './sync-loop.ts'
import { runUpkeep } from './upkeep.ts'
import { localDate, welcome } from './welcome.ts'

/** How long a send in flight may take to finish after a stop; Docker gives ten seconds. */
const DRAIN_LIMIT_MS = 6000

/**
 * Runs until the signal aborts. Resolves with 73 when the data folder cannot be used, 78 when its key does not fit, 70 when the store or our own
 * code failed in a way that only a restart can heal. Logged out, refused, offline and bad rules are states, not ends.
 */
export async function runDaemon(setup: DaemonSetup, signal: AbortSignal): Promise<DaemonExit> {
  const narrator = new Narrator(setup.log, setup.config.language, maskFor(setup.config.privacy.redact))
  const store = await openStoreFor(setup, narrator, signal)
  if (typeof store === 'number') return store
  try {
    const pin = accountPin(store.meta, setup.config.login.account)
    const keeper = await RulesKeeper.open({
      config: setup.config,
      clock: setup.clock,
      narrator,
      today: () => localDate(setup.clock.now(), setup.config.timezone),
    })
    const rooms = connectRooms(setup, { store, pin, keeper, narrator })
    welcome(setup, { narrator, rooms, keeper })
    return await live(setup, rooms, signal)
  } catch (error) {
    if (error instanceof StoreError)
      narrator.error(storeFailurePhrase(setup.config.data.path, error), { event: 'store', code: error.code })
    setup.log.fatal({ problem: describe(error) }, 'stopped by a failure')
    return error instanceof StoreError && error.code === 'not-writable' ? 73 : 70
  } finally {
    store.close()
  }
}

/** Everything that runs side by side until the end, and the order of the end: take nothing new, finish, close. */
async function live(setup: DaemonSetup, rooms: Rooms, signal: AbortSignal): Promise<DaemonExit> {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const services = await startServices(setup, rooms)
  const disconnect = setup.ownsProcess ? handleSignals(services.signals) : () => {}
  try {
    await workUntil(setup, rooms, stopping)
    return 0
  } finally {
    stop()
    disconnect()
    signal.removeEventListener('abort', stop)
    await rooms.runner.stop().catch(() => {})
    await services.close()
  }
}

/** The loops. A failure of one ends all; a stop lets the send in flight finish. */
async function workUntil(setup: DaemonSetup, rooms: Rooms, stopping: AbortController): Promise<void> {
  const work = Promise.all([
    rooms.runner.start(),
    syncForEver(rooms, stopping.signal),
    runUpkeep(rooms.store, setup.clock, setup.log, stopping.signal),
    runSchedules(setup, rooms, stopping.signal),
    followRules(setup, rooms, stopping.signal),
    runAlarms(setup, rooms, stopping.signal),
    sendHeartbeats(setup, rooms, stopping.signal),
  ])
  await Promise.race([work, untilAborted(stopping.signal)])
  await rooms.runner.drain(AbortSignal.timeout(DRAIN_LIMIT_MS))
  await work
}

async function syncForEver(rooms: Rooms, signal: AbortSignal): Promise<void> {
  const account = rooms.pin.current()
  if (account !== null) await decideLeftOvers(account, rooms.sync, signal)
  await runSyncLoop(rooms.sync, signal)
}

/** Edited rules take effect on their own, unless the settings say otherwise. */
async function followRules(
  { config, clock, log }: DaemonSetup,
  { keeper }: Rooms,
  signal: AbortSignal,
): Promise<void> {
  const { watch, pollMs, settleMs } = config.reload
  if (!watch) return
  const options = { dir: config.rules.path, watch, pollMs, settleMs, clock, log }
  await watchRules(options, () => keeper.reloadIfChanged(), signal)
}

/** The outside watcher hears from us only while all is well, and only if the settings name one. */
async function sendHeartbeats(
  { config, clock, log }: DaemonSetup,
  { client }: Rooms,
  signal: AbortSignal,
): Promise<void> {
  const { url, everyMs } = config.heartbeat
  if (url === null) return
  const isWell = () =>
    client.connection.kind === 'online' &&
    clock.now() - (client.lastSyncAt ?? Number.NEGATIVE_INFINITY) <= config.sync.stallAfterMs
  await runHeartbeat({ url, everyMs, clock, log, isWell }, signal)
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ''}` : String(error)
}
