import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import type { DaemonPort, Words } from './daemon-port.ts'
import type { CliIo, ExitCode } from './io.ts'

export interface SimulatorOptions {
  /** 0 lets the system choose. */
  readonly port: number
  /** A file that describes the world; null: the built-in one. */
  readonly world: string | null
}

export interface PlaygroundOptions {
  /** 0 lets the system choose. */
  readonly port: number
  /** The rules to play with; null: those of the settings. */
  readonly rulesDir: string | null
  /** Edits in the page go to the rules themselves instead of a copy. */
  readonly isWriting: boolean
}

/** What the commands start or talk to; `main` hands the real ones in. */
export interface Programs {
  readonly version: string
  /** Runs until it is stopped; resolves with what the process should end with. */
  daemon(config: Config, io: CliIo): Promise<ExitCode>
  playground(options: PlaygroundOptions, config: Config, io: CliIo): Promise<ExitCode>
  simulator(options: SimulatorOptions, io: CliIo): Promise<ExitCode>
  /** The daemon of a data folder, whether it runs or not. */
  connect(dataDir: string): DaemonPort
  drawQr(text: string, style: 'half' | 'full' | 'ansi'): string
}

/** Options as they were typed; see each command for its names. */
export type Options = Readonly<Record<string, unknown>>

/** One call of one command. */
export interface Call {
  readonly io: CliIo
  readonly programs: Programs
  readonly args: readonly string[]
  readonly options: Options
}

/** One command. `name` has a space when it stands below another word: `config show`. */
export interface CliCommand {
  readonly name: string
  readonly summary: Words
  /** Adds arguments and options. */
  configure(command: Command): void
  run(call: Call): Promise<ExitCode>
}

/** The text of an option, null when it was not given. */
export function textOption(options: Options, name: string): string | null {
  const value = options[name]
  return typeof value === 'string' ? value : null
}

/** A mistake in how a command was called: exit code 2, one sentence. */
export class UsageError extends Error {
  readonly words: Words

  constructor(words: Words) {
    super(words.en)
    this.words = words
  }
}

/** The port given with `--port`. */
export function portOption(options: Options, fallback: number): number {
  const text = textOption(options, 'port')
  const port = text === null ? fallback : Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError({ zh: `端口不对: ${text}`, en: `not a port: ${text}` })
}
