import type { Diagnostic } from '../domain/diagnostic.ts'
import { formatDiagnostic } from '../rules/load.ts'
import type { TestReport } from '../rules/testing/run.ts'
import type { Phrase } from './phrases.ts'
import { NAMES_SHOWN, type RulesDiff } from './rules-diff.ts'
import type { RunningRules } from './rules-runtime.ts'

function names({ count, first }: RulesDiff['added']): string {
  const more = count > NAMES_SHOWN ? '…' : ''
  return count === 0 ? '0' : `${count}: ${first.join('、')}${more}`
}

function testWords(tests: TestReport | null): Phrase {
  if (tests === null || tests.results.length === 0) return { zh: '', en: '' }
  const score = `${tests.passed}/${tests.results.length}`
  return { zh: `；测试 ${score} 通过`, en: `; tests ${score} passed` }
}

/** What the first load found, as one line. */
export function loadedPhrase(path: string, { counts }: RunningRules, tests: TestReport | null): Phrase {
  const checked = testWords(tests)
  return {
    zh: `规则   ${path}: ${counts.files} 个文件，${counts.rules} 条规则，${counts.flows} 个流程，${counts.quick} 个问答${checked.zh}`,
    en: `rules  ${path}: ${counts.files} files, ${counts.rules} rules, ${counts.flows} flows, ${counts.quick} quick answers${checked.en}`,
  }
}

/** What a reload changed, as one line. */
export function reloadedPhrase(
  { counts }: RunningRules,
  tests: TestReport | null,
  diff: RulesDiff,
  tookMs: number,
): Phrase {
  const checked = testWords(tests)
  const took = Math.round(tookMs)
  return {
    zh: `规则已重新载入: ${counts.rules} 条（新增 ${names(diff.added)}; 修改 ${names(diff.changed)}; 删除 ${names(diff.removed)}），${counts.flows} 个流程${checked.zh.replace('；', '，')}，用时 ${took}ms`,
    en: `rules reloaded: ${counts.rules} (added ${names(diff.added)}; changed ${names(diff.changed)}; removed ${names(diff.removed)}), ${counts.flows} flows${checked.en.replace(';', ',')}, took ${took}ms`,
  }
}

/** More mistakes than this are only counted. */
export const MISTAKES_TOLD = 20

/** Why this version does not run: everything that is wrong with it, each with its place, in one line of the log. */
export function refusedPhrase(
  errors: readonly Diagnostic[],
  tests: TestReport | null,
  isFirst: boolean,
): Phrase {
  const mistakes =
    errors.length > 0
      ? errors.map((one) => ({ zh: formatDiagnostic(one, 'zh-CN'), en: formatDiagnostic(one, 'en') }))
      : tests === null
        ? []
        : testFailurePhrases(tests)
  const told = mistakes.slice(0, MISTAKES_TOLD)
  const more = mistakes.length - told.length
  const zh = isFirst ? '规则有误:' : '规则有误，继续用旧规则:'
  const en = isFirst ? 'the rules have mistakes:' : 'the rules have mistakes, the old ones stay:'
  return {
    zh: [zh, ...told.map((one) => one.zh), ...(more > 0 ? [`还有 ${more} 处: wxreply check`] : [])].join(
      '\n',
    ),
    en: [en, ...told.map((one) => one.en), ...(more > 0 ? [`and ${more} more: wxreply check`] : [])].join(
      '\n',
    ),
  }
}

/** One sentence per failing test, with its place. */
export function testFailurePhrases(tests: TestReport): Phrase[] {
  return tests.results.flatMap((result) =>
    result.failures.slice(0, 1).map(({ place, message }) => ({
      zh: `${place.file}:${place.line} 测试“${result.name}”没通过: ${message.zh}`,
      en: `${place.file}:${place.line} test "${result.name}" fails: ${message.en}`,
    })),
  )
}
