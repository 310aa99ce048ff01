import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** What a finished child left behind. */
export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface ChildOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly nodeArgs?: readonly string[]
  /** Put before the command; must replace itself by it, so that signals reach the program. */
  readonly wrap?: readonly string[]
  /** A descriptor in place of the pipe that is read here. */
  readonly stdout?: number
}

/** A real `wxreply` process. Its output is kept whole; waiting is by event, never by time. */
export class Child {
  readonly process: ChildProcess
  #stdout = ''
  #stderr = ''
  readonly #watchers = new Set<() => void>()
  readonly finished: Promise<Finished>

  constructor(args: readonly string[], options: ChildOptions = {}) {
    const { NODE_OPTIONS: _dropped, ...inherited } = process.env
    const node = [process.execPath, ...(options.nodeArgs ?? []), join(PROJECT, 'src/main.ts'), ...args]
    const [command = '', ...words] = [...(options.wrap ?? []), ...node]
    this.process = spawn(command, words, {
      cwd: options.cwd ?? PROJECT,
      env: { ...inherited, TZ: 'Asia/Shanghai', ...options.env },
      stdio: ['pipe', options.stdout ?? 'pipe', 'pipe'],
    })
    this.process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stdout += chunk
      this.#notify()
    })
    this.process.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr += chunk
      this.#notify()
    })
    this.finished = once(this.process, 'close').then(([code, signal]) => {
      this.#notify()
      return { code, signal, stdout: this.#stdout, stderr: this.#stderr } as Finished
    })
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  /** Everything printed so far. */
  get output(): string {
    return this.#stdout + this.#stderr
  }

  #notify(): void {
    for (const watch of this.#watchers) watch()
  }

  /** Resolves with what `find` finds in the output; rejects when the process ends without it. */
  async waitFor<T>(find: (output: string) => T | null | undefined | false): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      const look = () => {
        const found = find(this.output)
        if (found) {
          this.#watchers.delete(look)
          resolve(found)
        } else if (this.process.exitCode !== null || this.process.signalCode !== null) {
          this.#watchers.delete(look)
          reject(
            new Error(
              `ended (${this.process.exitCode ?? this.process.signalCode}) without it:\n${this.output}`,
            ),
          )
        }
      }
      this.#watchers.add(look)
      look()
    })
  }

  /** Resolves when a line matches. */
  async waitForText(pattern: RegExp): Promise<RegExpExecArray> {
    return await this.waitFor((output) => pattern.exec(output))
  }

  write(text: string): void {
    this.process.stdin?.write(text)
  }

  /** Sends a signal and resolves when the process is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Finished> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill(signal)
    return await this.finished
  }
}
