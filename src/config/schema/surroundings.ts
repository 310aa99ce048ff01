/** Settings of everything around WeChat: calls, notices, our own server, logs. */
import * as z from 'zod'
import * as k from '../kinds.ts'
import { group, groupOrOff, optionalSetting, setting } from '../setting.ts'

const MINUTE = 60_000

const notifyOn = (fallback: string[], zh: string, en: string) => setting(k.wordList, fallback, zh, en)

/** `notify` */
export const notify = group({
  channels: setting(
    {
      type: z.record(
        z.string().min(1).max(40),
        z.strictObject({
          webhook: k.secretAddress.type,
          format: z.prefault(k.oneOf('bark', 'serverchan', 'ntfy', 'wecom', 'json').type, 'json'),
        }),
      ),
      form: 'yaml',
      accepts: '{名字 name: {webhook: …, format: bark | serverchan | ntfy | wecom | json}}',
    },
    {},
    '推送渠道',
    'push channels',
  ),
  on: group({
    logged_out: notifyOn([], '掉线时通知谁', 'told when logged out'),
    refused: notifyOn([], '微信拒绝登录时通知谁', 'told when the account is refused'),
    reload_failed: notifyOn(['owner'], '规则有误时通知谁', 'told when rules fail to load'),
    loop_broken: notifyOn(['owner'], '发现机器人互聊时通知谁', 'told when a loop was broken'),
    qr: notifyOn([], '要扫码时通知谁', 'told when a scan is needed'),
    blocked: notifyOn(
      ['owner'],
      '发不出去（被限频、磁盘满）或管理端口用不了时通知谁',
      'told when sending is blocked (too often, disk full) or the control address cannot be had',
    ),
  }),
})

/** `http` */
export const http = group({
  allow: setting(
    k.listOf(k.hostPattern),
    [],
    '规则可以访问的主机；空表示都不行',
    'hosts that rules may call; empty means none',
  ),
  timeout: setting(k.duration(100, 2 * MINUTE), '5s', '多久没回应算失败', 'time limit of a call'),
  proxy: optionalSetting(k.secretAddress, '代理地址', 'proxy address'),
})

/** `llm` */
export const llm = group({
  url: optionalSetting(
    k.serviceAddress,
    '大模型接口地址（OpenAI 格式）；不写则不用',
    'LLM endpoint (OpenAI style); without it no LLM',
  ),
  key: optionalSetting(k.secret, '接口密钥', 'its key'),
  model: optionalSetting(k.words, '模型名', 'model name'),
  budget: groupOrOff(
    {
      calls: setting(k.wholeNumber(1, 1_000_000), 300, '最多调用几次', 'calls at most'),
      tokens: setting(k.wholeNumber(1, 1_000_000_000), 200_000, '最多多少 token', 'tokens at most'),
      in: setting(k.duration(MINUTE), '1d', '在多长时间内', 'within this time'),
    },
    '用量上限',
    'budget',
  ),
})

/** `heartbeat` */
export const heartbeat = group({
  url: optionalSetting(
    k.secretAddress,
    '在线时定时访问的网址（Uptime Kuma、healthchecks.io）',
    'address called while online (Uptime Kuma, healthchecks.io)',
  ),
  every: setting(k.duration(5000), '1m', '多久一次', 'how often'),
})

/** `server` */
export const server = group({
  listen: setting(
    k.orOff(k.listenAddress),
    '127.0.0.1:8787',
    '状态和管理接口的地址',
    'address of the status and control server',
  ),
  token: optionalSetting(
    k.secret,
    '口令；不写则生成在数据目录的 http-token 里',
    'token; without it one is made in http-token in the data folder',
  ),
})

/** `log` */
export const log = group({
  level: setting(k.oneOf('debug', 'info', 'warn', 'error', 'silent'), 'info', '日志级别', 'log level'),
  format: setting(
    k.oneOf('auto', 'json', 'pretty'),
    'auto',
    'auto：终端里好读，其他情况一行一个 JSON',
    'auto: readable in a terminal, else one JSON object per line',
  ),
  messages: setting(
    k.oneOf('off', 'preview', 'full'),
    'preview',
    '日志里的消息文字：不写 / 前 8 个字 / 全文',
    'message text in logs: none, 8 characters, all',
  ),
})

/** `privacy` */
export const privacy = group({
  traces: setting(k.orOff(k.duration(60 * MINUTE)), '7d', '判断记录保留多久', 'how long decisions are kept'),
  redact: setting(
    k.listOf(k.oneOf('phone', 'id_card', 'bank_card')),
    ['phone', 'id_card', 'bank_card'],
    '记录里打码的号码：日志、判断记录、留存的消息、推送',
    'numbers masked in logs, traces, kept messages and notices',
  ),
})
