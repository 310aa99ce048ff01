import type { Core } from './core.ts'
import type { Doorbell } from './doorbell.ts'

/** Holds a long poll until `isOver`, or the hold time has run out, or the peer has gone. Never rejects. */
export async function hold(
  core: Core,
  peer: AbortSignal,
  bell: Doorbell,
  isOver: () => boolean,
): Promise<void> {
  const end = new AbortController()
  const signal = AbortSignal.any([peer, end.signal])
  const timer = core.settings.clock.sleep(core.settings.pollHoldMs, signal).then(
    () => end.abort(),
    // The sleep rejects only because one of the two signals fired; then the hold is over anyway.
    () => undefined,
  )
  while (!signal.aborted && !isOver()) await bell.wait(signal)
  end.abort()
  await timer
}
