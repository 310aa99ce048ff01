import type { Connection } from '../domain/connection.ts'
import type { Instant } from '../domain/ids.ts'
import type { HealthView } from '../web/ports.ts'
import type { Phrase } from './phrases.ts'

/** When a poll that is held to its deadline, with the fetch behind it, must have come back. */
const MISSED_TICK_MS = 60_000
/** A login is a row of requests, each with its own deadline, before anything changes. */
const MISSED_START_MS = 90_000

/** What liveness and readiness are judged from; all of it from memory. */
export interface Vitals {
  readonly connection: Connection
  readonly lastSyncAt: Instant | null
  /** When the loops last made a step of any kind. */
  readonly lastTickAt: Instant
  readonly stallAfterMs: number
  readonly areRulesLoaded: boolean
}

/**
 * Alive: the event loop answers (it does, if this runs) and the sync loop made a step lately, or rightly waits for a
 * person. A container that waits for a scan is healthy; restarting it would only ask the server for more codes.
 */
export function judgeHealth(vitals: Vitals, now: Instant): HealthView {
  if (now <= nextTickBy(vitals)) return { isOk: true, reasons: [] }
  return { isOk: false, reasons: ['sync loop stalled'] }
}

/** When the next step must have been made, whatever the server does. */
function nextTickBy({ connection, lastTickAt }: Vitals): Instant {
  switch (connection.kind) {
    case 'online':
      return lastTickAt + MISSED_TICK_MS
    case 'starting':
      return lastTickAt + MISSED_START_MS
    case 'backing-off':
      // After "too often" the next try may be an hour away.
      return Math.max(lastTickAt, connection.retryAt) + MISSED_TICK_MS
    default:
      return Number.POSITIVE_INFINITY
  }
}

/** Ready: logged in, synced within the limit, rules loaded. */
export function judgeReadiness(vitals: Vitals, now: Instant): HealthView {
  const reasons: string[] = []
  if (vitals.connection.kind !== 'online') reasons.push(`connection is ${vitals.connection.kind}`)
  if (vitals.lastSyncAt === null || now - vitals.lastSyncAt > vitals.stallAfterMs)
    reasons.push('no recent sync')
  if (!vitals.areRulesLoaded) reasons.push('no rules loaded')
  return { isOk: reasons.length === 0, reasons }
}

/** What the owner should do now; null when nothing. */
export function nextStep(connection: Connection): Phrase | null {
  switch (connection.kind) {
    case 'awaiting-scan':
      return { zh: '请用手机微信扫码: wxreply qr', en: 'scan the code with WeChat on the phone: wxreply qr' }
    case 'awaiting-confirm':
      return { zh: '请在手机上点“登录”', en: 'tap "Log In" on the phone' }
    case 'signed-out':
    case 'expired':
      return { zh: '需要重新登录: wxreply qr --refresh', en: 'log in again: wxreply qr --refresh' }
    case 'refused':
      return {
        zh: '微信拒绝了这个帐号；解决后: wxreply qr --refresh',
        en: 'WeChat refused this account; when solved: wxreply qr --refresh',
      }
    case 'backing-off':
      return { zh: '正在自动重连，请检查网络', en: 'reconnecting on its own; check the network' }
    case 'starting':
    case 'online':
      return null
  }
}
