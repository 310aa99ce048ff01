import process from 'node:process'

/** What the daemon does on signals other than the end. */
export interface SignalHandlers {
  /** SIGHUP: read the rules again. */
  reload(): void
  /** SIGUSR2: print the QR code and the state once more (SIGUSR1 belongs to Node's inspector). */
  describe(): void
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
 * The end of the process as an AbortSignal: the first SIGTERM or SIGINT aborts it, so that everything in hand is
 * finished; the second calls `exitNow`. What is stored is safe at any instant, so leaving at once loses nothing.
 */
export function endSignal(exitNow: (code: number) => void): AbortSignal {
  const controller = new AbortController()
  const end = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) exitNow(name === 'SIGINT' ? 130 : 143)
    else controller.abort(name)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  return controller.signal
}
