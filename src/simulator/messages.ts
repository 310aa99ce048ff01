/** Where and when a delivered message stands. */
export interface Stands {
  /** World reference of who spoke. */
  readonly from: string
  /** World reference of the room, for a message in a room. */
  readonly in?: string
  /** Set to repeat or to invent an id; a fresh one otherwise. */
  readonly msgId?: string
  /** CreateTime in milliseconds; now when absent. */
  readonly at?: number
}

/** Who a friend request is from. */
export interface Requester {
  /** World reference of a stranger. */
  readonly from: string
  readonly text: string
}

/** Everything {@link Simulator.deliver} can bring to the account. */
export type Delivery =
  /** Text; `mention` puts `@name` + U+2005 before it, for each reference (`self`, `all`). */
  | (Stands & { readonly kind: 'text'; readonly text: string; readonly mention?: readonly string[] })
  | (Stands & { readonly kind: 'image' | 'video' | 'emoticon'; readonly bytes?: Uint8Array })
  | (Stands & { readonly kind: 'voice'; readonly ms?: number; readonly bytes?: Uint8Array })
  | (Stands & { readonly kind: 'file'; readonly name: string; readonly bytes?: Uint8Array })
  | (Stands & {
      readonly kind: 'link'
      readonly title: string
      readonly url: string
      readonly description?: string
    })
  /** A reply to an earlier text: `text` is the usual flattened form, `app` the 49/57 of other protocols. */
  | (Stands & {
      readonly kind: 'quote'
      readonly text: string
      readonly quoted: { readonly name: string; readonly text: string; readonly msgId?: string }
      readonly form?: 'text' | 'app'
    })
  | (Stands & { readonly kind: 'location'; readonly label: string; readonly x?: number; readonly y?: number })
  /** A name card of this world reference. */
  | (Stands & { readonly kind: 'card'; readonly of: string })
  | (Stands & { readonly kind: 'transfer'; readonly yuan: string; readonly memo?: string })
  /** Shown only as a notice, as on the real wire. */
  | (Stands & { readonly kind: 'red-packet' })
  /** A notice of the system in the chat `from` (a person or a room). */
  | { readonly kind: 'system'; readonly from: string; readonly text: string; readonly msgId?: string }
  /** The sender takes an earlier message back. */
  | { readonly kind: 'recall'; readonly msgId: string; readonly from: string; readonly in?: string }
  | (Requester & { readonly kind: 'friend-request' })
  /** MsgType 51: code 2 or 5 for one chat, 4 for a list, with real ids beside the pseudonyms. */
  | { readonly kind: 'status-notify'; readonly code?: 2 | 4 | 5; readonly chats: readonly string[] }
  /** Any other type, Content as given. */
  | (Stands & {
      readonly kind: 'unknown'
      readonly msgType: number
      readonly content?: string
      readonly fields?: Readonly<Record<string, unknown>>
    })
