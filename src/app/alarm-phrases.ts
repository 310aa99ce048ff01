import { spokenDuration } from '../support/duration.ts'
import type { AlarmChange, AlarmKind } from './alarm.ts'
import type { Phrase } from './phrases.ts'

const TITLES: Readonly<Record<AlarmKind, Phrase>> = {
  offline: { zh: '连不上微信', en: 'cannot reach WeChat' },
  stuck: { zh: '微信同步打转', en: 'the sync of WeChat goes in circles' },
  'logged-out': { zh: '微信掉线了', en: 'logged out of WeChat' },
  refused: { zh: '微信拒绝登录', en: 'WeChat refuses the login' },
  qr: { zh: '请扫码登录', en: 'scan the login code' },
  frozen: { zh: '发送被限频', en: 'sending is limited' },
  suspended: { zh: '已停止自动回复', en: 'replies are stopped' },
  store: { zh: '数据目录写不进去', en: 'the data folder refuses writes' },
  web: { zh: '管理端口用不了', en: 'the control address cannot be used' },
  'reload-failed': { zh: '规则有误，没有生效', en: 'rules have mistakes and do not run' },
  'loop-broken': { zh: '对方像机器人，已停止回复', en: 'the other side looks like a bot' },
}

/** The headline of an alarm. */
export function alarmTitle(kind: AlarmKind): Phrase {
  return TITLES[kind]
}

/** What a person is told: headline and text. */
export function alarmPhrase({ kind, state, at, since, detail, times }: AlarmChange): {
  readonly title: Phrase
  readonly text: Phrase
} {
  const title = TITLES[kind]
  if (state === 'cleared') {
    const lasted = spokenDuration(Math.max(1000, at - since))
    return {
      title: { zh: `恢复: ${title.zh}`, en: `over: ${title.en}` },
      text: { zh: `历时 ${lasted.zh}`, en: `it lasted ${lasted.en}` },
    }
  }
  if (times === 1) return { title, text: detail }
  return { title, text: { zh: `${detail.zh}（共 ${times} 次）`, en: `${detail.en} (${times} times)` } }
}
