import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'

/** A pipe of the kernel and a process that reads it into a file, as a log collector does; the reader can stand still. */
export class LogReader {
  /** For the writer. */
  readonly fd: number
  readonly #reader: ChildProcess
  readonly #file: string

  constructor(path: string) {
    spawnSync('mkfifo', [path])
    this.#file = `${path}.log`
    this.#reader = spawn('sh', ['-c', 'exec cat "$0" > "$1"', path, this.#file], { stdio: 'ignore' })
    this.fd = openSync(path, 'r+')
  }

  /** Everything read so far. */
  get text(): string {
    return readFileSync(this.#file, 'utf8')
  }

  standStill(): void {
    this.#reader.kill('SIGSTOP')
  }

  goOn(): void {
    this.#reader.kill('SIGCONT')
  }

  /** Ends the reader, stopped or not. */
  async close(): Promise<void> {
    const gone = once(this.#reader, 'exit')
    this.#reader.kill('SIGKILL')
    await gone
    closeSync(this.fd)
  }
}
