/** This process as the world of a command: streams, signals, environment, and the programs that commands start. */
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { endSignal } from '../app/lifecycle.ts'
import { connectDaemon, drawCode } from '../app/remote.ts'
import { processEnvironment } from '../config/environment.ts'
import { GuardedOutput } from '../support/output.ts'
import { runCli } from './cli.ts'
import type { Programs } from './command.ts'
import type { CliIo } from './io.ts'
import { daemonProgram } from './programs/daemon.ts'
import { playgroundProgram } from './programs/playground.ts'
import { simulatorProgram } from './programs/simulator.ts'

function programs(version: string): Programs {
  return {
    version,
    daemon: (config, io) => daemonProgram(config, io, version),
    playground: (options, config, io) => playgroundProgram(options, config, io, version),
    simulator: simulatorProgram,
    connect: connectDaemon,
    drawQr: drawCode,
  }
}

/** The version of the package this file belongs to, beside `src` or `dist`. */
function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Runs one command line in this process and resolves with its exit code once everything written has left. */
export async function runProcess(argv: readonly string[], exitNow: (code: number) => void): Promise<number> {
  const stdout = new GuardedOutput(process.stdout)
  const stderr = new GuardedOutput(process.stderr)
  const io: CliIo = {
    stdout,
    stderr,
    stdin: process.stdin,
    env: processEnvironment(),
    cwd: process.cwd(),
    signal: endSignal(exitNow),
  }
  return await runCli(argv, io, programs(packageVersion()))
}
