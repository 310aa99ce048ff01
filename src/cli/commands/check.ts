import { Option } from 'commander'
import type { Diagnostic } from '../../domain/diagnostic.ts'
import { type CheckFormat, formatDiagnostics } from '../../rules/format.ts'
import type { Call, CliCommand } from '../command.ts'
import { EXIT, type ExitCode } from '../io.ts'
import { addSettingsOptions, type Language, languageOf, loadSettings, pick, sayTo } from '../settings.ts'

const FORMATS: readonly CheckFormat[] = ['text', 'json', 'github', 'sarif']

// The rules rooms are loaded only when they are needed: `healthcheck` runs every half minute.

/** `check [paths]`: settings and rules, all mistakes at once; 1 with errors, 3 with warnings under `--strict`, 78 when settings are wrong. */
export const checkCommand: CliCommand = {
  name: 'check',
  summary: { zh: '检查设置和规则', en: 'check settings and rules' },
  configure(command) {
    addSettingsOptions(command)
    command
      .argument('[paths...]', '规则目录或文件 / rules folders or files')
      .option('--strict', '有提醒也算不通过 / warnings fail too')
      .addOption(new Option('--format <format>', '输出格式 / form').choices(FORMATS).default('text'))
  },
  async run(call) {
    const { aboutTarget, buildTarget, targetsOf } = await import('../rules-target.ts')
    const settings = loadSettings(call)
    const language = languageOf(settings)
    const found: Diagnostic[] = settings.diagnostics.filter((one) => one.severity !== 'info')
    const counts: string[] = []
    const timezone = settings.config?.timezone ?? 'Asia/Shanghai'
    const rulesDir = settings.config?.rules.path ?? null
    const targets =
      rulesDir === null && call.args.length === 0
        ? []
        : targetsOf(call.args, rulesDir ?? call.io.cwd, call.io.cwd)
    for (const target of targets) {
      const { loaded, compiled } = await buildTarget(target, timezone)
      found.push(...aboutTarget(compiled.diagnostics, target))
      const { files, rules, quick, flows, tests } = loaded.counts
      counts.push(
        language === 'en'
          ? `${target.dir}: ${files} files, ${rules} rules, ${quick} quick answers, ${flows} flows, ${tests} tests`
          : `${target.dir}: ${files} 个文件，${rules} 条规则，${quick} 个问答，${flows} 个流程，${tests} 个测试`,
      )
    }
    print(call, found, counts, language)
    return settings.config === null ? EXIT.badSettings : exitCode(found, call.options.strict === true)
  },
}

function print(
  call: Call,
  found: readonly Diagnostic[],
  counts: readonly string[],
  language: Language,
): void {
  const format = FORMATS.find((one) => one === call.options.format) ?? 'text'
  const text = formatDiagnostics(found, format, language)
  if (text !== '') sayTo(call.io.stdout, text)
  if (format !== 'text') return
  for (const line of counts) sayTo(call.io.stdout, line)
  const errors = found.filter((one) => one.severity === 'error').length
  const warnings = found.filter((one) => one.severity === 'warning').length
  const words =
    errors + warnings === 0
      ? { zh: '没有问题', en: 'nothing wrong' }
      : { zh: `${errors} 个错误，${warnings} 个提醒`, en: `${errors} errors, ${warnings} warnings` }
  sayTo(call.io.stdout, pick(words, language))
}

function exitCode(found: readonly Diagnostic[], isStrict: boolean): ExitCode {
  if (found.some((one) => one.severity === 'error')) return EXIT.failed
  return isStrict && found.some((one) => one.severity === 'warning') ? EXIT.warnings : EXIT.ok
}
