import { type Channel, type NoticeOutcome, postNotice } from '../outbox/effectors/notify.ts'
import type { Notice } from '../outbox/effectors/notify-formats.ts'
import { Bell } from '../support/abort.ts'
import { type BackoffOptions, backoffMs } from '../support/backoff.ts'
import type { Clock } from '../support/clock.ts'
import type { Logger } from '../support/log.ts'
import type { Random } from '../support/random.ts'

/** A notice that could not be delivered for so long is given up: about an hour of attempts. */
export const MAX_ATTEMPTS = 15
const BACKOFF: BackoffOptions = { firstMs: 5000, factor: 2, maxMs: 300_000, jitter: 0.3 }

export interface PostTools {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** Told of each notice that was delivered or given up. */
  onDone(outcome: 'delivered' | 'given-up'): void
}

/** One channel: one call at a time, the newest notice about each thing, retries that end. */
export class Post {
  readonly #channel: Channel & { readonly name: string }
  readonly #tools: PostTools
  readonly #bell = new Bell()
  /** By what they are about, oldest first: what is over replaces what was not yet told. */
  readonly #waiting = new Map<string, Notice>()

  constructor(channel: Channel & { readonly name: string }, tools: PostTools) {
    this.#channel = channel
    this.#tools = tools
  }

  /** Puts a notice on its way. */
  add(notice: Notice): void {
    this.#waiting.delete(notice.about)
    this.#waiting.set(notice.about, notice)
    this.#bell.ring()
  }

  /** Delivers until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [next] = this.#waiting.values()
      if (next === undefined) await this.#bell.wait(signal)
      else await this.#deliver(next, signal)
    }
  }

  async #deliver(notice: Notice, signal: AbortSignal): Promise<void> {
    const isWanted = () => this.#waiting.get(notice.about) === notice
    for (let attempt = 1; isWanted() && !signal.aborted; attempt++) {
      const outcome = await postNotice(this.#channel, notice, signal)
      if (signal.aborted) return
      if (outcome.kind === 'delivered' || !outcome.mayRetry || attempt >= MAX_ATTEMPTS) {
        if (isWanted()) this.#waiting.delete(notice.about)
        this.#report(notice, outcome, attempt)
        return
      }
      const { clock, random } = this.#tools
      await clock.sleep(backoffMs(attempt, random, BACKOFF), signal).catch(() => {})
    }
  }

  #report({ about, state }: Notice, outcome: NoticeOutcome, attempt: number): void {
    const { log, onDone } = this.#tools
    const fields = { event: 'notice', channel: this.#channel.name, about, state, attempt }
    if (outcome.kind === 'delivered') log.debug(fields, 'notice delivered')
    else log.warn({ ...fields, problem: outcome.problem }, 'notice could not be delivered')
    onDone(outcome.kind === 'delivered' ? 'delivered' : 'given-up')
  }
}
