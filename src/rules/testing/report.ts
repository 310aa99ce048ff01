import type { TraceEntry } from '../../domain/decision.ts'
import type { Language } from '../format.ts'
import type { TestFailure, TestReport } from './run.ts'

/** The report as people read it: each failure with its place and the rule that came closest, then the counts. */
export function formatTestReport(report: TestReport, language: Language): string {
  const lines = report.results.flatMap(({ name, failures }) =>
    failures.flatMap((failure) => failureLines(name, failure, language)),
  )
  const { passed, failed } = report
  const all = passed + failed
  const total = language === 'en' ? `tests: ${passed}/${all} passed` : `测试 ${passed}/${all} 通过`
  return [...lines, total].join('\n')
}

/** The rules that no test reached, one per line; '' when there are none. */
export function formatUnreached(report: TestReport, language: Language): string {
  const say = language === 'en' ? 'no test reaches' : '没有测试用到'
  return report.unreached.map(({ name, place }) => `${place.file}:${place.line}  ${say}  ${name}`).join('\n')
}

function failureLines(name: string, failure: TestFailure, language: Language): string[] {
  const { place, message, nearest, note } = failure
  const head = `${place.file}:${place.line}  ✗ ${name}  ${language === 'en' ? message.en : message.zh}`
  const near = nearest === null ? null : formatNearest(nearest, language)
  const remark = note === null ? null : language === 'en' ? note.en : note.zh
  return [head, ...[near, remark].filter((line) => line !== null).map((line) => `  ${line}`)]
}

/** Why the rule that came closest did not hold, in one line; null when it did. */
export function formatNearest({ name, place, outcome }: TraceEntry, language: Language): string | null {
  if (outcome.kind !== 'failed') return null
  const { condition, ...failure } = outcome.failure
  // Some conditions name themselves in what they want and met.
  const bare = (text: string) => text.replace(`${condition.split('.').at(-1) ?? ''}=`, '')
  const [expected, actual] = [bare(failure.expected), bare(failure.actual)]
  const at = `${place.file}:${place.line}`
  return language === 'en'
    ? `closest: rule ${name} (${at}) did not match: ${condition} is ${actual}, the rule wants ${expected}`
    : `近：规则 ${name}（${at}）没命中，因为 ${condition}=${actual}，规则要求 ${expected}`
}

/** The report for CI servers. */
export function formatJunit(report: TestReport): string {
  const cases = report.results.map(({ name, place, failures }) => {
    const attributes = `name="${xml(name)}" classname="${xml(place.file)}" line="${place.line}"`
    if (failures.length === 0) return `    <testcase ${attributes}/>`
    const inner = failures.map(
      (one) =>
        `<failure message="${xml(one.message.en)}">${xml(`${one.place.file}:${one.place.line}`)}</failure>`,
    )
    return `    <testcase ${attributes}>${inner.join('')}</testcase>`
  })
  const total = report.results.length
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `  <testsuite name="rules" tests="${total}" failures="${report.failed}">`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign).replace(/[^\P{Cc}\t\n]/gu, ' ')
}
