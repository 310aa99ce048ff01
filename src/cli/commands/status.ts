import { reasonPhrase } from '../../domain/reasons.ts'
import { type Asking, askingOf, localTime, withAnswer } from '../ask.ts'
import type { CliCommand } from '../command.ts'
import type { DaemonSilence, DaemonStatus, Words } from '../daemon-port.ts'
import { EXIT } from '../io.ts'
import { oneLine } from '../names.ts'
import { addSettingsOptions, pick, sayTo } from '../settings.ts'

const STATES: Readonly<Record<string, Words>> = {
  'signed-out': { zh: '没有登录', en: 'signed out' },
  'awaiting-scan': { zh: '等待扫码', en: 'waiting for the scan' },
  'awaiting-confirm': { zh: '等待在手机上确认', en: 'waiting for the confirmation on the phone' },
  starting: { zh: '正在启动', en: 'starting' },
  online: { zh: '在线', en: 'online' },
  'backing-off': { zh: '连接出错，正在重试', en: 'connection trouble, retrying' },
  expired: { zh: '登录已失效', en: 'the session has ended' },
  refused: { zh: '微信拒绝登录', en: 'WeChat refuses this account' },
}

/** `status [--json]`: what the running daemon says about itself. */
export const statusCommand: CliCommand = {
  name: 'status',
  summary: { zh: '登录状态、最近同步、计数、规则', en: 'login state, last sync, counters, rules' },
  configure(command) {
    addSettingsOptions(command)
    command.option('--json', '输出 JSON / as JSON')
  },
  run(call) {
    const asking = askingOf(call)
    return withAnswer(call, asking, asking.daemon.status(), async (status) => {
      if (call.options.json === true) sayTo(call.io.stdout, JSON.stringify(status, null, 2))
      else {
        const silences = await asking.daemon.silences()
        const silent = silences.kind === 'answer' ? silences.result : []
        for (const line of statusLines(status, silent, asking)) sayTo(call.io.stdout, line)
      }
      return EXIT.ok
    })
  },
}

/** One line per subject, labels in a column. */
export function statusLines(
  status: DaemonStatus,
  silent: readonly DaemonSilence[],
  asking: Asking,
): string[] {
  const zh = asking.language !== 'en'
  const at = (time: number | null) =>
    time === null ? (zh ? '还没有' : 'never') : localTime(time, asking.timezone)
  const state = pick(STATES[status.state] ?? { zh: status.state, en: status.state }, asking.language)
  const { queue, rules, counters } = status
  const rows: [string, string, string][] = [
    [
      '状态',
      'state',
      `${state} (${at(status.since)})${status.nick === '' ? '' : ` ${oneLine(status.nick)}`}`,
    ],
    ...pauseRow(status, at),
    ...silenceRow(silent, asking),
    ...frozenRow(status, at),
    ...alarmRow(status, asking),
    ['同步', 'sync', at(status.lastSyncAt)],
    [
      '规则',
      'rules',
      `${rules.count} ${zh ? '条，含问答' : 'with quick answers'} (${rules.version.slice(0, 12)}, ${at(rules.loadedAt)})`,
    ],
    ...(rules.reloadError === null
      ? []
      : [['规则有误', 'rules wrong', rules.reloadError] satisfies [string, string, string]]),
    [
      '待发',
      'queue',
      zh
        ? `等待 ${queue.ready}，留下 ${queue.held}，不确定 ${queue.uncertain}，放弃 ${queue.dead}`
        : `ready ${queue.ready}, held ${queue.held}, uncertain ${queue.uncertain}, dead ${queue.dead}`,
    ],
    [
      '计数',
      'counts',
      zh
        ? `收到 ${counters.received}，回复 ${counters.replied}，不回 ${counters.suppressed}`
        : `received ${counters.received}, replied ${counters.replied}, silent ${counters.suppressed}`,
    ],
    ['版本', 'version', `${status.version} (${at(status.startedAt)})`],
    ...(status.nextStep === null
      ? []
      : [['下一步', 'next', pick(status.nextStep, asking.language)] satisfies [string, string, string]]),
  ]
  return rows.map(([chinese, english, text]) =>
    zh ? `${chinese}${'　'.repeat(Math.max(1, 5 - chinese.length))}${text}` : `${english.padEnd(12)} ${text}`,
  )
}

function frozenRow(status: DaemonStatus, at: (time: number | null) => string): [string, string, string][] {
  const { frozenUntil } = status.sending
  return frozenUntil === null ? [] : [['被限频', 'frozen', `→ ${at(frozenUntil)}`]]
}

/** What somebody should look at, with the time since when. */
function alarmRow({ alarms }: DaemonStatus, { language, timezone }: Asking): [string, string, string][] {
  if (alarms.length === 0) return []
  const texts = alarms.map(({ text, since }) => `${pick(text, language)} (${localTime(since, timezone)})`)
  return [['告警', 'alarms', texts.join('; ')]]
}

/** Why one customer gets no answer while others do. */
function silenceRow(
  silences: readonly DaemonSilence[],
  { language, timezone }: Asking,
): [string, string, string][] {
  if (silences.length === 0) return []
  const texts = silences.map(({ chat, reason, until }) => {
    const end = until === null ? '' : ` → ${localTime(until, timezone)}`
    return `${oneLine(chat)} (${pick(reasonPhrase(reason), language)}${end})`
  })
  return [['不回的聊天', 'silent in', texts.join('; ')]]
}

function pauseRow(status: DaemonStatus, at: (time: number | null) => string): [string, string, string][] {
  if (!status.isPaused) return []
  return [['已暂停', 'paused', status.pausedUntil === null ? '-' : `→ ${at(status.pausedUntil)}`]]
}
