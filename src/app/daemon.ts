import { StoreError } from '../domain/errors.ts'
import { maskFor } from '../domain/mask.ts'
import type { Store } from '../store/store.ts'
import { accountPin } from './account.ts'
import { runAlarms } from './alarm-watch.ts'
import { openStoreFor, storeFailurePhrase } from './data-folder.ts'
import { isAllWell, runHeartbeat } from './heartbeat.ts'
import { EarlySignals, handleSignals, watchCrashes } from './lifecycle.ts'
import { Narrator } from './narrator.ts'
import type { Phrase } from './phrases.ts'
import { holdBack, Restraint } from './restraint.ts'
import { connectRooms, type Rooms } from './rooms.ts'
import { RulesKeeper } from './rules-keeper.ts'
import { watchRules } from './rules-watch.ts'
import { runSchedules } from './schedules.ts'
import { startServices } from './services.ts'
import type { DaemonExit, DaemonSetup } from './setup.ts'
import { decideLeftOvers, runSyncLoop } from './sync-loop.ts'
import { runUpkeep } from './upkeep.ts'
import { localDate, welcome } from './welcome.ts'

const STOPPING: Phrase = {
  zh: '正在停止：发完手上的就退出，不退出微信登录',
  en: 'stopping: what is on the wire is finished, the login stays',
}
/** How long a send in flight may take to finish after a stop; Docker gives ten seconds. */
const DRAIN_LIMIT_MS = 6000

/**
 * Runs until the signal aborts. Resolves with 73 when the data folder cannot be used, 78 when its key does not fit, 70 when the store or our own
 * code failed in a way that only a restart can heal. Logged out, refused, offline and bad rules are states, not ends.
 */
export async function runDaemon(setup: DaemonSetup, signal: AbortSignal): Promise<DaemonExit> {
  const early = new EarlySignals()
  const disconnect = setup.ownsProcess ? handleSignals(early) : () => {}
  const narrator = new Narrator(setup.log, setup.config.language, maskFor(setup.config.privacy.redact))
  try {
    const store = await openStoreFor(setup, narrator, signal)
    return typeof store === 'number' ? store : await runOn(store, { setup, narrator, early }, signal)
  } finally {
    disconnect()
  }
}

interface Begun {
  readonly setup: DaemonSetup
  readonly narrator: Narrator
  readonly early: EarlySignals
}

/** The daemon on its open store. */
async function runOn(
  store: Store,
  { setup, narrator, early }: Begun,
  signal: AbortSignal,
): Promise<DaemonExit> {
  const restraint = new Restraint(store.meta, setup.clock.now())
  const disconnect = setup.ownsProcess
    ? watchCrashes((error) => noteCrash(error, setup, restraint))
    : () => {}
  try {
    rememberVersion(store, setup.version)
    const pin = accountPin(store.meta, setup.config.login.account)
    const keeper = await RulesKeeper.open({
      config: setup.config,
      clock: setup.clock,
      narrator,
      today: () => localDate(setup.clock.now(), setup.config.timezone),
    })
    const rooms = connectRooms(setup, { store, pin, keeper, narrator })
    welcome(setup, { narrator, rooms, keeper })
    rooms.client.onConnection(({ to }) => {
      if (to.kind === 'online') restraint.online()
    })
    await live(setup, { rooms, restraint, early }, signal)
    restraint.ended()
    return 0
  } catch (error) {
    restraint.crashed()
    if (error instanceof StoreError)
      narrator.error(storeFailurePhrase(setup.config.data.path, error), { event: 'store', code: error.code })
    setup.log.fatal({ problem: describe(error) }, 'stopped by a failure')
    return error instanceof StoreError && error.code === 'not-writable' ? 73 : 70
  } finally {
    disconnect()
    store.close()
  }
}

/** An older program that meets this store can say which one to use. A store that refuses costs only that. */
function rememberVersion({ meta }: Store, version: string): void {
  try {
    if (meta.get('version') !== version) meta.set('version', version)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
  }
}

function noteCrash(error: unknown, { log }: DaemonSetup, restraint: Restraint): void {
  log.fatal({ problem: describe(error) }, 'stopped by an error that nobody caught')
  restraint.crashed()
}

/** Everything that runs side by side until the end, and the order of the end: take nothing new, finish, close. */
async function live(
  setup: DaemonSetup,
  {
    rooms,
    restraint,
    early,
  }: { readonly rooms: Rooms; readonly restraint: Restraint; readonly early: EarlySignals },
  signal: AbortSignal,
): Promise<void> {
  const stopping = new AbortController()
  const stop = () => {
    if (signal.aborted) rooms.narrator.info(STOPPING, { event: 'stopping' })
    stopping.abort()
  }
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const services = await startServices(setup, rooms)
  early.connect(services.signals)
  try {
    await workUntil(setup, { rooms, restraint }, stopping)
  } finally {
    stopping.abort()
    early.connect(null)
    signal.removeEventListener('abort', stop)
    await rooms.runner.stop().catch(() => {})
    await services.close()
  }
}

/** The loops. A failure of one ends all; a stop lets the send in flight finish. */
async function workUntil(
  setup: DaemonSetup,
  { rooms, restraint }: { readonly rooms: Rooms; readonly restraint: Restraint },
  stopping: AbortController,
): Promise<void> {
  const work = Promise.all([
    rooms.runner.start(),
    holdBack(setup, { rooms, restraint }, stopping.signal).then(() => syncForEver(rooms, stopping.signal)),
    runUpkeep(rooms.store, setup.clock, setup.log, stopping.signal),
    runSchedules(setup, rooms, stopping.signal),
    followRules(setup, rooms, stopping.signal),
    rooms.lines.run(stopping.signal),
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
  { client, trouble }: Rooms,
  signal: AbortSignal,
): Promise<void> {
  const { url, everyMs } = config.heartbeat
  if (url === null) return
  const isWell = () =>
    isAllWell({
      connection: client.connection.kind,
      lastSyncAt: client.lastSyncAt,
      stallAfterMs: config.sync.stallAfterMs,
      storeProblem: trouble.store,
      now: clock.now(),
    })
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
