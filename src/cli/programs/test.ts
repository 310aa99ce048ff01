import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { policyOf } from '../../app/judge.ts'
import { recordEvent } from '../../app/kept.ts'
import { treeHash } from '../../app/rules-runtime.ts'
import { watchRules } from '../../app/rules-watch.ts'
import type { Config } from '../../config/config.ts'
import { readRulesFolder } from '../../rules/folder.ts'
import { formatDiagnostics } from '../../rules/format.ts'
import { formatJunit, formatTestReport, formatUnreached } from '../../rules/testing/report.ts'
import { runTests, type TestReport } from '../../rules/testing/run.ts'
import { systemClock } from '../../support/clock.ts'
import { silentLogger } from '../../support/log.ts'
import { type Call, textOption, UsageError } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { buildTarget, type RulesTarget, targetsOf } from '../rules-target.ts'
import { type Language, loadSettings, pick, reportSettings, sayTo } from '../settings.ts'

/** Carries out `test`. */
export async function runTest(call: Call): Promise<ExitCode> {
  const settings = loadSettings(call)
  reportSettings(settings, call.io)
  const { config } = settings
  if (config === null) return EXIT.badSettings
  const event = textOption(call.options, 'record')
  if (event !== null) return record(call, config, event)
  const asked = { only: patternOption(call), minCoverage: percentOption(call) }
  const targets = targetsOf(call.args, config.rules.path, call.io.cwd)
  const testAll = async (): Promise<ExitCode> => {
    let worst: ExitCode = EXIT.ok
    for (const target of targets) {
      const code = await testTarget(call, config, target, asked)
      if (code !== EXIT.ok) worst = code
    }
    return worst
  }
  return call.options.watch === true ? watchAll(call, config, targets, testAll) : testAll()
}

/** Prints a test of what happened; whether it holds now is for `test` to say once it lies beside the rules. */
function record(call: Call, config: Config, event: string): ExitCode {
  const recorded = recordEvent(config.data.path, event, config.timezone)
  if (recorded.kind === 'kept') {
    sayTo(call.io.stdout, recorded.value.trimEnd())
    return EXIT.ok
  }
  sayTo(call.io.stderr, pick(recorded.words, config.language))
  return EXIT.failed
}

/** Some mounts deliver no events. */
const POLL_MS = 2000
const SETTLE_MS = 200

/** Tests now and after every change until a signal comes; ends with what the last run ended with. */
async function watchAll(
  call: Call,
  config: Config,
  targets: readonly RulesTarget[],
  testAll: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const hashes = async () =>
    (await Promise.all(targets.map(async ({ dir }) => treeHash(await readRulesFolder(dir))))).join()
  let seen = await hashes()
  let code = await testAll()
  const waiting = { zh: '改动规则会重新测试，Ctrl+C 结束', en: 'tests run again on changes, Ctrl+C ends' }
  sayTo(call.io.stdout, pick(waiting, config.language))
  let running = Promise.resolve()
  const onChange = () => {
    running = running.then(async () => {
      const now = await hashes()
      if (now === seen) return
      seen = now
      sayTo(call.io.stdout, '')
      code = await testAll()
    })
    return running
  }
  const options = { watch: true, pollMs: POLL_MS, settleMs: SETTLE_MS, clock: systemClock, log: silentLogger }
  await Promise.all(targets.map(({ dir }) => watchRules({ ...options, dir }, onChange, call.io.signal)))
  return code
}

interface Asked {
  readonly only: RegExp | null
  readonly minCoverage: number | null
}

async function testTarget(call: Call, config: Config, target: RulesTarget, asked: Asked): Promise<ExitCode> {
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
