import { DateTime } from 'luxon'
import type { Narrator } from './narrator.ts'
import { RISK } from './phrases.ts'
import type { Rooms } from './rooms.ts'
import type { RulesKeeper } from './rules-keeper.ts'
import { loadedPhrase } from './rules-phrases.ts'
import type { DaemonSetup } from './setup.ts'

/** What a person reads first: version, time zone, where everything lies, and whether a scan is needed. */
export function welcome(
  setup: DaemonSetup,
  parts: { narrator: Narrator; rooms: Rooms; keeper: RulesKeeper },
): void {
  const { config, version, clock } = setup
  const { narrator, rooms, keeper } = parts
  const node = process.versions.node.split('.')[0]
  const local = (language: string) =>
    DateTime.fromMillis(clock.now(), { zone: config.timezone })
      .setLocale(language)
      .toFormat('yyyy-MM-dd HH:mm ccc')
  const fields = { event: 'start' }
  narrator.info(
    {
      zh: `wxreply ${version} (node ${node})  时区 ${config.timezone}  现在 ${local('zh-CN')}`,
      en: `wxreply ${version} (node ${node})  time zone ${config.timezone}  now ${local('en')}`,
    },
    { ...fields, version },
  )
  narrator.info(loadedPhrase(config.rules.path, keeper.current, keeper.current.tests), fields)
  const hasSession = rooms.store.session.load() !== null && config.login.restore
  const uid = process.getuid?.() ?? '-'
  narrator.info(
    {
      zh: `数据   ${config.data.path} 可写 (uid ${uid})，${hasSession ? '有登录记录 → 试着恢复' : '没有登录记录 → 需要扫码'}`,
      en: `data   ${config.data.path} is writable (uid ${uid}), ${hasSession ? 'a session is saved -> resuming' : 'no session is saved -> a scan is needed'}`,
    },
    fields,
  )
  if (!hasSession) narrator.warn(RISK, { event: 'risk' })
}

/** The local date `YYYY-MM-DD` of an instant. */
export function localDate(now: number, timezone: string): string {
  return DateTime.fromMillis(now, { zone: timezone }).toISODate() ?? ''
}
