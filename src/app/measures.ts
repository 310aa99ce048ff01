import { CONNECTION_KINDS } from '../domain/connection.ts'
import type { Decision } from '../domain/decision.ts'
import type { RuleId } from '../domain/ids.ts'
import type { Delivery } from '../domain/run.ts'
import type { Brake } from '../outbox/line.ts'
import type { Metrics } from '../web/metrics.ts'
import type { Rooms } from './rooms.ts'
import type { DaemonSetup } from './setup.ts'

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
  rooms.client.onConnection(({ from, to, reason }) => {
    metrics.setOneOf('login_state', 'state', CONNECTION_KINDS, to.kind)
    if (to.kind === 'awaiting-scan') metrics.count('qr_shown_total')
    if (to.kind === 'online' && from.kind === 'starting')
      metrics.count('login_attempts_total', { result: 'ok' })
    if (to.kind === 'refused') metrics.count('login_attempts_total', { result: 'refused' })
    if (to.kind === 'backing-off') metrics.count('reconnects_total', { reason })
  })
  rooms.watch({
    onGap: (kind) => metrics.count('gaps_total', { kind }),
    onDecided(event, { decision, runs, writes }) {
      const isLoop = writes.some((write) => write.kind === 'mute' && write.reason === 'loop-breaker')
      if (isLoop) metrics.count('loop_breaks_total')
      if (event.kind !== 'message.received') return
      metrics.count('messages_received_total', { chat: event.chat.kind, kind: event.content.kind })
      metrics.set('sync_last_success_timestamp_seconds', (rooms.client.lastSyncAt ?? 0) / 1000)
      if (decision?.kind === 'suppressed')
        metrics.count('messages_skipped_total', { reason: decision.reason })
      for (const run of runs) metrics.count('rule_matches_total', { rule: run.rule })
      for (const { rule, scope } of refusalsIn(decision)) metrics.count('rule_limited_total', { rule, scope })
    },
    onDelivery({ to }) {
      if (['sent', 'held', 'dead', 'expired', 'cancelled', 'uncertain'].includes(to.kind)) {
        metrics.count('sends_total', { kind: 'text', result: to.kind })
      }
      const reason = withheldReason(to, rooms.runner.brake)
      if (reason !== null) metrics.count('sends_withheld_total', { reason })
    },
    onAlarm({ kind, state }) {
      if (state !== 'cleared') metrics.count('alarms_total', { kind })
      if (kind === 'frozen' && state === 'raised') metrics.count('freezes_total')
      if (state !== 'happened') metrics.set('alarms_active', state === 'raised' ? 1 : 0, { kind })
      metrics.set('sends_frozen_until_timestamp_seconds', (rooms.runner.frozenUntil ?? 0) / 1000)
    },
    onLinesLost: (total) => metrics.set('log_lines_dropped', total),
    onNotice: (result) => metrics.count('notices_total', { result }),
  })
  metrics.onRead(() => look(metrics, setup, rooms))
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
function look(metrics: Metrics, { clock }: DaemonSetup, { keeper, pin, store }: Rooms): void {
  const { counts, version, loadedAt } = keeper.current
  metrics.set('rules_loaded', counts.rules, { kind: 'rule' })
  metrics.set('rules_loaded', counts.quick, { kind: 'quick' })
  metrics.set('config_last_reload_successful', keeper.view().reloadError === null ? 1 : 0)
  metrics.set('config_last_reload_success_timestamp_seconds', loadedAt / 1000)
  metrics.set('config_hash', Number.parseInt(version.slice(0, 8), 16) || 0)
  const account = pin.current()
  if (account === null) return
  const waiting = store.outbox.counts(account)
  const queued = (['ready', 'retry', 'sending'] as const).reduce(
    (sum, kind) => sum + (waiting.get(kind) ?? 0),
    0,
  )
  metrics.set('send_queue_length', queued)
  const taken = store
    .facts(account)
    .mutes()
    .filter(({ reason, until }) => reason === 'takeover' && until > clock.now())
  metrics.set('takeovers_active', taken.length)
}
