/** The settings tree: one line per setting with its kind, default and one sentence in each language. */
import * as z from 'zod'
import * as k from './kinds.ts'
import { login, send, sync } from './schema/connection.ts'
import { limits, merge, quietHours, safety, stopWords, takeover } from './schema/silence.ts'
import { heartbeat, http, llm, log, notify, privacy, server } from './schema/surroundings.ts'
import { group, optionalSetting, setting } from './setting.ts'

const MINUTE = 60_000

/** Everything an operator may set, with all defaults. Input: plain merged data; output: checked values under the same keys. */
export const settingsSchema = z.strictObject({
  version: setting({ type: z.literal(1), form: 'yaml', accepts: '1' }, 1, '格式版本', 'format version'),
  timezone: setting(
    k.zone,
    'Asia/Shanghai',
    '时区；启动时打印当前时间供核对',
    'time zone; the local time is printed at start',
  ),
  language: setting(
    k.oneOf('zh-CN', 'en'),
    'zh-CN',
    '日志、错误、提示的语言',
    'language of logs, errors and notices',
  ),
  owner: group({
    remark: optionalSetting(
      k.words,
      '店主的备注名；不写则通知发到“文件传输助手”',
      'remark of the owner; without it notices go to 文件传输助手',
    ),
  }),
  data: group({
    path: setting(k.path, 'data', '数据目录', 'data folder'),
    key: optionalSetting(
      k.longSecret,
      '加密登录记录 (session.json) 的密钥；不写则不加密',
      'key that encrypts the session (session.json); without it the session is not encrypted',
    ),
    old_key: optionalSetting(
      k.longSecret,
      '换密钥时：原来的密钥，只用来读',
      'when changing the key: the one before, for reading only',
    ),
  }),
  rules: group({
    path: setting(k.path, 'rules', '规则目录', 'rules folder'),
    test_gate: setting(
      k.oneOf('block', 'warn', 'off'),
      'block',
      '规则测试没通过时：不启用 / 只提醒 / 不管',
      'when rule tests fail: keep the old rules, warn, or ignore',
    ),
  }),
  reload: group({
    watch: setting(k.yesNo, true, '改完规则自动重新载入', 'reload when files change'),
    poll: setting(k.duration(500, 60 * MINUTE), '5s', '多久检查一次文件', 'how often files are checked'),
    settle: setting(
      k.duration(0, MINUTE),
      '500ms',
      '文件停止变化多久后再载入',
      'wait until files have been still for this long',
    ),
  }),
  login,
  sync,
  send,
  safety,
  takeover,
  stop_words: stopWords,
  merge,
  commands: group({
    filehelper: setting(
      k.yesNo,
      false,
      '自己在“文件传输助手”里发指令',
      'take commands from ourselves in 文件传输助手',
    ),
  }),
  limits,
  quiet_hours: quietHours,
  holidays: group({
    file: optionalSetting(
      k.path,
      '节假日文件；不写则用设置文件旁边的 holidays.yaml（如果有）',
      'holiday file; without it holidays.yaml beside this file, if there',
    ),
  }),
  state: group({
    keep: setting(
      k.duration(86_400_000),
      '180d',
      '记住的内容保留多久',
      'how long remembered values are kept',
    ),
    max_keys_per_contact: setting(
      k.wholeNumber(1, 10_000),
      50,
      '每个人最多记几项',
      'remembered values per person',
    ),
  }),
  http,
  llm,
  notify,
  heartbeat,
  server,
  log,
  privacy,
})

/** The checked settings under their written names. */
export type Settings = z.output<typeof settingsSchema>
