import process from 'node:process'
import type { Clock } from '../support/clock.ts'

/** What the daemon does on signals other than the end. */
export interface SignalHandlers {
  /** SIGHUP: read the rules again. */
  reload(): void
  /** SIGUSR2: print the QR code and the state once more (SIGUSR1 belongs to Node's inspector). */
  describe(): void
}

/** Takes signals from the first moment on, when nobody can act on them yet: by themselves they would end the process. */
export class EarlySignals implements SignalHandlers {
  #handlers: SignalHandlers | null = null
  #isReloadWanted = false

  /** Who acts from here on; a reload that was wanted before is made now. Null while stopping. */
  connect(handlers: SignalHandlers | null): void {
    this.#handlers = handlers
    if (this.#isReloadWanted) handlers?.reload()
    this.#isReloadWanted = false
  }

  reload(): void {
    if (this.#handlers === null) this.#isReloadWanted = true
    else this.#handlers.reload()
  }

  describe(): void {
    this.#handlers?.describe()
  }
}

/** Connects signals to a running daemon; the returned function disconnects them. */
export function handleSignals(handlers: SignalHandlers): () => void {
  const reload = () => handlers.reload()
  const describe = () => handlers.describe()
  process.on('SIGHUP', reload)
  process.on('SIGUSR2', describe)
  return () => {
    process.off('SIGHUP', reload)
    process.off('SIGUSR2', describe)
  }
}

/**
 * Calls `tell` when something escaped from everywhere, before the process ends because of it (see cli/process.ts). It must
 * not throw. The returned function disconnects it.
 */
export function watchCrashes(tell: (error: unknown) => void): () => void {
  process.on('uncaughtExceptionMonitor', tell)
  return () => process.off('uncaughtExceptionMonitor', tell)
}

/** The end of the process, asked for from outside. */
export interface Ending {
  readonly signal: AbortSignal
  /** Whoever started us passes signals on, so one that went to the whole group comes twice: it counts once. */
  expectTwins(): void
}

/** A signal that is passed on arrives at once; a person is slower. */
const TWIN_MS = 500

/**
 * The first SIGTERM or SIGINT aborts the signal, so that everything in hand is finished; the second calls `exitNow`. What
 * is stored is safe at any instant, so leaving at once loses nothing.
 */
export function awaitEnd(exitNow: (code: number) => void, clock: Pick<Clock, 'monotonic'>): Ending {
  const controller = new AbortController()
  let twinsUntil = Number.NEGATIVE_INFINITY
  let twinMs = 0
  const end = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) {
      twinsUntil = clock.monotonic() + twinMs
      controller.abort(name)
    } else if (clock.monotonic() >= twinsUntil || controller.signal.reason !== name) {
      exitNow(name === 'SIGINT' ? 130 : 143)
    }
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  return {
    signal: controller.signal,
    expectTwins() {
      twinMs = TWIN_MS
    },
  }
}
