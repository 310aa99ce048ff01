/** At most `max` within `inMs`. */
export interface Rate {
  readonly max: number
  readonly inMs: number
}

/** What the settings decide about answering; every part can be off. `config` holds these under the same names. */
export interface Policy {
  /** IANA name of the zone of the settings. */
  readonly timezone: string
  /** Older messages are not answered; null answers all. */
  readonly maxAgeMs: number | null
  readonly replyToOfficial: boolean
  readonly replyToSelf: boolean
  /** Whether people who are not friends are answered in private chats. */
  readonly replyToStrangers: boolean
  /** Whether rules that name no room and no mention may answer in rooms where we are not mentioned. */
  readonly replyInUnnamedRooms: boolean
  /** Minutes of the local day, end exclusive; over midnight when `fromMinute` is the larger. */
  readonly quietHours: { readonly fromMinute: number; readonly toMinute: number } | null
  readonly loopBreaker: {
    readonly sameReply: Rate | null
    readonly fastTurns: { readonly fasterThanMs: number; readonly max: number } | null
    readonly onTrip: { readonly muteMs: number; readonly notify: string | null }
  } | null
  readonly takeover: {
    readonly onOwnerMessageMs: number | null
    readonly handoverWords: readonly string[]
    readonly resumeWords: readonly string[]
  } | null
  readonly stopWords: readonly string[]
}

/** The defaults of the settings page. */
export const DEFAULT_POLICY: Policy = {
  timezone: 'Asia/Shanghai',
  maxAgeMs: 10 * 60_000,
  replyToOfficial: false,
  replyToSelf: false,
  replyToStrangers: false,
  replyInUnnamedRooms: false,
  quietHours: null,
  loopBreaker: {
    sameReply: { max: 3, inMs: 2 * 60_000 },
    fastTurns: { fasterThanMs: 3000, max: 5 },
    onTrip: { muteMs: 10 * 60_000, notify: 'owner' },
  },
  takeover: { onOwnerMessageMs: 30 * 60_000, handoverWords: ['人工', '转人工'], resumeWords: ['机器人继续'] },
  stopWords: ['退订', 'TD', '停止回复'],
}
