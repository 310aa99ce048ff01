import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../../config/config.ts'
import { formatDiagnostics } from '../../rules/format.ts'
import { formatJunit, formatTestReport, formatUnreached } from '../../rules/testing/report.ts'
import type { TestReport } from '../../rules/testing/run.ts'
import { type Call, type CliCommand, textOption, UsageError } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import type { RulesTarget } from '../rules-target.ts'
import { addSettingsOptions, type Language, loadSettings, pick, reportSettings, sayTo } from '../settings.ts'

/** `test [paths]`: the operator's own rule tests on a virtual clock, offline. */
export const testCommand: CliCommand = {
  name: 'test',
  summary: { zh: '运行规则测试', en: 'run the rule tests' },
  configure(command) {
    addSettingsOptions(command)
    command
      .argument('[paths...]', '规则目录或文件 / rules folders or files')
      .option('--run <regex>', '只运行名字匹配的测试 / only tests whose name matches')
      .option('--junit <file>', '另存一份 JUnit 报告 / also write a JUnit report')
      .option('--coverage', '列出没有测试到的规则 / list rules that no test reached')
      .option('--min-coverage <percent>', '测试到的规则至少占多少 / share of rules that must be reached')
  },
  async run(call) {
    const settings = loadSettings(call)
    reportSettings(settings, call.io)
    const { config } = settings
    if (config === null) return EXIT.badSettings
    const asked = { only: patternOption(call), minCoverage: percentOption(call) }
    const { targetsOf } = await import('../rules-target.ts')
    let worst: ExitCode = EXIT.ok
    for (const target of targetsOf(call.args, config.rules.path, call.io.cwd)) {
      const code = await testTarget(call, config, target, asked)
      if (code !== EXIT.ok) worst = code
    }
    return worst
  },
}

interface Asked {
  readonly only: RegExp | null
  readonly minCoverage: number | null
}

async function testTarget(call: Call, config: Config, target: RulesTarget, asked: Asked): Promise<ExitCode> {
  const { buildTarget } = await import('../rules-target.ts')
  const { loaded, compiled } = await buildTarget(target, config.timezone)
  const { ruleset, book, diagnostics } = compiled
  if (loaded.spec === null || ruleset === null || book === null) {
    const errors = diagnostics.filter((one) => one.severity === 'error')
    sayTo(call.io.stderr, formatDiagnostics(errors, 'text', config.language))
    return EXIT.failed
  }
  const chosen = loaded.tests.filter(
    (test) => target.onlyFile === null || test.place.file === target.onlyFile,
  )
  const { policyOf } = await import('../../app/judge.ts')
  const { runTests } = await import('../../rules/testing/run.ts')
  const options = { policy: policyOf(config), ...(asked.only === null ? {} : { only: asked.only }) }
  const report = runTests({ spec: loaded.spec, ruleset, book }, chosen, options)
  const total = loaded.spec.rules.filter((rule) => rule.isEnabled).length
  const coverage = total === 0 ? 100 : Math.round(((total - report.unreached.length) / total) * 100)
  printReport(call, report, coverage, config.language)
  const junit = textOption(call.options, 'junit')
  if (junit !== null) save(resolve(call.io.cwd, junit), formatJunit(report))
  const isCovered = asked.minCoverage === null || coverage >= asked.minCoverage
  return report.failed === 0 && isCovered ? EXIT.ok : EXIT.failed
}

function printReport(call: Call, report: TestReport, coverage: number, language: Language): void {
  sayTo(call.io.stdout, formatTestReport(report, language))
  const reached = { zh: `测试到 ${coverage}% 的规则`, en: `${coverage}% of the rules reached` }
  sayTo(call.io.stdout, pick(reached, language))
  const unreached = call.options.coverage === true ? formatUnreached(report, language) : ''
  if (unreached !== '') sayTo(call.io.stdout, unreached)
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch {
    throw new UsageError({ zh: `写不了这个文件: ${file}`, en: `cannot write this file: ${file}` })
  }
}

function patternOption(call: Call): RegExp | null {
  const text = textOption(call.options, 'run')
  if (text === null) return null
  try {
    return new RegExp(text, 'u')
  } catch {
    throw new UsageError({ zh: `不是正则: ${text}`, en: `not a regular expression: ${text}` })
  }
}

function percentOption(call: Call): number | null {
  const text = textOption(call.options, 'minCoverage')
  if (text === null) return null
  const percent = Number(text.replace(/%$/, ''))
  if (percent >= 0 && percent <= 100) return percent
  throw new UsageError({ zh: `要写 0 到 100: ${text}`, en: `between 0 and 100: ${text}` })
}
