import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runDaemon } from '../../app/daemon.ts'
import { logWords } from '../../app/log-words.ts'
import type { Config } from '../../config/config.ts'
import { type Simulator, startSimulator } from '../../simulator/server.ts'
import { systemClock } from '../../support/clock.ts'
import { createLogger, type Logger } from '../../support/log.ts'
import { escapeUnsafe } from '../../support/output.ts'
import { systemRandom } from '../../support/random.ts'
import type { PlaygroundOptions } from '../command.ts'
import { type CliIo, EXIT, type ExitCode } from '../io.ts'
import { PlaygroundTalk } from './playground-talk.ts'

/** How long a bot in the playground "types": long enough to feel it, short enough not to wait for it. */
const TYPING_MS = 300

/** Simulator and daemon in one process, and a prompt where one talks to the bot. Nothing can reach the real WeChat. */
export async function playgroundProgram(
  options: PlaygroundOptions,
  config: Config,
  io: CliIo,
  version: string,
): Promise<ExitCode> {
  const simulator = await startPort(options.port, io)
  if (simulator === null) return EXIT.failed
  const dataDir = mkdtempSync(join(tmpdir(), 'wxreply-playground-'))
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  io.signal.addEventListener('abort', stop, { once: true })
  const talk = new PlaygroundTalk(simulator, io, config.language)
  try {
    const daemon = runDaemon(
      {
        config: playgroundConfig(config, simulator.url, dataDir),
        version,
        log: talkingLog(io, config.language),
        print(text) {
          io.stdout.write(text)
          talk.codeIsShown()
        },
        clock: systemClock,
        random: systemRandom,
        observer: talk.observer,
        ownsProcess: false,
      },
      stopping.signal,
    )
    const conversation = talk.run(stopping.signal).finally(stop)
    const code = await daemon
    stop()
    await conversation
    return code === 0 ? EXIT.ok : code
  } finally {
    io.signal.removeEventListener('abort', stop)
    await simulator.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function startPort(port: number, io: CliIo): Promise<Simulator | null> {
  try {
    return await startSimulator({ port })
  } catch {
    io.stderr.write(`端口 ${port} 用不了，换一个 --port / port ${port} cannot be used, try another --port\n`)
    return null
  }
}

/** Everything as the operator set it, except where it would reach out, wait long or leave something behind. */
function playgroundConfig(config: Config, url: string, dataDir: string): Config {
  return {
    ...config,
    data: { path: dataDir, key: null, oldKey: null },
    login: { ...config.login, mode: 'web', bases: { login: url, api: url, file: url, push: url, qr: url } },
    send: {
      ...config.send,
      minGapMs: 0,
      typing: { baseMs: TYPING_MS, perCharMs: 0, maxMs: TYPING_MS, jitter: 0 },
    },
    limits: { ...config.limits, all: null, chat: null, day: null },
    server: { ...config.server, listen: null },
    heartbeat: { ...config.heartbeat, url: null },
    notify: { ...config.notify, channels: [] },
  }
}

/** Only warnings and mistakes are shown beside the conversation. */
function talkingLog(io: CliIo, language: Config['language']): Logger {
  return createLogger(
    'warn',
    {
      write(line: string) {
        const { msg } = JSON.parse(line) as { msg?: string }
        io.stdout.write(`  ! ${escapeUnsafe(msg ?? '')}\n`)
      },
    },
    logWords(language),
  )
}
