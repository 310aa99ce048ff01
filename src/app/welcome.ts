import { DateTime } from 'luxon'
import type { LoadCounts } from '../rules/load.ts'
import type { Narrator } from './narrator.ts'
import { type Phrase, RISK } from './phrases.ts'
import type { Rooms } from './rooms.ts'
import type { RulesKeeper } from './rules-keeper.ts'
import { loadedPhrase } from './rules-phrases.ts'
import type { DaemonSetup } from './setup.ts'

const NO_RULES: Phrase = {
  zh: '一条规则也没有，什么都不会回。从一套现成的开始: wxreply init --example shop',
  en: 'there is no rule, so nothing is answered. To begin with a ready set: wxreply init --example shop',
}

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
  // A folder that Docker made because nobody had, for example.
  if (isEmpty(keeper.current.counts) && keeper.view().reloadError === null)
    narrator.warn(NO_RULES, { event: 'rules', outcome: 'empty' })
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

function isEmpty({ rules, quick, flows, schedules }: LoadCounts): boolean {
  return rules + quick + flows + schedules === 0
}

/** The local date `YYYY-MM-DD` of an instant. */
export function localDate(now: number, timezone: string): string {
  return DateTime.fromMillis(now, { zone: timezone }).toISODate() ?? ''
}
