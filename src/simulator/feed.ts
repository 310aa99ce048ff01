import { Doorbell } from './doorbell.ts'

/** How ids become UserNames in the session that reads. */
export type NameOf = (id: string) => string

/** A message of the account's history, written once for all sessions; rendered with the names of the one that reads. */
export interface Draft {
  readonly msgId: string
  readonly msgType: number
  /** World id of the sender's side: a person, a room, a special account, or `self`. */
  readonly from: string
  readonly to: string
  /** Seconds. */
  readonly createTime: number
  /** Content and any other fields that are not empty. */
  readonly fields: (nameOf: NameOf) => Readonly<Record<string, unknown>>
}

/** One change a session learns through webwxsync. */
export type Change =
  | { readonly kind: 'message'; readonly draft: Draft }
  | { readonly kind: 'contact'; readonly id: string }
  | { readonly kind: 'gone'; readonly id: string }

/** Everything that happened to the account, in order and numbered from 1. */
export class Feed {
  readonly #changes: Change[] = []
  readonly bell = new Doorbell()

  /** The number of the newest change; 0 when nothing happened yet. */
  get position(): number {
    return this.#changes.length
  }

  append(change: Change): number {
    this.#changes.push(change)
    this.bell.ring()
    return this.#changes.length
  }

  /** Changes after `position`, at most `limit`. */
  after(position: number, limit: number): readonly Change[] {
    return this.#changes.slice(position, position + limit)
  }

  /** The newest message, or null. */
  lastMessage(): Draft | null {
    const found = this.#changes.findLast((change) => change.kind === 'message')
    return found?.kind === 'message' ? found.draft : null
  }

  /** The message with this id; null when there is none. */
  message(msgId: string): Draft | null {
    const found = this.#changes.findLast(
      (change) => change.kind === 'message' && change.draft.msgId === msgId,
    )
    return found?.kind === 'message' ? found.draft : null
  }
}
