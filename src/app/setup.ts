import { join } from 'node:path'
import type { Config } from '../config/config.ts'
import type { ConnectionChange } from '../domain/connection.ts'
import type { Event } from '../domain/event.ts'
import type { DeliveryChange } from '../outbox/ports.ts'
import type { LoginResult, SyncResult } from '../protocol/client.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import type { Random } from '../support/random.ts'
import type { AlarmChange } from './alarm.ts'
import type { GapKind } from './phrases.ts'
import type { Verdict } from './pipeline.ts'

/** What `run` ends with; the meaning of each number is in docs/operations.md. */
export type DaemonExit = 0 | 70 | 73 | 78

/** Told of everything that happens; for the playground. Must not throw. */
export interface DaemonObserver {
  onConnection?(change: ConnectionChange): void
  onDecided?(event: Event, verdict: Verdict): void
  /** Deciding and planning took so long. Told before it is stored, so one that has to be decided again is told twice. */
  onJudged?(event: Event, tookMs: number): void
  onSync?(result: SyncResult): void
  /** All that waited at the server, since it could not be heard, is taken in. */
  onCaughtUp?(): void
  onLogin?(result: LoginResult): void
  /** An answer of this endpoint of the server could not be read. */
  onUnreadable?(endpoint: string): void
  onDelivery?(change: DeliveryChange): void
  onAlarm?(change: AlarmChange): void
  /** Messages may be missing (a new login) or came again (history replayed, position gone back). */
  onGap?(kind: GapKind): void
  /** So many lines of the log are lost since the start. */
  onLinesLost?(total: number): void
  /** A notice to a push channel reached its end. */
  onNotice?(outcome: 'delivered' | 'given-up'): void
}

/** All the daemon is given. */
export interface DaemonSetup {
  readonly config: Config
  readonly version: string
  readonly log: Logger
  /** Writes raw lines beside the log: the QR block. */
  print(text: string): void
  /** Lines of the log that were lost so far because nobody read them; absent where none can be. */
  readonly lostLines?: () => number
  readonly clock: Clock
  readonly random: Random
  readonly observer: DaemonObserver
  /** False when it shares its process with something else: signals are not touched. */
  readonly ownsProcess: boolean
}

/** The picture of the login code in the data folder; null when the settings want none. */
export function qrPngPath(config: Config): string | null {
  return config.login.qr.png ? join(config.data.path, 'qr.png') : null
}
