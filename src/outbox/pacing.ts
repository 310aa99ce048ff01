import type { Random } from '../support/random.ts'
import type { SendingOptions, Typing, Window } from './ports.ts'

/** The time a person would need to type `text`. */
export function typingMs(text: string, typing: Typing | null, random: Random): number {
  if (typing === null) return 0
  const { baseMs, perCharMs, maxMs, jitter } = typing
  const plain = Math.min(maxMs, baseMs + perCharMs * [...text].length)
  return Math.max(0, Math.round(plain * (1 + jitter * (2 * random.next() - 1))))
}

/** When one more send fits into a window. `times` are the sends so far, rising; the answer may lie in the past. */
export function windowOpensAt(times: readonly number[], window: Window | null): number {
  if (window === null) return Number.NEGATIVE_INFINITY
  if (window.max <= 0) return Number.POSITIVE_INFINITY
  const blocking = times.at(-window.max)
  return blocking === undefined ? Number.NEGATIVE_INFINITY : blocking + window.inMs
}

/**
 * Remembers when was sent and says when the next send may go. All times are monotonic, so setting the wall clock
 * neither opens nor shuts a window. Memory is bounded by the windows' own maxima.
 */
export class Pacing {
  readonly #options: Pick<SendingOptions, 'minGapMs' | 'limits'>
  #last = Number.NEGATIVE_INFINITY
  #all: number[] = []
  readonly #chats = new Map<string, number[]>()
  #sweepAt = MAX_CHATS

  constructor(options: Pick<SendingOptions, 'minGapMs' | 'limits'>) {
    this.#options = options
  }

  /** The first instant at which every chat-independent brake allows a send. */
  opensAt(gapFactor: number): number {
    const { minGapMs, limits } = this.#options
    return Math.max(
      this.#last + minGapMs * gapFactor,
      windowOpensAt(this.#all, limits.all),
      windowOpensAt(this.#all, limits.day),
    )
  }

  /** The account's window that is full at `now`; null when one more send fits. */
  fullWindow(now: number): 'limit-all' | 'limit-day' | null {
    const { all, day } = this.#options.limits
    if (windowOpensAt(this.#all, day) > now) return 'limit-day'
    return windowOpensAt(this.#all, all) > now ? 'limit-all' : null
  }

  /** The first instant at which this chat's own window allows a send. */
  chatOpensAt(chat: string): number {
    return windowOpensAt(this.#chats.get(chat) ?? [], this.#options.limits.chat)
  }

  /** Counts a send; instants must not fall. */
  record(chat: string, at: number): void {
    const { all, chat: perChat, day } = this.#options.limits
    this.#last = Math.max(this.#last, at)
    const kept = Math.max(all?.max ?? 0, day?.max ?? 0)
    if (kept > 0) this.#all = pushKeeping(this.#all, at, kept)
    if (perChat === null) return
    this.#chats.set(chat, pushKeeping(this.#chats.get(chat) ?? [], at, perChat.max))
    if (this.#chats.size > this.#sweepAt) this.#dropIdle(at - perChat.inMs)
  }

  /** Takes back the latest count of a send that certainly did not reach the server. The gap stays. */
  withdraw(chat: string, at: number): void {
    for (const times of [this.#all, this.#chats.get(chat) ?? []]) {
      const index = times.lastIndexOf(at)
      if (index >= 0) times.splice(index, 1)
    }
  }

  #dropIdle(before: number): void {
    for (const [chat, times] of this.#chats) if ((times.at(-1) ?? before) <= before) this.#chats.delete(chat)
    this.#sweepAt = Math.max(MAX_CHATS, 2 * this.#chats.size)
  }
}

/** Chats whose sends are remembered before idle ones are looked for. */
const MAX_CHATS = 1000

function pushKeeping(times: number[], at: number, max: number): number[] {
  times.push(at)
  return times.length > 2 * max + 16 ? times.slice(-max) : times
}
