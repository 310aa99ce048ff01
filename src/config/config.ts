import type { Secret } from './secret.ts'

/** At most `max` in any window of `inMs`. */
export interface Rate {
  readonly max: number
  readonly inMs: number
}

/** Minutes of the local day, 0..1440; `from` > `to` is a window over midnight. The end is exclusive. */
export interface DayWindow {
  readonly fromMinute: number
  readonly toMinute: number
}

/** Where the HTTP server listens. */
export interface Listen {
  readonly host: string
  readonly port: number
}

export type QrStyle = 'half' | 'full' | 'ansi' | 'none'
export type ChannelFormat = 'bark' | 'serverchan' | 'ntfy' | 'wecom' | 'json'
/** Occasions on which somebody may be told. */
export type NotifyOccasion = 'loggedOut' | 'refused' | 'reloadFailed' | 'loopBroken' | 'qr' | 'blocked'

/** Addresses that stand in for WeChat's own; null means the real host. No trailing slash. */
export interface LoginBases {
  readonly login: string | null
  readonly api: string | null
  readonly file: string | null
  readonly push: string | null
  readonly qr: string | null
}

export interface LoginConfig {
  readonly mode: 'web' | 'desktop'
  /** `first`: the first account that logs in is pinned. */
  readonly account: 'first' | 'any'
  readonly qr: {
    readonly style: QrStyle
    readonly stream: 'stderr' | 'stdout'
    readonly png: boolean
    readonly url: boolean
    readonly maxFast: number
    readonly slowEveryMs: number
  }
  readonly restore: boolean
  readonly bases: LoginBases
  /** Operator-given values for `mode: desktop`. */
  readonly desktop: { readonly clientVersion: Secret | null; readonly extspam: Secret | null }
}

export interface LoopBreakerConfig {
  readonly sameReply: Rate | null
  readonly fastTurns: { readonly fasterThanMs: number; readonly max: number } | null
  /** What happens when it trips. `notify`: `owner`, a channel name, or null for nobody. */
  readonly onTrip: { readonly muteMs: number; readonly notify: string | null }
}

export interface TakeoverConfig {
  /** null: an owner's message does not silence the bot. */
  readonly onOwnerMessageMs: number | null
  readonly handoverWords: readonly string[]
  readonly resumeWords: readonly string[]
}

export interface NotifyChannel {
  readonly name: string
  readonly webhook: Secret
  readonly format: ChannelFormat
}

export interface LlmConfig {
  readonly url: string
  readonly key: Secret | null
  readonly model: string
  readonly budget: { readonly calls: number; readonly tokens: number; readonly inMs: number } | null
}

/**
 * Every setting, checked and frozen. What an operator may switch `off` is null here.
 * Paths are absolute, durations milliseconds.
 */
export interface Config {
  readonly version: 1
  readonly timezone: string
  readonly language: 'zh-CN' | 'en'
  /** null: notices go to 文件传输助手. */
  readonly owner: { readonly remark: string } | null
  /** `key` encrypts the session; `oldKey` may still read it. */
  readonly data: { readonly path: string; readonly key: Secret | null; readonly oldKey: Secret | null }
  readonly rules: { readonly path: string; readonly testGate: 'block' | 'warn' | 'off' }
  readonly reload: { readonly watch: boolean; readonly pollMs: number; readonly settleMs: number }
  readonly login: LoginConfig
  readonly sync: {
    readonly stallAfterMs: number
    /** `jitter` is the share of each wait that is random, 0..1. */
    readonly backoff: {
      readonly firstMs: number
      readonly factor: number
      readonly maxMs: number
      readonly jitter: number
    }
  }
  readonly send: {
    readonly minGapMs: number
    readonly typing: {
      readonly baseMs: number
      readonly perCharMs: number
      readonly maxMs: number
      readonly jitter: number
    } | null
    readonly replyTtlMs: number | null
    readonly onUncertain: 'resend' | 'hold'
  }
  readonly safety: {
    readonly maxAgeMs: number | null
    readonly replyToOfficial: boolean
    readonly replyToSelf: boolean
    readonly loopBreaker: LoopBreakerConfig | null
  }
  readonly takeover: TakeoverConfig | null
  /** Empty: off. */
  readonly stopWords: readonly string[]
  readonly mergeMs: number | null
  readonly commands: { readonly filehelper: boolean }
  readonly limits: {
    readonly all: Rate | null
    readonly chat: Rate | null
    /** Per calendar day of the configured time zone. */
    readonly day: { readonly max: number } | null
    readonly acceptFriend: Rate | null
  }
  readonly quietHours: DayWindow | null
  /** null: no holiday file. A file that is named here existed when the settings were read. */
  readonly holidays: { readonly file: string | null }
  readonly state: { readonly keepMs: number; readonly maxKeysPerContact: number }
  readonly http: {
    /** Host names rules may call, `*.example.com` for any name below. Empty: none. */
    readonly allow: readonly string[]
    readonly timeoutMs: number
    readonly proxy: Secret | null
  }
  readonly llm: LlmConfig | null
  readonly notify: {
    readonly channels: readonly NotifyChannel[]
    /** Names of channels, or `owner`. */
    readonly on: Readonly<Record<NotifyOccasion, readonly string[]>>
  }
  readonly heartbeat: { readonly url: Secret | null; readonly everyMs: number }
  readonly server: {
    /** null: no HTTP server. */
    readonly listen: Listen | null
    readonly token: Secret | null
  }
  readonly log: {
    readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
    readonly format: 'auto' | 'json' | 'pretty'
    readonly messages: 'off' | 'preview' | 'full'
  }
  readonly privacy: {
    readonly tracesMs: number | null
    readonly redact: readonly ('phone' | 'id_card' | 'bank_card')[]
  }
}
