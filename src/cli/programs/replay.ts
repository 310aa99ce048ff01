import { policyOf } from '../../app/judge.ts'
import { keptEvents } from '../../app/kept.ts'
import { type ReplayChange, type ReplayOutcome, type ReplayReport, replay } from '../../app/replay.ts'
import type { Config } from '../../config/config.ts'
import { formatDiagnostics } from '../../rules/format.ts'
import type { SessionRules } from '../../rules/testing/session.ts'
import { systemClock } from '../../support/clock.ts'
import { parseDuration } from '../../support/duration.ts'
import { localTime } from '../ask.ts'
import { type Call, textOption, UsageError } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { oneLine } from '../names.ts'
import { buildTarget } from '../rules-target.ts'
import { loadSettings, pick, reportSettings, sayTo } from '../settings.ts'

/** Carries out `replay`. */
export async function runReplay(call: Call): Promise<ExitCode> {
  const settings = loadSettings(call)
  reportSettings(settings, call.io)
  const { config } = settings
  if (config === null) return EXIT.badSettings
  const sinceMs = sinceOption(call)
  const kept = keptEvents(config.data.path)
  if (kept.kind === 'refused') {
    sayTo(call.io.stderr, pick(kept.words, config.language))
    return EXIT.failed
  }
  const rules = await rulesIn(config.rules.path, config, call)
  if (rules === null) return EXIT.failed
  const { rules: _, ...others } = call.options
  const inForce = loadSettings({ ...call, options: others }).config?.rules.path ?? null
  const current =
    inForce === null || inForce === config.rules.path ? null : await rulesIn(inForce, config, null)
  const since = systemClock.now() - sinceMs
  const report = replay({ events: kept.value, since, rules, current, policy: policyOf(config) })
  for (const line of reportLines(report, config)) sayTo(call.io.stdout, line)
  return EXIT.ok
}

function sinceOption(call: Call): number {
  const text = textOption(call.options, 'since') ?? '24h'
  const ms = parseDuration(text)
  if (ms !== null && ms > 0) return ms
  throw new UsageError({
    zh: `--since 要写时长，如 24h: ${text}`,
    en: `--since takes a duration such as 24h: ${text}`,
  })
}

/** The rules of a folder; null when they have mistakes, which are shown when a call is given. */
async function rulesIn(dir: string, config: Config, call: Call | null): Promise<SessionRules | null> {
  const { loaded, compiled } = await buildTarget({ dir, onlyFile: null }, config.timezone)
  const { spec } = loaded
  const { ruleset, book, diagnostics } = compiled
  if (spec !== null && ruleset !== null && book !== null) return { spec, ruleset, book }
  const errors = diagnostics.filter((one) => one.severity === 'error')
  if (call !== null) sayTo(call.io.stderr, formatDiagnostics(errors, 'text', config.language))
  return null
}

function reportLines(report: ReplayReport, config: Config): string[] {
  const { compared, otherRule, leftOut, changes } = report
  const count = (sort: ReplayChange['sort']) => changes.filter((one) => one.sort === sort).length
  const same = compared - changes.length
  const zh = `比较了 ${compared} 条消息：${same} 条不变，${changes.length} 条会变（新答 ${count('new-reply')}，不再答 ${count('no-reply')}，答得不同 ${count('other-reply')}）；换了规则但说的一样 ${otherRule} 条，没法比 ${leftOut} 条`
  const en = `${compared} messages compared: ${same} the same, ${changes.length} would change (${count('new-reply')} newly answered, ${count('no-reply')} no longer answered, ${count('other-reply')} answered differently); ${otherRule} by another rule with the same words, ${leftOut} left out`
  return [...changes.flatMap((one) => changeLines(one, config)), pick({ zh, en }, config.language)]
}

function changeLines({ event, before, after }: ReplayChange, { timezone, language }: Config): string[] {
  const say = (zh: string, en: string) => pick({ zh, en }, language)
  const where = 'chat' in event && event.chat.kind === 'group' ? `${oneLine(event.chat.name)} / ` : ''
  const who = 'sender' in event && event.sender !== null ? oneLine(event.sender.name) : ''
  return [
    `${localTime(event.receivedAt, timezone)}  ${where}${who}: ${wordsOf(event)}`,
    `  ${say('以前', 'before')}: ${outcomeText(before, say)}`,
    `  ${say('现在', 'after')}: ${outcomeText(after, say)}`,
  ]
}

function wordsOf(event: ReplayChange['event']): string {
  if (event.kind === 'message.received') {
    return oneLine(event.content.fullText) || `[${event.content.kind}]`
  }
  return event.kind === 'friend.requested' ? oneLine(event.greeting) : `[${event.kind}]`
}

function outcomeText({ rule, replies }: ReplayOutcome, say: (zh: string, en: string) => string): string {
  if (rule === null) return say('不回', 'no reply')
  if (replies === null) return say(`${rule} →（内容已过期）`, `${rule} -> (words not kept)`)
  const words =
    replies.length === 0 ? say('（收下，不回）', '(taken, no reply)') : replies.map(oneLine).join(' | ')
  return `${rule} → ${words}`
}
