import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../support/clock.ts'
import type { Answer } from './exchange.ts'

/** One answer on its way out, in good order or broken on purpose. */
export class WireOut {
  readonly #response: ServerResponse
  readonly #socket: Socket
  readonly #signal: AbortSignal
  readonly #clock: Clock

  constructor(response: ServerResponse, socket: Socket, signal: AbortSignal, clock: Clock) {
    this.#response = response
    this.#socket = socket
    this.#signal = signal
    this.#clock = clock
  }

  /** Writes the whole answer. */
  send(answer: Answer, more: Record<string, string> = {}): void {
    const body = bytes(answer)
    this.#head(answer, { 'Content-Length': String(body.length), ...more })
    this.#response.end(body)
  }

  /** Cuts the connection with a reset, whatever was written. */
  reset(): void {
    this.#socket.resetAndDestroy()
  }

  /** Announces the whole body, writes the first `count` bytes and then cuts the connection. */
  truncate(answer: Answer, count: number): Promise<void> {
    const body = bytes(answer)
    this.#head(answer, { 'Content-Length': String(body.length) })
    return new Promise((resolve) => {
      this.#response.write(body.subarray(0, count), () => {
        this.#socket.destroy()
        resolve()
      })
    })
  }

  /** Announces less than it writes: the tail does not belong to the answer any more. */
  wrongLength(answer: Answer): void {
    const body = bytes(answer)
    const head = headLines(answer, Math.max(0, body.length - 7))
    this.#socket.write(Buffer.concat([Buffer.from(head, 'latin1'), body]), () => this.#socket.destroy())
  }

  /** Writes headers and half of the body, and the rest when `goOn` fires. */
  async halves(answer: Answer, goOn: AbortSignal): Promise<void> {
    const body = bytes(answer)
    const middle = Math.floor(body.length / 2)
    this.#head(answer, { 'Content-Length': String(body.length) })
    this.#response.write(body.subarray(0, middle))
    await either(goOn, this.#signal)
    if (!this.#signal.aborted) this.#response.end(body.subarray(middle))
  }

  /** Writes the body at this rate, in tenths of a second. */
  async trickle(answer: Answer, bytesPerSecond: number): Promise<void> {
    const body = bytes(answer)
    const step = Math.max(1, Math.floor(bytesPerSecond / 10))
    const pauseMs = (step / bytesPerSecond) * 1000
    this.#head(answer, { 'Content-Length': String(body.length) })
    for (let at = 0; at < body.length; at += step) {
      this.#response.write(body.subarray(at, at + step))
      await this.#clock.sleep(pauseMs, this.#signal)
    }
    this.#response.end()
  }

  /** Writes this many megabytes of nothing that resembles an answer, as fast as the peer takes them. */
  async huge(megabytes: number): Promise<void> {
    const block = Buffer.alloc(64 * 1024, 'x')
    this.#head({ status: 200, type: 'text/plain', body: '' }, {})
    for (let left = megabytes * 16; left > 0 && !this.#signal.aborted; left--) {
      if (!this.#response.write(block)) await drained(this.#response, this.#signal)
    }
    if (!this.#signal.aborted) this.#response.end()
  }

  #head(answer: Answer, more: Record<string, string>): void {
    this.#response.statusCode = answer.status
    this.#response.setHeader('Date', new Date(this.#clock.now()).toUTCString())
    this.#response.setHeader('Content-Type', answer.type)
    for (const [name, value] of Object.entries({ ...answer.headers, ...more })) {
      this.#response.setHeader(name, typeof value === 'string' ? value : [...value])
    }
  }
}

/** Resolves when one of the signals has fired. */
export async function either(...signals: readonly AbortSignal[]): Promise<void> {
  const any = AbortSignal.any([...signals])
  if (any.aborted) return
  await new Promise<void>((resolve) => any.addEventListener('abort', () => resolve(), { once: true }))
}

function bytes(answer: Answer): Buffer {
  return typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : Buffer.from(answer.body)
}

function headLines(answer: Answer, length: number): string {
  return `HTTP/1.1 ${answer.status} OK\r\nContent-Type: ${answer.type}\r\nContent-Length: ${length}\r\n\r\n`
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const done = new AbortController()
  response.once('drain', () => done.abort())
  await either(done.signal, signal)
}
