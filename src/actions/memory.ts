import { asNumber } from '../domain/comparison.ts'
import type { ChatKey, ContactKey, Instant } from '../domain/ids.ts'
import type { FactWrite } from '../domain/run.ts'
import type { ActionFacts } from './facts.ts'
import type { MemoryScope } from './kinds/memory.ts'

/** Whose values a run reads and writes. */
export interface MemoryOwner {
  readonly chat: ChatKey
  readonly sender: ContactKey | null
  readonly now: Instant
}

/** Remembered values as one run sees them: what is stored, with what this run has changed so far. */
export class Memory {
  readonly #facts: ActionFacts
  readonly #owner: MemoryOwner
  readonly #overlay = new Map<string, string | null>()

  constructor(facts: ActionFacts, owner: MemoryOwner) {
    this.#facts = facts
    this.#owner = owner
  }

  remember(scope: MemoryScope, name: string, value: string, forMs: number | null): FactWrite {
    const until = forMs === null ? null : this.#owner.now + forMs
    this.#overlay.set(`${scope}/${name}`, value)
    return { kind: 'remember', scope, owner: this.#keyOf(scope), name, value, until }
  }

  forget(scope: MemoryScope, name: string): FactWrite {
    this.#overlay.set(`${scope}/${name}`, null)
    return { kind: 'forget', scope, owner: this.#keyOf(scope), name }
  }

  /** Adds to a remembered number; one that is missing or no number counts as 0. */
  add(scope: MemoryScope, name: string, amount: number, forMs: number | null): FactWrite {
    const sum = (asNumber(this.recall(scope, name) ?? '') ?? 0) + amount
    return this.remember(scope, name, String(Math.round(sum * 1e6) / 1e6), forMs)
  }

  recall(scope: MemoryScope, name: string): string | null {
    const changed = this.#overlay.get(`${scope}/${name}`)
    if (changed !== undefined) return changed
    return this.#facts.remembered(scope, this.#keyOf(scope), name, this.#owner.now)
  }

  /** The person's value, else the chat's, else the one for everywhere: as the condition `state` looks it up. */
  lookUp(name: string): string | null {
    return this.recall('contact', name) ?? this.recall('chat', name) ?? this.recall('global', name)
  }

  #keyOf(scope: MemoryScope): ContactKey | ChatKey | '' {
    if (scope === 'global') return ''
    return scope === 'chat' ? this.#owner.chat : (this.#owner.sender ?? this.#owner.chat)
  }
}
