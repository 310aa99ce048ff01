import type { AccountKey } from '../domain/ids.ts'
import type { Brake } from '../outbox/line.ts'
import type { OutboxRepository } from '../store/store.ts'
import type { Phrase } from './phrases.ts'

const PHRASES: Readonly<Partial<Record<NonNullable<Brake>, Phrase>>> = {
  'limit-all': {
    zh: '回复已到每分钟上限 (limits.all)，其余的排队等',
    en: 'replies reached the limit of limits.all, the rest waits',
  },
  'limit-day': {
    zh: '回复已到每天上限 (limits.day)，其余的排队等，过期不发',
    en: 'replies reached the limit of limits.day, the rest waits and may go stale',
  },
}

/** Says once per full window that replies wait because of a limit of the settings. */
export class LimitTeller {
  #told: Brake = null

  /** The words to say now; null when nothing is new. A window counts as left only when it has room again. */
  look(brake: Brake, outbox: Pick<OutboxRepository, 'counts'>, account: AccountKey | null): Phrase | null {
    if (brake !== 'limit-all' && brake !== 'limit-day') {
      this.#told = null
      return null
    }
    if (brake === this.#told || account === null || (outbox.counts(account).get('ready') ?? 0) === 0)
      return null
    this.#told = brake
    return PHRASES[brake] ?? null
  }
}
