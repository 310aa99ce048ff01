import type { Trace, TraceEntry } from '../domain/decision.ts'
import type { AuditLine } from '../store/store.ts'
import { reasonPhrase } from './phrases.ts'

type Language = 'zh-CN' | 'en'

function place(entry: TraceEntry): string {
  return `${entry.place.file}:${entry.place.line}`
}

/** What came of asking one rule, as a person reads it. */
export function describeOutcome({ outcome: result }: TraceEntry, language: Language): string {
  const zh = language !== 'en'
  switch (result.kind) {
    case 'matched':
      return zh
        ? `命中${result.matched === '' ? '' : `“${result.matched}”`}`
        : `matched ${result.matched}`.trimEnd()
    case 'suppressed': {
      const reason = reasonPhrase(result.reason)
      return `${zh ? `命中但不回: ${reason.zh}` : `matched but silent: ${reason.en}`}${result.detail === '' ? '' : ` (${result.detail})`}`
    }
    case 'failed': {
      const { condition, expected, actual, nearest } = result.failure
      const near = nearest === undefined ? '' : zh ? `，最近: ${nearest}` : `, nearest: ${nearest}`
      return zh
        ? `没命中: ${condition} 要 ${expected}，实际 ${actual}${near}`
        : `no: ${condition} wants ${expected}, met ${actual}${near}`
    }
  }
}

/** A trace as lines a person reads, in order of evaluation. */
export function describeTrace(trace: Trace, language: Language): string {
  const lines: string[] = []
  if (trace.safety !== null) {
    const reason = reasonPhrase(trace.safety.reason)
    const detail = trace.safety.detail === '' ? '' : ` (${trace.safety.detail})`
    lines.push(language === 'en' ? `not asked: ${reason.en}${detail}` : `没有问规则: ${reason.zh}${detail}`)
  }
  for (const entry of trace.tried) {
    const name = language === 'en' ? `rule "${entry.name}"` : `规则“${entry.name}”`
    lines.push(`${name} (${place(entry)}) ${describeOutcome(entry, language)}`)
  }
  if (lines.length === 0) lines.push(language === 'en' ? 'no rule came near' : '没有相近的规则')
  return lines.join('\n')
}

/** One thing that was said because of it: rule and version, which step, how it stands, both ids. */
export function describeAudit(line: AuditLine, language: Language): string {
  const { event, ruleName, rulesVersion, position, effect, state, reason, clientMsgId, messageId } = line
  const ids = [
    ['ClientMsgId', clientMsgId],
    ['MsgID', messageId],
  ].flatMap(([name, id]) => (id === '' ? [] : [`${name} ${id}`]))
  const version = rulesVersion === null ? [] : [`${language === 'en' ? 'rules' : '规则版本'} ${rulesVersion}`]
  const details = [...version, ...ids, event].join(', ')
  const outcome = reason === '' ? state : `${state}: ${reason}`
  return language === 'en'
    ? `rule "${ruleName}" step ${position + 1} ${effect} -> ${outcome} (${details})`
    : `规则“${ruleName}”第 ${position + 1} 步 ${effect} → ${outcome} (${details})`
}
