import type { Connection } from '../domain/connection.ts'
import type { Logger } from '../support/log.ts'
import { type QrOutputOptions, type QrTools, qrBlock } from './qr-output.ts'

/** Shows the login code wherever a person may look, and takes it away when it is used up. */
export class QrDesk {
  readonly #options: QrOutputOptions
  readonly #tools: QrTools
  readonly #print: (text: string) => void
  readonly #log: Logger
  #shown: Extract<Connection, { kind: 'awaiting-scan' }> | null = null
  #work: Promise<void> = Promise.resolve()

  constructor(options: QrOutputOptions, tools: QrTools, print: (text: string) => void, log: Logger) {
    this.#options = options
    this.#tools = tools
    this.#print = print
    this.#log = log
  }

  /** Follows the connection: a new code is shown once, an old picture is removed. Order is kept; failures are logged. */
  follow(connection: Connection): void {
    const code = connection.kind === 'awaiting-scan' ? connection : null
    if (code === null && this.#shown === null) return
    if (code !== null && this.#shown?.qrText === code.qrText) return
    this.#shown = code
    this.#enqueue(() => (code === null ? this.#remove() : this.#show(code)))
  }

  /** Prints the current code again; false when none is open. */
  again(): boolean {
    const code = this.#shown
    if (code === null) return false
    this.#enqueue(() => this.#show(code))
    return true
  }

  /** Resolves when everything asked for so far is done, the picture removed. */
  async close(): Promise<void> {
    this.#enqueue(() => this.#remove())
    await this.#work
  }

  #enqueue(job: () => Promise<void>): void {
    this.#work = this.#work.then(job).catch((problem: unknown) => this.#complain(problem))
  }

  #complain(problem: unknown): void {
    const words = problem instanceof Error ? problem.message : String(problem)
    this.#log.warn({ problem: words }, 'qr output failed')
  }

  /** The picture stands before the block that names it; without one the code is shown all the same. */
  async #show(code: Extract<Connection, { kind: 'awaiting-scan' }>): Promise<void> {
    const { pngPath } = this.#options
    if (pngPath !== null) {
      await this.#tools.writePng(pngPath, code.qrText).catch((problem: unknown) => this.#complain(problem))
    }
    this.#print(await qrBlock(code, this.#options, this.#tools))
  }

  async #remove(): Promise<void> {
    if (this.#options.pngPath !== null) await this.#tools.remove(this.#options.pngPath)
  }
}
