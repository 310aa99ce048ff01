import { CONNECTION_KINDS } from '../domain/connection.ts'
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
  const { counts } = rooms.keeper.current
  metrics.set('rules_loaded', counts.rules, { kind: 'rule' })
  metrics.set('rules_loaded', counts.quick, { kind: 'quick' })
  metrics.set('config_last_reload_success_timestamp_seconds', setup.clock.now() / 1000)
}
