/** This process as the world of a command: streams, signals, environment, and the programs that commands start. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { orphaned } from '../app/launcher.ts'
import type { Ending } from '../app/lifecycle.ts'
import { connectDaemon, drawCode } from '../app/remote.ts'
import { processEnvironment } from '../config/environment.ts'
import { systemClock } from '../support/clock.ts'
import { escapeUnsafe, GuardedOutput } from '../support/output.ts'
import { runCli } from './cli.ts'
import type { Programs } from './command.ts'
import { type CliIo, EXIT, type ExitCode } from './io.ts'

/** How long the last lines may take to leave when nobody reads them. */
const FLUSH_LIMIT_MS = 500

/** npm tells every script, and npx every program, what it runs. These are our own that run until they are stopped. */
const NPM_SCRIPT = 'npm_lifecycle_event'
const OWN_SCRIPTS: readonly (string | undefined)[] = ['start', 'playground', 'simulator', 'wxreply', 'npx']

/** The large programs are loaded only when a command starts them: a health check runs every half minute. */
function programs(version: string): Programs {
  return {
    version,
    daemon: async (config, io) => (await import('./programs/daemon.ts')).daemonProgram(config, io, version),
    playground: async (options, config, io) =>
      (await import('./programs/playground.ts')).playgroundProgram(options, config, io, version),
    simulator: async (options, io) => (await import('./programs/simulator.ts')).simulatorProgram(options, io),
    connect: connectDaemon,
    drawQr: drawCode,
  }
}

/** The version of the package this file belongs to, beside `src` or `dist`. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/**
 * Resolves when an error escaped from everywhere, also out of a promise. Nothing that this process believes can be
 * trusted from there on, so it ends; what is stored is safe at any instant.
 */
function crash(stderr: GuardedOutput): Promise<ExitCode> {
  return new Promise((resolve) => {
    process.on('uncaughtException', (error: unknown) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
      stderr.write(
        `程序内部错误，已停止，请报告 / internal error, stopped, please report:\n${escapeUnsafe(detail)}\n`,
      )
      resolve(EXIT.internal)
    })
  })
}

/** npm may pass a signal on that we got, too, or be gone without one. */
function underNpm(ending: Ending): AbortSignal {
  ending.expectTwins()
  return AbortSignal.any([ending.signal, orphaned(systemClock)])
}

/**
 * Runs one command line in this process until it is done or the end is asked for, and resolves with its exit code
 * once everything written has left.
 */
export async function runProcess(argv: readonly string[], ending: Ending): Promise<number> {
  const stdout = new GuardedOutput(process.stdout)
  const stderr = new GuardedOutput(process.stderr)
  const env = processEnvironment()
  const io: CliIo = {
    stdout,
    stderr,
    stdin: process.stdin,
    env,
    cwd: process.cwd(),
    signal: OWN_SCRIPTS.includes(env[NPM_SCRIPT]) ? underNpm(ending) : ending.signal,
  }
  const code = await Promise.race([runCli(argv, io, programs(packageVersion())), crash(stderr)])
  await Promise.race([Promise.all([stdout.flushed(), stderr.flushed()]), systemClock.sleep(FLUSH_LIMIT_MS)])
  return code
}
