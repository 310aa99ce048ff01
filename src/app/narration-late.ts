import type { Clock } from '../support/clock.ts'
import type { HeldLines } from './held-lines.ts'
import type { Narrator } from './narrator.ts'
import type { Phrase } from './phrases.ts'

/** What came while we were away arrives together. */
const GATHER_MS = 2000
/** Messages too old that come so soon after a login are from before it. */
const CATCHING_UP_MS = 60_000

/** Counts messages that were too old to answer: an owner who was away for a day wants one line, not hundreds. */
export class LateNarration {
  readonly #narrator: Narrator
  readonly #lines: HeldLines
  readonly #clock: Clock
  #count = 0
  #onlineAt = Number.NEGATIVE_INFINITY

  constructor(narrator: Narrator, lines: HeldLines, clock: Clock) {
    this.#narrator = narrator
    this.#lines = lines
    this.#clock = clock
  }

  /** The connection is up (again). */
  online(): void {
    this.#onlineAt = this.#clock.monotonic()
  }

  /** One more message was too old: its own line is for whoever looks closer. */
  passedOver(line: Phrase, fields: Readonly<Record<string, unknown>>): void {
    this.#narrator.debug(line, fields)
    if (this.#count++ > 0) return
    this.#lines.hold(() => this.#tell(), GATHER_MS)
  }

  #tell(): void {
    const count = this.#count
    this.#count = 0
    const isFromBefore = this.#clock.monotonic() - this.#onlineAt < CATCHING_UP_MS
    this.#narrator.info(
      {
        zh: `${isFromBefore ? '离线期间 ' : ''}${count} 条消息太旧，未回复`,
        en: `${count} messages${isFromBefore ? ' of the time away' : ''} are too old and were not answered`,
      },
      { event: 'too-old', count },
    )
  }
}
