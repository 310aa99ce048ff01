import type { AccountKey, ChatKey } from '../domain/ids.ts'
import { attentionAt, type Lane, type LaneOptions, laneOf, type Moment } from './lanes.ts'
import type { OutboxPort, Step } from './ports.ts'

/** The chats that have something to say. Memory grows with waiting chats, not with waiting steps. */
export class Lanes {
  readonly #port: OutboxPort
  readonly #options: LaneOptions
  readonly #lanes = new Map<ChatKey, Lane>()
  #stale: Set<ChatKey> | 'all' = 'all'
  #account: AccountKey | null = null
  #restoredPauseUntil = Number.NEGATIVE_INFINITY

  constructor(port: OutboxPort, options: LaneOptions) {
    this.#port = port
    this.#options = options
  }

  /** Until when an earlier process was told to pause, as far as the heads remember. */
  get restoredPauseUntil(): number {
    return this.#restoredPauseUntil
  }

  all(): Iterable<Lane> {
    return this.#lanes.values()
  }

  /** Forgets everything and turns to another account. */
  follow(account: AccountKey | null): void {
    this.#account = account
    this.#lanes.clear()
    this.#stale = 'all'
    this.#restoredPauseUntil = Number.NEGATIVE_INFINITY
  }

  /** These chats (or all) must be read again. */
  stale(chats?: readonly ChatKey[]): void {
    if (chats === undefined) this.#stale = 'all'
    else if (this.#stale !== 'all') for (const chat of chats) this.#stale.add(chat)
  }

  /** Reads what is stale. A head that did not change keeps the delay that was drawn for it. */
  refresh(moment: Moment): void {
    const account = this.#account
    if (account === null) return
    const chats = this.#stale === 'all' ? this.#port.activeChats(account) : this.#stale
    if (this.#stale === 'all') {
      const active = new Set(chats)
      for (const chat of [...this.#lanes.keys()]) if (!active.has(chat)) this.#lanes.delete(chat)
    }
    for (const chat of chats) this.reload(chat, moment, Number.NEGATIVE_INFINITY)
    this.#stale = new Set()
  }

  /** Reads one chat's head; `servedAt` is when the step before it ended. */
  reload(chat: ChatKey, moment: Moment, servedAt: number): void {
    const step = this.#account === null ? null : this.#port.head(this.#account, chat)
    if (step === null) {
      this.#lanes.delete(chat)
      return
    }
    const old = this.#lanes.get(chat)
    if (old !== undefined && isSame(old.step, step)) return
    const lane = laneOf(step, moment, Math.max(servedAt, old?.servedAt ?? servedAt), this.#options)
    this.#lanes.set(chat, lane)
    this.#rememberPause(lane)
  }

  /** Reads a lane's head anew even if it looks the same, so that nobody looks at it twice for one reason. */
  reread(lane: Lane, moment: Moment): void {
    this.#lanes.delete(lane.chat)
    this.reload(lane.chat, moment, lane.servedAt)
  }

  /** Lanes whose head must be settled now although nothing can be sent. */
  needingAttention(now: number): Lane[] {
    return [...this.#lanes.values()].filter((lane) => attentionAt(lane) <= now)
  }

  /** When the next lane will need that. */
  attentionAt(): number {
    let at = Number.POSITIVE_INFINITY
    for (const lane of this.#lanes.values()) at = Math.min(at, attentionAt(lane))
    return at
  }

  #rememberPause({ step: { delivery, createdAt }, dueAt }: Lane): void {
    if (delivery.kind === 'ready' && delivery.notBefore > createdAt) {
      this.#restoredPauseUntil = Math.max(this.#restoredPauseUntil, dueAt)
    }
  }
}

function isSame(a: Step, b: Step): boolean {
  return (
    a.id === b.id &&
    a.isForced === b.isForced &&
    a.createdAt === b.createdAt &&
    JSON.stringify(a.delivery) === JSON.stringify(b.delivery)
  )
}
