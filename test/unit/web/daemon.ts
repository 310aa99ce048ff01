import type { Metrics } from '../../../src/web/metrics.ts'
import type { CommandOutcome, DaemonCommands, DaemonViews, StatusView } from '../../../src/web/ports.ts'

export const STATUS: StatusView = {
  version: '1.2.3',
  state: 'online',
  since: 1_700_000_000_000,
  nick: '老张水果',
  isPaused: false,
  pausedUntil: null,
  startedAt: 1_700_000_000_000,
  lastSyncAt: 1_700_000_001_000,
  queue: { ready: 1, held: 2, uncertain: 3, dead: 4 },
  rules: { version: 'abcdef0123456789', count: 12, loadedAt: 1_700_000_000_000, reloadError: null },
  sending: { frozenUntil: null, isSuspended: false, brake: null },
  alarms: [],
  counters: { received: 10, replied: 5, suppressed: 5 },
  nextStep: null,
}

export const DONE: CommandOutcome = { kind: 'done', message: { zh: '好了', en: 'done' } }

/** A daemon that a test plays: answers are fields, orders are written down. */
export class PlayedDaemon {
  status: StatusView = STATUS
  health = { isOk: true, reasons: [] as string[] }
  readiness = { isOk: false, reasons: ['connection is awaiting-scan'] }
  qr: ReturnType<DaemonViews['qr']> = {
    text: 'https://login.weixin.qq.com/l/YfJ-8bXp3A==',
    imageUrl: 'https://login.weixin.qq.com/qrcode/YfJ-8bXp3A==',
    nth: 1,
  }
  outcome: CommandOutcome | Error = DONE
  readonly orders: unknown[] = []

  readonly views: DaemonViews = {
    health: () => this.health,
    readiness: () => this.readiness,
    status: () => this.status,
    qr: () => this.qr,
    contacts: (find) =>
      ['小王', '老王', '王\n09:00 在线\u001b[2J'].flatMap((name) =>
        name.includes(find)
          ? [{ name, remark: name, nick: 'n', alias: '', relation: 'friend', isAmbiguous: name === '老王' }]
          : [],
      ),
    rooms: () => [{ name: '老客户群', members: 12, isAmbiguous: false }],
    silences: () => [{ chat: '老周\u001b', reason: 'paused', until: null }],
    held: () => [{ step: 's1', chat: '小王', rule: '问价', reason: 'uncertain', since: 1_700_000_000_000 }],
    explain: (event) => (event === 'e1' ? '规则“问价”命中“多少钱”' : null),
  }

  readonly commands: DaemonCommands = {
    reload: () => this.#take({ reload: true }),
    pause: (options) => this.#take({ pause: options }),
    resume: (options) => this.#take({ resume: options }),
    refreshQr: () => this.#take({ refreshQr: true }),
    forget: (options) => this.#take({ forget: options }),
    logout: () => this.#take({ logout: true }),
  }

  async #take(order: unknown): Promise<CommandOutcome> {
    this.orders.push(order)
    if (this.outcome instanceof Error) throw this.outcome
    return this.outcome
  }

  parts(metrics: Metrics) {
    return { views: this.views, commands: this.commands, metrics }
  }
}
