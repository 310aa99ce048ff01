/** What a guarded output writes to; process.stdout and process.stderr satisfy it. */
export interface Sink {
  /** `done` is called when the text has left, or cannot leave any more. */
  write(text: string, done?: () => void): boolean
  on(event: 'drain' | 'error', listener: (error?: Error) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** How much may wait for a reader that does not read. */
const MAX_WAITING_BYTES = 256 * 1024

/**
 * Writes lines without ever throwing, blocking or growing: while the reader stands still a bounded amount waits, then
 * lines are dropped and counted; once it has gone (EPIPE) everything is dropped.
 */
export class GuardedOutput {
  readonly #sink: Sink
  readonly #maxWaiting: number
  readonly #waiting: string[] = []
  #waitingBytes = 0
  #isFull = false
  #isGone = false
  #dropped = 0
  #onEmpty: (() => void)[] = []
  #onGone: (() => void)[] = []

  constructor(sink: Sink, maxWaitingBytes = MAX_WAITING_BYTES) {
    this.#sink = sink
    this.#maxWaiting = maxWaitingBytes
    sink.on('drain', () => this.#drain())
    sink.on('error', () => this.#lose())
  }

  /** Pieces dropped since the start. */
  get dropped(): number {
    return this.#dropped
  }

  get isTTY(): boolean {
    return this.#sink.isTTY === true
  }

  get columns(): number {
    return this.#sink.columns ?? 80
  }

  /** Takes one line or block; a piece is written whole or dropped whole. */
  write(text: string): void {
    if (this.#isGone) {
      this.#dropped++
      return
    }
    if (!this.#isFull) {
      this.#pass(text)
      return
    }
    const size = Buffer.byteLength(text)
    if (this.#waitingBytes + size > this.#maxWaiting) {
      this.#dropped++
      return
    }
    this.#waiting.push(text)
    this.#waitingBytes += size
  }

  /**
   * Resolves when everything taken so far has left, or the reader has gone. A reader that stands still keeps it
   * waiting; race it against a deadline.
   */
  flushed(): Promise<void> {
    if (this.#isGone) return Promise.resolve()
    return new Promise((resolve) => {
      this.#onGone.push(resolve)
      if (this.#waiting.length === 0) this.#afterSink(resolve)
      else this.#onEmpty.push(() => this.#afterSink(resolve))
    })
  }

  #afterSink(resolve: () => void): void {
    try {
      this.#sink.write('', () => resolve())
    } catch {
      resolve()
    }
  }

  #pass(text: string): void {
    try {
      this.#isFull = !this.#sink.write(text)
    } catch {
      this.#dropped++
      this.#lose()
    }
  }

  #drain(): void {
    this.#isFull = false
    while (!this.#isFull && !this.#isGone) {
      const next = this.#waiting.shift()
      if (next === undefined) break
      this.#waitingBytes -= Buffer.byteLength(next)
      this.#pass(next)
    }
    if (this.#waiting.length > 0) return
    const waiting = this.#onEmpty
    this.#onEmpty = []
    for (const go of waiting) go()
  }

  #lose(): void {
    this.#isGone = true
    this.#dropped += this.#waiting.length
    this.#waiting.length = 0
    this.#waitingBytes = 0
    for (const go of this.#onGone) go()
    this.#onGone = []
  }
}

/** Characters that move the cursor, hide text or turn its direction: controls except line feed, bidi marks, line separators. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g

/** The text with every unsafe character written as `\uXXXX`, which is also how JSON writes it. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** A destination for one JSON object per line that cannot carry terminal escapes. */
export function jsonLines(output: { write(text: string): void }): { write(line: string): void } {
  return { write: (line) => output.write(escapeUnsafe(line)) }
}
