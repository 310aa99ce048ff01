import type { Event } from '../domain/event.ts'
import type { ChatKey, ContactKey, Instant, RuleId } from '../domain/ids.ts'
import type { FactWrite } from '../domain/run.ts'
import type { Facts } from './facts.ts'

type Mute = NonNullable<ReturnType<Facts['mute']>>

/** Facts in memory, for trying rules out: the same answers as the store gives, without a disk. */
export class MemoryFacts implements Facts {
  readonly #cooldowns = new Map<string, Instant>()
  readonly #hits = new Map<string, Instant[]>()
  readonly #values = new Map<string, { readonly value: string; readonly until: Instant | null }>()
  readonly #mutes = new Map<ChatKey, Mute>()
  readonly #flows = new Map<string, string>()
  readonly #messages = new Map<ChatKey, Instant[]>()
  readonly #contacts = new Map<ContactKey, Instant>()
  readonly #replies = new Map<ChatKey, { readonly text: string; readonly at: Instant }[]>()
  readonly #owner = new Map<ChatKey, Instant>()
  readonly #paused = new Set<ChatKey | ''>()

  /** Applies changes in order, as the store does in one transaction. */
  apply(writes: readonly FactWrite[]): void {
    for (const write of writes) this.#applyOne(write)
  }

  /** Notes that an event happened. Call it after deciding about the event. */
  noteEvent(event: Event): void {
    if (event.kind === 'owner.spoke') this.#owner.set(event.chat.key, event.at)
    if (event.kind !== 'message.received') return
    this.#messages.set(event.chat.key, [event.at, ...(this.#messages.get(event.chat.key) ?? [])])
    this.#contacts.set(event.sender.key, event.at)
  }

  /** Notes a reply of ours. */
  noteReply(chat: ChatKey, text: string, at: Instant): void {
    this.#replies.set(chat, [{ text, at }, ...(this.#replies.get(chat) ?? [])])
  }

  /** Pauses the bot in a chat, or everywhere for ''. */
  pause(chat: ChatKey | ''): void {
    this.#paused.add(chat)
  }

  cooldownUntil(key: string): Instant | null {
    return this.#cooldowns.get(key) ?? null
  }

  hitsSince(key: string, since: Instant): number {
    return (this.#hits.get(key) ?? []).filter((at) => at >= since).length
  }

  remembered(scope: 'contact' | 'chat' | 'global', owner: string, name: string, now: Instant): string | null {
    const kept = this.#values.get(valueKey(scope, owner, name))
    return kept !== undefined && (kept.until === null || kept.until > now) ? kept.value : null
  }

  mute(chat: ChatKey): Mute | null {
    return this.#mutes.get(chat) ?? null
  }

  isPaused(chat: ChatKey): boolean {
    return this.#paused.has('') || this.#paused.has(chat)
  }

  lastMessageAt(chat: ChatKey): Instant | null {
    return this.#messages.get(chat)?.[0] ?? null
  }

  lastContactAt(contact: ContactKey): Instant | null {
    return this.#contacts.get(contact) ?? null
  }

  lastReplyAt(chat: ChatKey): Instant | null {
    return this.#replies.get(chat)?.[0]?.at ?? null
  }

  ownerSpokeAt(chat: ChatKey): Instant | null {
    return this.#owner.get(chat) ?? null
  }

  flow(chat: ChatKey, contact: ContactKey): string | null {
    return this.#flows.get(`${chat}\n${contact}`) ?? null
  }

  /** Nothing runs for long here: what is planned is taken as done. */
  isRunActive(_rule: RuleId, _chat: ChatKey): boolean {
    return false
  }

  lastSaidAt(chat: ChatKey): Instant | null {
    return this.#replies.get(chat)?.[0]?.at ?? null
  }

  recentReplies(chat: ChatKey, limit: number): readonly { readonly text: string; readonly at: Instant }[] {
    return (this.#replies.get(chat) ?? []).slice(0, limit)
  }

  recentMessages(chat: ChatKey, limit: number): readonly Instant[] {
    return (this.#messages.get(chat) ?? []).slice(0, limit)
  }

  #applyOne(write: FactWrite): void {
    switch (write.kind) {
      case 'cooldown':
        this.#cooldowns.set(write.key, write.until)
        return
      case 'count': {
        const kept = (this.#hits.get(write.key) ?? []).filter((at) => at >= write.at - write.keepMs)
        this.#hits.set(write.key, [...kept, write.at])
        return
      }
      case 'remember':
        this.#values.set(valueKey(write.scope, write.owner, write.name), {
          value: write.value,
          until: write.until,
        })
        return
      case 'forget':
        this.#values.delete(valueKey(write.scope, write.owner, write.name))
        return
      case 'mute':
        this.#mutes.set(write.chat, { until: write.until, reason: write.reason })
        return
      case 'unmute':
        this.#mutes.delete(write.chat)
        return
      case 'cancel':
        // Nothing waits here: what is planned is taken as done.
        return
      case 'flow': {
        const key = `${write.chat}\n${write.contact}`
        if (write.state === null) this.#flows.delete(key)
        else this.#flows.set(key, write.state)
      }
    }
  }
}

function valueKey(scope: string, owner: string, name: string): string {
  return `${scope}\n${owner}\n${name}`
}
