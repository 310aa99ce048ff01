/** Settings of the connection to WeChat and of sending. */
import * as k from '../kinds.ts'
import { group, groupOrOff, optionalSetting, setting } from '../setting.ts'

const MINUTE = 60_000

/** `login` */
export const login = group({
  mode: setting(
    k.oneOf('web', 'desktop'),
    'web',
    '登录方式；desktop 需要自己填写 login.desktop',
    'how to log in; desktop needs login.desktop',
  ),
  account: setting(
    k.oneOf('first', 'any'),
    'first',
    'first：第一次登录后固定为这个号；any：允许换号',
    'first: pinned to the first account; any: may change',
  ),
  qr: group({
    style: setting(
      k.oneOf('half', 'full', 'ansi', 'none'),
      'half',
      '终端二维码的画法；扫不出来时试 full',
      'how the QR is drawn; try full if it does not scan',
    ),
    stream: setting(k.oneOf('stderr', 'stdout'), 'stderr', '二维码打印到哪里', 'where the QR is printed'),
    png: setting(k.yesNo, true, '同时存成数据目录里的 qr.png', 'also written to qr.png in the data folder'),
    url: setting(k.yesNo, true, '同时打印图片网址', 'also print the address of the picture'),
    max_fast: setting(
      k.wholeNumber(1, 1000),
      10,
      '连续几张没人扫之后放慢',
      'unscanned codes before slowing down',
    ),
    slow_every: setting(k.duration(10_000), '10m', '放慢后多久换一张', 'time between codes after that'),
  }),
  restore: setting(k.yesNo, true, '重启后沿用上次登录，不用再扫码', 'reuse the session after a restart'),
  bases: group({
    login: optionalSetting(
      k.serviceAddress,
      '登录服务器地址（模拟器用）',
      'login server (for the simulator)',
    ),
    api: optionalSetting(k.serviceAddress, '接口服务器地址（模拟器用）', 'API server (for the simulator)'),
    file: optionalSetting(k.serviceAddress, '文件服务器地址（模拟器用）', 'file server (for the simulator)'),
    push: optionalSetting(
      k.serviceAddress,
      '长轮询服务器地址（模拟器用）',
      'long-poll server (for the simulator)',
    ),
    qr: optionalSetting(
      k.serviceAddress,
      '二维码图片服务器地址（模拟器用）',
      'QR picture server (for the simulator)',
    ),
  }),
  desktop: group({
    client_version: optionalSetting(
      k.secret,
      'mode: desktop 的客户端版本号',
      'client version for mode: desktop',
    ),
    extspam: optionalSetting(k.secret, 'mode: desktop 的 extspam 值', 'extspam value for mode: desktop'),
  }),
})

/** `sync` */
export const sync = group({
  stall_after: setting(
    k.duration(10_000),
    '90s',
    '多久没有成功同步算掉线',
    'no good sync for this long counts as offline',
  ),
  backoff: group({
    first: setting(k.duration(100, 10 * MINUTE), '500ms', '出错后第一次等多久', 'first wait after an error'),
    factor: setting(k.numberBetween(1, 10), 2, '每次再乘以', 'each wait is this times the last'),
    max: setting(k.duration(1000, 24 * 60 * MINUTE), '60s', '最多等多久', 'longest wait'),
    jitter: setting(k.numberBetween(0, 1), 1, '等待时间的随机比例', 'share of each wait that is random'),
  }),
})

/** `send` */
export const send = group({
  min_gap: setting(
    k.duration(0, 10 * MINUTE),
    '1.2s',
    '两条消息至少隔多久',
    'shortest gap between two sends',
  ),
  typing: groupOrOff(
    {
      base: setting(k.duration(0, MINUTE), '0.6s', '“打字”的固定时间', 'fixed part of the typing time'),
      per_char: setting(k.duration(0, 10_000), '60ms', '每个字多久', 'per character'),
      max: setting(k.duration(0, 10 * MINUTE), '6s', '最多多久', 'at most'),
      jitter: setting(k.numberBetween(0, 1), 0.25, '随机比例', 'random share'),
    },
    '回复前像人一样停一下',
    'a pause before each reply, like a person typing',
  ),
  reply_ttl: setting(
    k.orOff(k.duration(1000)),
    '10m',
    '过了这么久还没发出的回复就不发了',
    'a reply older than this is not sent',
  ),
  on_uncertain: setting(
    k.oneOf('resend', 'hold'),
    'resend',
    '不知道有没有发出时：重发（可能重复）或留给人看（可能漏）',
    'when unsure whether it was sent: resend (may double) or hold (may be lost)',
  ),
})
