import type { LoweredRule } from '../lower/rule.ts'
import { get } from '../node.ts'
import { placeAt } from '../source.ts'
import { graphemeCount } from './graphemes.ts'
import { type LintInput, remark, testsOf, textsOf } from './input.ts'

const POWERFUL = /^(owner|admins?|老板|店主|管理员|群主)$/i

/** Lints that need one rule alone. */
export function lintRule(rule: LoweredRule, input: LintInput): void {
  const { spec } = rule
  if (!rule.hasName) {
    const hint = { zh: '日志、测试和统计里用名称', en: 'logs, tests and counters use it' }
    remark(input, spec.place, 'W201', { zh: '规则没有名称（name）', en: 'the rule has no name' }, hint)
  }
  shortKeywords(rule, input)
  groupNoise(rule, input)
  expired(rule, input)
  weakNames(rule, input)
}

function shortKeywords({ spec }: LoweredRule, input: LintInput): void {
  for (const test of testsOf(spec.when).filter((one) => one.key === 'text')) {
    for (const word of textsOf(test.value)) {
      const isOne = graphemeCount(word.trim()) === 1
      if (!isOne && !/^\p{Nd}+$/u.test(word.trim())) continue
      remark(input, test.place, 'W204', {
        zh: `关键词“${word}”${isOne ? '只有一个字' : '只有数字'}，按“完全相同”匹配`,
        en: `the keyword "${word}" is ${isOne ? 'one character' : 'digits only'}: it must be the whole message`,
      })
    }
  }
}

function groupNoise({ spec }: LoweredRule, input: LintInput): void {
  const tests = testsOf(spec.when)
  const keys = new Set(tests.map((one) => one.key))
  const speaks = spec.actions.some(
    (one) => one.kind !== 'ignore' && one.kind !== 'stop' && one.kind !== 'log',
  )
  if (!keys.has('room') || !speaks || keys.has('mention') || spec.cooldown !== null || spec.limits.length > 0)
    return
  remark(
    input,
    spec.place,
    'W230',
    {
      zh: '群规则既不要求 @ 也没有冷却，可能会刷屏',
      en: 'a group rule without mention or cooldown may flood the room',
    },
    { zh: '加上 mention: me 或 cooldown: 10m', en: 'add mention: me or cooldown: 10m' },
  )
}

function expired({ spec, map }: LoweredRule, input: LintInput): void {
  const { untilDate } = spec
  const at = get(map, 'until')?.at
  const place = at === undefined ? spec.place : placeAt(at.source, at.start)
  if (untilDate === null || input.today === null || untilDate >= input.today) return
  remark(input, place, 'W232', {
    zh: `规则“${spec.name}”在 ${untilDate} 已经到期，不会再回复`,
    en: `the rule "${spec.name}" ended on ${untilDate}`,
  })
}

function weakNames({ spec }: LoweredRule, input: LintInput): void {
  for (const test of testsOf(spec.when).filter((one) => one.key === 'from')) {
    for (const name of textsOf(test.value)) {
      const listName = name.startsWith('list:') ? name.slice(5).trim() : null
      const entries = listName === null ? [name] : (input.spec.lists.get(listName)?.value ?? [])
      const isPowerful = POWERFUL.test(listName ?? name)
      if (!isPowerful || !entries.some((one) => typeof one === 'string')) continue
      remark(
        input,
        test.place,
        'W235',
        {
          zh: `“${name}”是对方自己能改的名字，冒充很容易`,
          en: `"${name}" is a name people choose themselves`,
        },
        { zh: '用备注名认人：{remark: 老板}', en: 'recognise them by your own remark: {remark: ...}' },
      )
    }
  }
}
