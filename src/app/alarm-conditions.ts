import type { Connection } from '../domain/connection.ts'
import type { Instant } from '../domain/ids.ts'
import { spokenDuration } from '../support/duration.ts'
import type { AlarmKind } from './alarm.ts'
import { connectionPhrase, type Phrase } from './phrases.ts'
import { problemPhrase } from './problem-phrases.ts'

/** Away from the server for so long is worth an alarm, whatever `sync.stall_after` says. */
export const AWAY_LIMIT_MS = 2 * 60_000

/** How things stand at one moment. */
export interface Situation {
  readonly now: Instant
  readonly connection: Connection
  /** The server announces news again and again and has none. */
  readonly isStuck: boolean
  /** The server's position goes back again and again. */
  readonly isLooping: boolean
  /** Since the last good answer, or since the start; measured by the clock that nobody sets. */
  readonly silentMs: number
  readonly stallAfterMs: number
  readonly frozenUntil: Instant | null
  /** A pause is over but nothing went well since, and something waits that will show whether it may. */
  readonly isFreezeUntried: boolean
  readonly isSuspended: boolean
  /** The store's code; null while it takes writes. */
  readonly storeProblem: string | null
  /** Why the page and the numbers are not served; null while they are, or are not wanted. */
  readonly webProblem: Phrase | null
  /** First line of what is wrong with the rules on disk; null when they run. */
  readonly reloadError: string | null
}

type Lasting = Exclude<AlarmKind, 'loop-broken'>

/** `keep`: this look tells nothing about it. */
export type Look = Phrase | null | 'keep'

/** Which lasting alarms hold, with the words for each. */
export function conditions(at: Situation): Readonly<Record<Lasting, Look>> {
  const { connection } = at
  return {
    offline: offline(at),
    stuck: circles(at),
    'logged-out': untilOnline(at, connection.kind === 'expired'),
    refused: untilOnline(at, connection.kind === 'refused'),
    qr: connection.kind === 'awaiting-scan' ? { zh: connection.qrImageUrl, en: connection.qrImageUrl } : null,
    frozen: at.frozenUntil === null ? untilTried(at) : frozen(at.frozenUntil - at.now),
    suspended: at.isSuspended
      ? {
          zh: '一天里两次被限频，已停止自动回复。确认没事后: wxreply resume',
          en: 'told "too often" twice in a day, replies are stopped. When all is well: wxreply resume',
        }
      : null,
    store:
      at.storeProblem === null
        ? null
        : {
            zh: `数据目录写不进去 (${at.storeProblem})`,
            en: `the data folder refuses writes (${at.storeProblem})`,
          },
    web: at.webProblem,
    'reload-failed': at.reloadError === null ? null : { zh: at.reloadError, en: at.reloadError },
  }
}

/** Two ways for the sync to go in circles; in both it goes on, and nothing is answered twice. */
function circles({ isStuck, isLooping }: Situation): Look {
  if (isLooping)
    return {
      zh: '微信的同步位置一再倒退：收过的会一再送来，不会再回；新消息照常回',
      en: 'the position in the stream goes back again and again: known messages come again and are not answered again, new ones are answered as usual',
    }
  if (!isStuck) return null
  return {
    zh: '微信一直说有新消息，却取不到：已放慢去取，来了新消息会照常回',
    en: 'WeChat goes on announcing news that it does not have: it is asked more slowly, new messages are answered as usual',
  }
}

/** A session that ended stays ended until somebody logs in, whatever states lie between. */
function untilOnline({ connection, now }: Situation, isNow: boolean): Look {
  if (isNow) return connectionPhrase(connection, now)
  return connection.kind === 'online' ? null : 'keep'
}

/** Only while we should be connected: a session that ended and a scan that is awaited have alarms of their own. */
function offline({ connection, silentMs, stallAfterMs }: Situation): Look {
  const shouldHear = ['online', 'backing-off', 'starting'].includes(connection.kind)
  if (!shouldHear) return null
  if (silentMs <= (connection.kind === 'online' ? stallAfterMs : Math.min(stallAfterMs, AWAY_LIMIT_MS)))
    return null
  const problem = connection.kind === 'backing-off' ? problemPhrase(connection.problem) : null
  const time = spokenDuration(silentMs)
  return {
    zh: `已有 ${time.zh}没有收到微信的回应${problem === null ? '' : `（${problem.zh}）`}，正在自动重连，请检查网络`,
    en: `nothing heard from WeChat for ${time.en}${problem === null ? '' : ` (${problem.en})`}; reconnecting, check the network`,
  }
}

/** The next send decides whether it was the last pause: one alarm for all pauses of a freeze. */
function untilTried({ isFreezeUntried }: Situation): Look {
  return isFreezeUntried ? 'keep' : null
}

function frozen(leftMs: number): Phrase {
  const left = spokenDuration(Math.max(1000, leftMs))
  return {
    zh: `微信说操作太频繁，${left.zh}内不发任何回复，待发的都留着`,
    en: `WeChat says "too often": nothing is sent for ${left.en}, waiting replies are kept`,
  }
}
