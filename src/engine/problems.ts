import type { ProblemEntry } from '../domain/problem.ts'

/** Every mistake that compiling a ruleset can report, E2xx errors and W2xx warnings; docs are checked against it. */
export const ENGINE_PROBLEMS = {
  E200: { code: 'E200', zh: '没有“{key}”这个条件', en: 'there is no condition "{key}"' },
  E201: {
    code: 'E201',
    zh: '条件 {key} 的写法不对：{detail}',
    en: 'condition {key} is not written correctly: {detail}',
  },
  E202: { code: 'E202', zh: '关键词是空的', en: 'the keyword is empty' },
  E203: { code: 'E203', zh: '没有名叫“{name}”的列表', en: 'there is no list "{name}"' },
  E204: { code: 'E204', zh: '没有名叫“{name}”的时间段', en: 'there is no time window "{name}"' },
  E205: {
    code: 'E205',
    zh: '没有名叫“{name}”的条件（conditions）',
    en: 'there is no named condition "{name}"',
  },
  E206: { code: 'E206', zh: '没有名叫“{name}”的流程', en: 'there is no flow "{name}"' },
  E207: { code: 'E207', zh: '条件“{name}”绕了一圈又用到自己', en: 'condition "{name}" refers to itself' },
  E208: {
    code: 'E208',
    zh: '列表“{name}”里不是文字，不能当关键词',
    en: 'list "{name}" holds selectors, not keywords',
  },
  E210: { code: 'E210', zh: '正则写错了：{detail}', en: 'the regular expression is wrong: {detail}' },
  E211: {
    code: 'E211',
    zh: '正则不能用{what}：引擎保证不会卡死，所以不支持它',
    en: 'regular expressions cannot use {what}: matching is guaranteed not to hang',
  },
  E212: {
    code: 'E212',
    zh: '正则重复次数超过 1000',
    en: 'a repeat count of the regular expression is over 1000',
  },
  E213: { code: 'E213', zh: '正则太大了，请拆开或缩小重复次数', en: 'the regular expression is too large' },
  E220: { code: 'E220', zh: '看不懂这个时间段：“{text}”', en: 'cannot read the time window "{text}"' },
  E221: { code: 'E221', zh: '没有“{name}”这个时区', en: 'there is no time zone "{name}"' },
  E222: {
    code: 'E222',
    zh: '看不懂这个时长：“{text}”（要带单位，如 10m、2h、30d）',
    en: 'cannot read the duration "{text}" (a unit is needed: 10m, 2h, 30d)',
  },
  E223: {
    code: 'E223',
    zh: '看不懂这个比较：“{text}”（如 ">= 5"、"1-10"）',
    en: 'cannot read the comparison "{text}" (such as ">= 5" or "1-10")',
  },
  E224: {
    code: 'E224',
    zh: '看不懂 if：“{text}”，要写一个比较，如 {{积分}} > 100，不能用过滤器',
    en: 'cannot read if: "{text}": it takes one comparison such as {{points}} > 100, without filters',
  },
  E230: {
    code: 'E230',
    zh: '流程“{name}”写得不对：{detail}',
    en: 'flow "{name}" is not written correctly: {detail}',
  },
  E231: { code: 'E231', zh: '流程“{name}”里没有步骤“{step}”', en: 'flow "{name}" has no step "{step}"' },
  E240: {
    code: 'E240',
    zh: '看不懂定时“{text}”（如 每天 09:00、每个工作日 09:00、每周一、三、五 18:00、每月1号 10:00）',
    en: 'cannot read the schedule "{text}"',
  },
  E241: { code: 'E241', zh: 'cron“{text}”写错了：{detail}', en: 'the cron line "{text}" is wrong: {detail}' },
  W210: {
    code: 'W210',
    zh: '正则太复杂，只看消息的前 {units} 个字',
    en: 'the regular expression is costly: only the first {units} characters of a message are searched',
  },
  W211: {
    code: 'W211',
    zh: '正则里没有固定文字，每条消息都要试一遍',
    en: 'the regular expression has no fixed text, so every message is tried against it',
  },
  W220: {
    code: 'W220',
    zh: '节假日数据只到 {until}，之后按周一到周五算工作日',
    en: 'holiday data ends on {until}; later days count as workdays from Monday to Friday',
  },
} as const satisfies Record<string, ProblemEntry>

export type EngineProblemCode = keyof typeof ENGINE_PROBLEMS
