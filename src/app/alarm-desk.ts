import { StoreError } from '../domain/errors.ts'
import type { Instant } from '../domain/ids.ts'
import type { Store } from '../store/store.ts'
import {
  ALARM_KINDS,
  type AlarmChange,
  type AlarmKind,
  type AlarmState,
  happen,
  observe,
  QUIET,
  tell,
} from './alarm.ts'
import type { Look } from './alarm-conditions.ts'
import { numberOr, readObject } from './alarm-memory.ts'
import type { Phrase } from './phrases.ts'

/** All alarms of one daemon: takes looks and happenings in, hands out what a person should be told. */
export class AlarmDesk {
  readonly #meta: Store['meta']
  readonly #states = new Map<AlarmKind, AlarmState>()

  constructor(meta: Store['meta']) {
    this.#meta = meta
    for (const kind of ALARM_KINDS) this.#states.set(kind, load(meta, kind))
  }

  /** Takes a look in. */
  look(looks: Readonly<Partial<Record<AlarmKind, Look>>>, now: Instant): void {
    for (const kind of ALARM_KINDS) {
      const detail = looks[kind]
      if (detail !== undefined && detail !== 'keep')
        this.#states.set(kind, observe(this.#of(kind), detail, now))
    }
  }

  /** Notes something that has no end of its own. */
  happen(kind: AlarmKind, detail: Phrase, now: Instant): void {
    this.#states.set(kind, happen(this.#of(kind), detail, now))
  }

  /** What is due, each once. It counts as told from here on. */
  take(now: Instant): AlarmChange[] {
    return ALARM_KINDS.flatMap((kind) => {
      const told = tell(this.#of(kind), kind, now)
      if (told === null) return []
      this.#states.set(kind, told.state)
      this.#save(kind, told.state)
      return [told.change]
    })
  }

  /** What holds now, oldest first. */
  active(): { readonly kind: AlarmKind; readonly since: Instant; readonly detail: Phrase }[] {
    return [...this.#states]
      .filter(([, state]) => state.isOn)
      .map(([kind, { since, detail }]) => ({ kind, since, detail }))
      .sort((a, b) => a.since - b.since)
  }

  #of(kind: AlarmKind): AlarmState {
    return this.#states.get(kind) ?? QUIET
  }

  /** An alarm about a full disk must not fail because the disk is full: then a restart may tell it once more. */
  #save(kind: AlarmKind, { isTold, since, toldAt, repeats }: AlarmState): void {
    try {
      this.#meta.set(`alarm/${kind}`, JSON.stringify({ isTold, since, toldAt, repeats }))
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }
}

/** What outlives the process, so that a restart repeats nothing and still tells the end. */
function load(meta: Store['meta'], kind: AlarmKind): AlarmState {
  const read = readObject(meta.get(`alarm/${kind}`))
  const isTold = read.isTold === true
  const toldAt = numberOr(read.toldAt, null)
  return {
    ...QUIET,
    isTold,
    isOn: isTold,
    since: numberOr(read.since, 0),
    toldAt,
    repeats: numberOr(read.repeats, 0),
  }
}
