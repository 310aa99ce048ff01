import { CONNECTION_KINDS } from '../domain/connection.ts'
import type { Decision } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import type { AccountKey, Instant, RuleId } from '../domain/ids.ts'
import type { Delivery } from '../domain/run.ts'
import type { Brake } from '../outbox/line.ts'
import type { Store } from '../store/store.ts'
import type { Metrics } from '../web/metrics.ts'
import type { Verdict } from './pipeline.ts'
import type { Rooms } from './rooms.ts'
import type { DaemonObserver, DaemonSetup } from './setup.ts'

/**
 * Why a reply was not sent, in one word; null when it was, or still may be. What went stale is told by what kept it
 * waiting: a limit, a freeze, or nothing but time.
 */
export function withheldReason(to: Delivery, brake: Brake): string | null {
  switch (to.kind) {
    case 'held':
    case 'cancelled':
    case 'dead':
      return to.reason
    case 'expired':
      return brake === null ? 'expired' : `expired-${brake}`
    case 'uncertain':
    case 'ready':
    case 'retry':
    case 'sending':
    case 'sent':
      return null
  }
}

/** Keeps the numbers in step with what happens. Labels are closed words and rule ids, never names of people. */
export function feedMetrics(metrics: Metrics, setup: DaemonSetup, rooms: Rooms): void {
  metrics.setOneOf('login_state', 'state', CONNECTION_KINDS, rooms.client.connection.kind)
  rooms.watch({ ...onTheWire(metrics), ...onMessages(metrics, rooms), ...onTrouble(metrics, rooms) })
  metrics.onRead(() => look(metrics, setup, rooms))
}

function onTheWire(metrics: Metrics): DaemonObserver {
  return {
    onConnection({ from, to }) {
      metrics.setOneOf('login_state', 'state', CONNECTION_KINDS, to.kind)
      if (to.kind === 'awaiting-scan') metrics.count('qr_shown_total')
      // The tries that follow are the same loss.
      if (to.kind === 'backing-off' && from.kind !== 'backing-off')
        metrics.count('reconnects_total', { reason: to.problem })
    },
    onSync: (result) => metrics.count('sync_total', { result }),
    onLogin: (result) => metrics.count('login_attempts_total', { result }),
    onUnreadable: (endpoint) => metrics.count('unreadable_total', { what: endpoint }),
  }
}

function onMessages(metrics: Metrics, rooms: Rooms): DaemonObserver {
  return {
    onGap: (kind) => metrics.count('gaps_total', { kind }),
    onJudged(event, tookMs) {
      if (event.kind === 'message.received') metrics.observeMs('decision_duration_seconds', tookMs)
    },
    onDecided: (event, verdict) => countDecision(metrics, event, verdict),
    onDelivery({ to, ageMs }) {
      if (['sent', 'held', 'dead', 'expired', 'cancelled', 'uncertain'].includes(to.kind)) {
        metrics.count('sends_total', { kind: 'text', result: to.kind })
      }
      if (to.kind === 'sent' && ageMs !== undefined) metrics.observeMs('send_latency_seconds', ageMs)
      const reason = withheldReason(to, rooms.runner.brake)
      if (reason !== null) metrics.count('sends_withheld_total', { reason })
    },
  }
}

function countDecision(metrics: Metrics, event: Event, { decision, writes, notes }: Verdict): void {
  const isLoop = writes.some((write) => write.kind === 'mute' && write.reason === 'loop-breaker')
  if (isLoop) metrics.count('loop_breaks_total')
  if (decision?.kind === 'act')
    for (const { rule } of decision.acts) metrics.count('rule_matches_total', { rule })
  for (const { kind, rule, action } of notes)
    if (kind === 'problem') metrics.count('rule_errors_total', { rule, action })
  for (const { rule, scope } of refusalsIn(decision)) metrics.count('rule_limited_total', { rule, scope })
  for (const rule of decision?.trace.regexCut ?? []) metrics.count('regex_timeouts_total', { rule })
  if (event.kind === 'message.undecodable') metrics.count('unreadable_total', { what: 'message' })
  if (event.kind !== 'message.received') return
  metrics.count('messages_received_total', { chat: event.chat.kind, kind: event.content.kind })
  const reason = unansweredReason(decision)
  if (reason !== null) metrics.count('messages_skipped_total', { reason })
}

/** Why nothing follows a message: without a decision it was kept for the record only, or our own code failed on it. */
function unansweredReason(decision: Decision | null): string | null {
  if (decision === null) return 'not-decided'
  if (decision.kind === 'act') return null
  return decision.kind === 'suppressed' ? decision.reason : 'no-match'
}

function onTrouble(metrics: Metrics, rooms: Rooms): DaemonObserver {
  return {
    onAlarm({ kind, state }) {
      if (state !== 'cleared') metrics.count('alarms_total', { kind })
      if (kind === 'frozen' && state === 'raised') metrics.count('freezes_total')
      if (state !== 'happened') metrics.set('alarms_active', state === 'raised' ? 1 : 0, { kind })
      metrics.set('sends_frozen_until_timestamp_seconds', (rooms.runner.frozenUntil ?? 0) / 1000)
    },
    onLinesLost: (total) => metrics.set('log_lines_dropped', total),
    onNotice: (result) => metrics.count('notices_total', { result }),
  }
}

/** Rules that matched and were kept silent by a cooldown or limit of their own. */
function refusalsIn(decision: Decision | null): { rule: RuleId; scope: 'cooldown' | 'limit' }[] {
  return (decision?.trace.tried ?? []).flatMap(({ rule, outcome }) =>
    outcome.kind === 'suppressed' && (outcome.reason === 'cooldown' || outcome.reason === 'limit')
      ? [{ rule, scope: outcome.reason }]
      : [],
  )
}

/** How things stand when somebody reads the numbers. */
function look(metrics: Metrics, { clock }: DaemonSetup, { client, keeper, pin, store }: Rooms): void {
  const { counts, version, loadedAt, ruleset } = keeper.current
  const now = clock.now()
  for (const [kind, count] of [
    ['rule', counts.rules],
    ['quick', counts.quick],
    ['flow', counts.flows],
    ['schedule', counts.schedules],
  ] as const)
    metrics.set('rules_loaded', count, { kind })
  metrics.set('config_last_reload_successful', keeper.view().reloadError === null ? 1 : 0)
  metrics.set('config_last_reload_success_timestamp_seconds', loadedAt / 1000)
  metrics.set('config_hash', Number.parseInt(version.slice(0, 8), 16) || 0)
  metrics.set('sync_last_success_timestamp_seconds', (client.lastSyncAt ?? 0) / 1000)
  const { sessionSince } = client
  metrics.set('session_age_seconds', sessionSince === null ? 0 : Math.max(0, now - sessionSince) / 1000)
  metrics.clear('flows_active')
  for (const flow of ruleset.flows.keys()) metrics.set('flows_active', 0, { flow })
  const account = pin.current()
  if (account !== null) lookIntoStore(metrics, store, account, now)
}

function lookIntoStore(metrics: Metrics, store: Store, account: AccountKey, now: Instant): void {
  const waiting = store.outbox.counts(account)
  const queued = (['ready', 'retry', 'sending'] as const).reduce(
    (sum, kind) => sum + (waiting.get(kind) ?? 0),
    0,
  )
  metrics.set('send_queue_length', queued)
  const facts = store.facts(account)
  const taken = facts.mutes().filter(({ reason, until }) => reason === 'takeover' && until > now)
  metrics.set('takeovers_active', taken.length)
  for (const { flow, people } of facts.flowCounts()) metrics.set('flows_active', people, { flow })
}
