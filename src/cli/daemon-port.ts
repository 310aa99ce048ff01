/** What the commands ask of a running daemon; the control socket's client satisfies it. */

/** A sentence in both languages. */
export interface Words {
  readonly zh: string
  readonly en: string
}

/** The daemon answered, refused the question, or could not be talked to. */
export type DaemonAnswer<Result> =
  | { readonly kind: 'answer'; readonly result: Result }
  | { readonly kind: 'refused'; readonly code: string; readonly message: Words }
  | { readonly kind: 'unreachable'; readonly message: Words }

/** What came of a command. */
export type DaemonOutcome =
  | { readonly kind: 'done'; readonly message: Words }
  | { readonly kind: 'refused'; readonly code: string; readonly message: Words }

export interface DaemonHealth {
  readonly isOk: boolean
  readonly reasons: readonly string[]
}

/** Times are epoch milliseconds. */
export interface DaemonStatus {
  readonly version: string
  readonly state: string
  readonly since: number
  readonly nick: string
  readonly isPaused: boolean
  readonly pausedUntil: number | null
  readonly startedAt: number
  readonly lastSyncAt: number | null
  readonly queue: {
    readonly ready: number
    readonly held: number
    readonly uncertain: number
    readonly dead: number
  }
  readonly rules: {
    readonly version: string
    readonly count: number
    readonly loadedAt: number | null
    readonly reloadError: string | null
  }
  readonly sending: {
    readonly frozenUntil: number | null
    readonly isSuspended: boolean
    readonly brake: string | null
  }
  readonly alarms: readonly { readonly kind: string; readonly since: number; readonly text: Words }[]
  readonly counters: { readonly received: number; readonly replied: number; readonly suppressed: number }
  readonly nextStep: Words | null
}

export interface DaemonPerson {
  readonly name: string
  readonly remark: string
  readonly nick: string
  readonly alias: string
  readonly relation: string
  readonly isAmbiguous: boolean
}

export interface DaemonRoom {
  readonly name: string
  readonly members: number
  readonly isAmbiguous: boolean
}

/** A chat in which the bot is silent though it runs; `until` null for until somebody says otherwise. */
export interface DaemonSilence {
  readonly chat: string
  readonly reason: 'paused' | 'takeover' | 'muted' | 'stop-words' | 'loop-breaker'
  readonly until: number | null
}

export interface DaemonHeld {
  readonly step: string
  readonly chat: string
  readonly rule: string
  readonly reason: string
  readonly since: number
}

/** One method per question; none rejects. */
export interface DaemonPort {
  health(): Promise<DaemonAnswer<DaemonHealth>>
  status(): Promise<DaemonAnswer<DaemonStatus>>
  qr(): Promise<
    DaemonAnswer<{ readonly text: string; readonly imageUrl: string; readonly nth: number } | null>
  >
  refreshQr(): Promise<DaemonAnswer<DaemonOutcome>>
  reload(): Promise<DaemonAnswer<DaemonOutcome>>
  pause(options: { chat: string | null; forMs: number | null }): Promise<DaemonAnswer<DaemonOutcome>>
  resume(options: { chat: string | null }): Promise<DaemonAnswer<DaemonOutcome>>
  forget(options: { who: string }): Promise<DaemonAnswer<DaemonOutcome>>
  logout(): Promise<DaemonAnswer<DaemonOutcome>>
  contacts(options: { find: string }): Promise<DaemonAnswer<readonly DaemonPerson[]>>
  rooms(): Promise<DaemonAnswer<readonly DaemonRoom[]>>
  held(): Promise<DaemonAnswer<readonly DaemonHeld[]>>
  silences(): Promise<DaemonAnswer<readonly DaemonSilence[]>>
  explain(options: { event: string }): Promise<DaemonAnswer<string | null>>
}
