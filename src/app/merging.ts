import type { Event } from '../domain/event.ts'
import type { AccountKey, Instant } from '../domain/ids.ts'
import type { Policy } from '../domain/policy.ts'
import { type Pile, pileUp } from '../engine/merge.ts'
import type { TimerSource } from '../schedule/schedule.ts'
import type { Store } from '../store/store.ts'

/** How many undecided events are looked at together. */
const LOOK_AT = 1000
/** How many piles share one transaction. */
const AT_ONCE = 100

/** Holds back what somebody may still be writing, and says when to look again. */
export class Merging implements TimerSource {
  readonly #quietMs: number
  readonly #policy: Policy
  #heldUntil: Instant | null = null
  /** Told when something is held back. */
  onHeld: () => void = () => {}

  constructor(quietMs: number, policy: Policy) {
    this.#quietMs = quietMs
    this.#policy = policy
  }

  /** The next piles that can be decided. */
  next(account: AccountKey, store: Store, now: Instant): readonly Pile[] {
    const facts = store.facts(account)
    const { ready, nextAt } = pileUp({
      events: store.inbox.unhandled(account, LOOK_AT),
      now,
      quietMs: this.#quietMs,
      policy: this.#policy,
      isInFlow: ({ chat, sender }) => facts.flow(chat.key, sender.key) !== null,
    })
    this.#heldUntil = nextAt
    if (nextAt !== null) this.onHeld()
    return ready.slice(0, AT_ONCE)
  }

  /** What is held is in the inbox already. */
  due(): readonly Event[] {
    return []
  }

  nextAt(): Instant | null {
    return this.#heldUntil
  }
}
