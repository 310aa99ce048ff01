import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const PROJECT = resolve(fileURLToPath(new URL('../..', import.meta.url)))
const KEPT_LINES = 40

export interface DaemonStart {
  readonly args: readonly string[]
  /** Run before the program in the child. */
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** One life of the program. Only the last lines of its output are kept, so that thousands of lives fit. */
export class Daemon {
  readonly process: ChildProcess
  /** Resolves when the connection is up; also when the process ended before that. */
  readonly online: Promise<void>
  /** Resolves with how it ended, in words. */
  readonly ended: Promise<string>
  /** What it said at level error or above. */
  readonly errors: string[] = []
  readonly #lines: string[] = []

  constructor({ args, nodeArgs = [], env = {} }: DaemonStart) {
    const { NODE_OPTIONS: _dropped, ...inherited } = process.env
    this.process = spawn(process.execPath, [...nodeArgs, resolve(PROJECT, 'src/main.ts'), 'run', ...args], {
      cwd: PROJECT,
      env: { ...inherited, TZ: 'Asia/Shanghai', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.ended = once(this.process, 'exit').then(([code, signal]) => `${signal ?? `exit ${code}`}`)
    this.online = Promise.race([this.#listen(), this.ended.then(() => {})])
  }

  get pid(): number {
    return this.process.pid ?? 0
  }

  /** The end of its output. */
  get tail(): string {
    return this.#lines.join('\n')
  }

  /** Kills it as `kill -9` does; resolves when it is gone. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.ended
  }

  /** Asks it to stop; resolves with how it ended. */
  async stop(): Promise<string> {
    this.process.kill('SIGTERM')
    return await this.ended
  }

  #listen(): Promise<void> {
    return new Promise((resolve) => {
      for (const stream of [this.process.stdout, this.process.stderr]) {
        if (stream === null) continue
        createInterface({ input: stream }).on('line', (line) => {
          this.#keep(line)
          if (line.includes('"to":"online"')) resolve()
        })
      }
    })
  }

  #keep(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > KEPT_LINES) this.#lines.shift()
    if (/"level":(?:"(?:error|fatal)"|[56]0)/.test(line)) this.errors.push(line)
  }
}
