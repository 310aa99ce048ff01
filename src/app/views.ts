import type { ConnectionChange } from '../domain/connection.ts'
import type { AccountKey, Instant } from '../domain/ids.ts'
import type { Runner } from '../outbox/runner.ts'
import type { ProtocolClient, RosterEntry } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import type { Bilingual, DaemonViews, HeldView, PersonView, SilenceView, StatusView } from '../web/ports.ts'
import type { AccountPin } from './account.ts'
import type { AlarmDesk } from './alarm-desk.ts'
import type { Freezes } from './alarm-freeze.ts'
import { alarmTitle } from './alarm-phrases.ts'
import { describeAudit, describeTrace } from './explain.ts'
import { judgeHealth, judgeReadiness, nextStep, type Vitals } from './status.ts'

/** Totals since the start. */
export interface Counters {
  received: number
  replied: number
  suppressed: number
}

/** What the views read; nothing here waits or asks the network. */
export interface ViewSources {
  readonly version: string
  readonly startedAt: Instant
  readonly client: ProtocolClient
  readonly store: Store
  readonly pin: AccountPin
  readonly counters: Counters
  readonly runner: Pick<Runner, 'frozenUntil' | 'brake'>
  readonly freezes: Pick<Freezes, 'isSuspended'>
  readonly alarms: Pick<AlarmDesk, 'active'>
  /** The last change of connection; null before the first. */
  lastChange(): ConnectionChange | null
  /** When the loops last made a step. */
  lastTickAt(): Instant
  rules(): StatusView['rules']
  readonly stallAfterMs: number
  now(): Instant
}

const HELD_LIMIT = 200
const RESUME: Bilingual = {
  zh: '一天里两次被限频，确认没事后: wxreply resume',
  en: 'told "too often" twice in a day; when all is well: wxreply resume',
}

function person(entry: RosterEntry): PersonView {
  const { name, remark, alias, nick, relation, isAmbiguous } = entry
  return { name, remark, alias, nick, relation, isAmbiguous }
}

function vitals(sources: ViewSources): Vitals {
  return {
    connection: sources.client.connection,
    lastSyncAt: sources.client.lastSyncAt,
    lastTickAt: sources.lastTickAt(),
    stallAfterMs: sources.stallAfterMs,
    areRulesLoaded: sources.rules().loadedAt !== null,
  }
}

/** Everything that may be read about a running daemon. */
export function daemonViews(sources: ViewSources): DaemonViews {
  return {
    health: () => judgeHealth(vitals(sources), sources.now()),
    readiness: () => judgeReadiness(vitals(sources), sources.now()),
    status: () => status(sources),
    qr() {
      const { connection } = sources.client
      if (connection.kind !== 'awaiting-scan') return null
      return { text: connection.qrText, imageUrl: connection.qrImageUrl, nth: connection.nth }
    },
    contacts: (find) =>
      sources.client.roster
        .contacts()
        .filter((entry) => [entry.name, ...entry.otherNames].some((name) => name.includes(find)))
        .map(person),
    rooms: () =>
      sources.client.roster
        .rooms()
        .map((entry) => ({ name: entry.name, members: entry.memberCount, isAmbiguous: entry.isAmbiguous })),
    held: () => held(sources),
    silences() {
      const account = sources.pin.current()
      return account === null ? [] : silences(sources, account)
    },
    explain(id) {
      const { event, lines } = sources.store.audit(id)
      const trace = event === null ? null : sources.store.traces.find(event)
      const parts = [
        ...(trace === null ? [] : [describeTrace(trace, 'zh-CN')]),
        ...lines.map((line) => describeAudit(line, 'zh-CN')),
      ]
      return parts.length === 0 ? null : parts.join('\n')
    },
  }
}

function status(sources: ViewSources): StatusView {
  const { client, store, counters } = sources
  const account = sources.pin.current()
  const counts = account === null ? new Map<string, number>() : store.outbox.counts(account)
  const now = sources.now()
  const everything = (account === null ? [] : store.outbox.paused(account)).find(
    (pause) => pause.chat === null && (pause.until === null || pause.until > now),
  )
  const { connection } = client
  const isSuspended = account !== null && sources.freezes.isSuspended(account)
  return {
    version: sources.version,
    state: connection.kind,
    since: sources.lastChange()?.at ?? sources.startedAt,
    nick: connection.kind === 'online' ? connection.nick : '',
    isPaused: everything !== undefined,
    pausedUntil: everything?.until ?? null,
    startedAt: sources.startedAt,
    lastSyncAt: client.lastSyncAt,
    queue: {
      ready: (counts.get('ready') ?? 0) + (counts.get('retry') ?? 0) + (counts.get('sending') ?? 0),
      held: counts.get('held') ?? 0,
      uncertain: counts.get('uncertain') ?? 0,
      dead: counts.get('dead') ?? 0,
    },
    rules: sources.rules(),
    sending: {
      frozenUntil: sources.runner.frozenUntil,
      isSuspended,
      brake: sources.runner.brake,
    },
    alarms: sources.alarms.active().map(({ kind, since }) => ({ kind, since, text: alarmTitle(kind) })),
    counters: { ...counters },
    nextStep: nextStep(connection) ?? (isSuspended ? RESUME : null),
  }
}

/** More chats than this are a setting, not something to read one by one. */
const SILENCES_SHOWN = 20

/** Chats that were paused by hand, taken over, muted or stopped, and still are. */
function silences({ store, client, now }: ViewSources, account: AccountKey): SilenceView[] {
  const at = now()
  const paused = store.outbox
    .paused(account)
    .flatMap(({ chat, until }) => (chat === null ? [] : [{ chat, reason: 'paused' as const, until }]))
  return [...paused, ...store.facts(account).mutes()]
    .filter(({ until }) => until === null || until > at)
    .slice(0, SILENCES_SHOWN)
    .map(({ chat, ...rest }) => ({ ...rest, chat: client.roster.byKey(chat)?.name ?? '?' }))
}

function held(sources: ViewSources): HeldView[] {
  const account = sources.pin.current()
  if (account === null) return []
  return (['held', 'uncertain'] as const).flatMap((kind) =>
    sources.store.outbox.list(account, kind, HELD_LIMIT).map((step) => ({
      step: step.id,
      chat: sources.client.roster.byKey(step.chat)?.name ?? '',
      rule: step.ruleName,
      reason: step.delivery.kind === 'held' ? step.delivery.reason : step.delivery.kind,
      since: 'since' in step.delivery ? step.delivery.since : step.createdAt,
    })),
  )
}
