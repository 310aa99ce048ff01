import { runCli } from '../../src/cli/cli.ts'
import type { Programs } from '../../src/cli/command.ts'
import type { CliIo } from '../../src/cli/io.ts'

/** What one call of the command left behind. */
export interface RanCli {
  readonly code: number
  readonly out: string
  readonly err: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  /** What is typed, line by line. */
  readonly stdin?: AsyncIterable<string> | readonly string[]
  readonly signal?: AbortSignal
  /** Called with everything that was written so far to stdout. */
  onOutput?(out: string): void
}

/** Programs that these tests never start. */
const NO_PROGRAMS: Programs = {
  version: '1.2.3',
  daemon: async () => 70,
  playground: async () => 70,
  simulator: async () => 70,
  connect() {
    throw new Error('no daemon here')
  },
  drawQr: () => '',
}

/** Runs one command line in this process. */
export async function runWxreply(argv: readonly string[], options: RunOptions): Promise<RanCli> {
  let [out, err] = ['', '']
  const lines = options.stdin ?? []
  const io: CliIo = {
    stdout: {
      write(text) {
        out += text
        options.onOutput?.(out)
      },
    },
    stderr: {
      write(text) {
        err += text
      },
    },
    stdin: (async function* () {
      for await (const line of lines) yield `${line}\n`
    })(),
    env: options.env ?? {},
    cwd: options.cwd,
    signal: options.signal ?? new AbortController().signal,
  }
  const code = await runCli(argv, io, NO_PROGRAMS)
  return { code, out, err }
}
