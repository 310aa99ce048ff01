import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '../../../src/domain/chat.ts'
import type { MessageReceived, OwnerSpoke } from '../../../src/domain/event.ts'
import {
  type AccountKey,
  asId,
  type ChatKey,
  messageEventId,
  type RuleId,
  runId,
  stepId,
} from '../../../src/domain/ids.ts'
import type { OnUncertain, Run, StepDelay } from '../../../src/domain/run.ts'
import { openStore, type Store, type StoreOptions } from '../../../src/store/store.ts'
import type { Clock } from '../../../src/support/clock.ts'
import { silentLogger } from '../../../src/support/log.ts'

export const ACCOUNT = asId<AccountKey>('account-a')
export const T0 = 1_900_000_000_000
export const MINUTE = 60_000
export const DAY = 86_400_000

/** A clock whose wall can be set; sleeping moves both clocks, so nothing really waits. */
export class SetClock implements Clock {
  wall: number
  mono = 1000
  constructor(wall = T0) {
    this.wall = wall
  }
  now(): number {
    return this.wall
  }
  monotonic(): number {
    return this.mono
  }
  pass(ms: number): void {
    this.wall += ms
    this.mono += ms
  }
  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (ms > 0) this.pass(ms)
  }
}

const PERSON: Person = {
  key: asId('contact-1'),
  name: '小王',
  remark: '小王',
  alias: '',
  nick: '王',
  display: '',
  relation: 'friend',
  isAmbiguous: false,
}

const chatOf = (key: string) => ({
  key: asId<ChatKey>(key),
  kind: 'private' as const,
  name: '小王',
  otherNames: [],
  isAmbiguous: false,
})

const contentOf = (text: string) => ({
  kind: 'text' as const,
  text,
  fullText: text,
  quoted: null,
  mentions: { self: false, all: false, others: false },
  details: {},
})

/** A message of somebody else; `n` makes its id. */
export function message(
  n: number,
  over: { chat?: string; at?: number; text?: string; account?: string } = {},
): MessageReceived {
  const account = asId<AccountKey>(over.account ?? ACCOUNT)
  const at = over.at ?? T0
  const chat = over.chat ?? 'chat-1'
  return {
    kind: 'message.received',
    id: messageEventId(account, String(n), at),
    account,
    at,
    receivedAt: at,
    messageId: String(n),
    chat: chatOf(chat),
    sender: { ...PERSON, key: asId(chat) },
    content: contentOf(over.text ?? `message ${n}`),
  }
}

/** A message of our own account. */
export function ownWords(n: number, text: string, chat = 'chat-1', at = T0): OwnerSpoke {
  return {
    kind: 'owner.spoke',
    id: messageEventId(ACCOUNT, String(n), at),
    account: ACCOUNT,
    at,
    receivedAt: at,
    messageId: String(n),
    chat: chatOf(chat),
    content: contentOf(text),
  }
}

export interface RunShape {
  readonly texts?: readonly string[]
  readonly rule?: string
  readonly delay?: StepDelay
  readonly onUncertain?: OnUncertain
  readonly ttlMs?: number
  readonly to?: 'owner'
  readonly createdAt?: number
}

/** A run that replies to an event. */
export function runFor(event: MessageReceived, shape: RunShape = {}): Run {
  const rule = asId<RuleId>(shape.rule ?? 'rule-1')
  const id = runId(event.id, rule)
  const createdAt = shape.createdAt ?? event.at
  const chat = event.chat.key
  return {
    id,
    account: event.account,
    event: event.id,
    rule,
    ruleName: '价格',
    chat,
    createdAt,
    expiresAt: createdAt + (shape.ttlMs ?? 10 * MINUTE),
    steps: (shape.texts ?? ['reply']).map((text, index) => ({
      id: stepId(id, index),
      effect: shape.to === 'owner' ? { kind: 'send', to: 'owner', text } : { kind: 'reply', chat, text },
      delay: shape.delay ?? { kind: 'none' },
      onUncertain: shape.onUncertain ?? 'resend',
    })),
  }
}

/** Accepts and decides an event in one go. */
export function decide(store: Store, event: MessageReceived, shape: RunShape | null = {}): Run[] {
  const runs = shape === null ? [] : [runFor(event, shape)]
  const kind = runs.length > 0 ? ('act' as const) : ('no-match' as const)
  store.transaction(() => {
    store.inbox.insert(event)
    store.decisions.commit({
      event,
      decision: { kind, reason: null, rule: null },
      trace: null,
      runs,
      writes: [],
    })
  })
  return runs
}

/** A directory that is gone at the end of `work`. */
export function freshDir(): { dir: string; remove(): void } {
  const base = mkdtempSync(join(tmpdir(), 'store-test-'))
  return { dir: join(base, 'data'), remove: () => rmSync(base, { recursive: true, force: true }) }
}

/** An open store in a new directory; `reopen` closes it and opens the same directory again. */
export class TestStore {
  readonly clock: SetClock
  readonly #place = freshDir()
  readonly #options: Partial<StoreOptions>
  store: Store

  constructor(options: Partial<StoreOptions> & { clock?: SetClock } = {}) {
    this.clock = options.clock ?? new SetClock()
    this.#options = options
    this.store = this.#open()
  }

  get dir(): string {
    return this.#place.dir
  }

  #open(): Store {
    return openStore({ log: silentLogger, ...this.#options, clock: this.clock, dir: this.#place.dir })
  }

  reopen(): Store {
    this.store.close()
    this.store = this.#open()
    return this.store
  }

  dispose(): void {
    this.store.close()
    this.#place.remove()
  }
}
