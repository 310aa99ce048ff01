/** What `try` and `explain "text"` have in common. */
import type { Command } from 'commander'
import { formatDiagnostics } from '../rules/format.ts'
import { type Call, textOption, UsageError } from './command.ts'
import { EXIT, type ExitCode } from './io.ts'
import { addSettingsOptions, type Language, loadSettings, reportSettings, sayTo } from './settings.ts'

/** The options that describe a made-up message. */
export function addMessageOptions(command: Command): void {
  addSettingsOptions(command)
  command
    .option('--from <name>', '谁发的 / who says it')
    .option('--room <name>', '在哪个群 / in which room')
    .option('--mention', '群里 @ 了我 / mentions us')
    .option('--at <time>', '什么时候，例如 "2027-01-05 23:10" / when')
}

const MOMENT = /^\d{4}-\d\d-\d\d \d\d:\d\d$/

/** Decides the message and hands the outcome on; 78 and 1 when settings or rules are wrong, else 0 also when nothing matches. */
export async function rehearsing(
  call: Call,
  text: string,
  show: (
    found: Awaited<ReturnType<typeof import('../app/rehearse.ts').rehearse>>,
    language: Language,
  ) => string[],
): Promise<ExitCode> {
  const settings = loadSettings(call)
  reportSettings(settings, call.io)
  const { config } = settings
  if (config === null) return EXIT.badSettings
  const at = textOption(call.options, 'at')
  if (at !== null && !MOMENT.test(at)) {
    throw new UsageError({
      zh: `时间要写成 2027-01-05 23:10: ${at}`,
      en: `a time looks like 2027-01-05 23:10: ${at}`,
    })
  }
  const { rehearse } = await import('../app/rehearse.ts')
  const found = await rehearse(config, {
    text,
    from: textOption(call.options, 'from'),
    room: textOption(call.options, 'room'),
    isMention: call.options.mention === true,
    at,
  })
  if (found.decision === null) {
    const errors = found.diagnostics.filter((one) => one.severity === 'error')
    sayTo(call.io.stderr, formatDiagnostics(errors, 'text', config.language))
    return EXIT.failed
  }
  for (const line of show(found, config.language)) sayTo(call.io.stdout, line)
  return EXIT.ok
}
