import { runDaemon } from '../../app/daemon.ts'
import { logWords } from '../../app/log-words.ts'
import type { Config } from '../../config/config.ts'
import { systemClock } from '../../support/clock.ts'
import { createLogger, type Logger } from '../../support/log.ts'
import { jsonLines } from '../../support/output.ts'
import { prettyLines } from '../../support/pretty-log.ts'
import { systemRandom } from '../../support/random.ts'
import type { CliIo, ExitCode, TextOutput } from '../io.ts'

/** The log as the settings want it: lines for people on a terminal, else one JSON object per line. */
export function loggerFor(config: Config, output: TextOutput): Logger {
  const { format, level } = config.log
  const isPretty = format === 'pretty' || (format === 'auto' && output.isTTY === true)
  const sink = { write: (text: string) => void output.write(text) }
  const lines = isPretty
    ? prettyLines(sink, { timezone: config.timezone, isColoured: output.isTTY === true })
    : jsonLines(sink)
  return createLogger(level, lines, logWords(config.language))
}

/** The daemon in this process. */
export async function daemonProgram(config: Config, io: CliIo, version: string): Promise<ExitCode> {
  const raw = config.login.qr.stream === 'stdout' ? io.stdout : io.stderr
  return await runDaemon(
    {
      config,
      version,
      log: loggerFor(config, io.stdout),
      print: (text) => void raw.write(text),
      lostLines: () => io.stdout.dropped ?? 0,
      clock: systemClock,
      random: systemRandom,
      observer: {},
      ownsProcess: true,
    },
    io.signal,
  )
}
