/**
 * Identifiers as types: a plain string cannot be passed where one of these is meant.
 * Each is built in one place (named below) and read as an opaque string everywhere else.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** One of our accounts; stable across logins and free of secrets. Built in `protocol/account.ts` from the uin. */
export type AccountKey = Branded<'AccountKey'>
/** The server's handle of a contact or room. Valid for one login only; never stored as a key. */
export type UserName = Branded<'UserName'>
/** Our stable key of a person across logins. Built in `protocol/roster.ts`. */
export type ContactKey = Branded<'ContactKey'>
/** Our stable key of a chat: a room's own key, or the `ContactKey` of the other side of a private chat. */
export type ChatKey = Branded<'ChatKey'>
/** Deterministic name of one event, the de-duplication key. Built by {@link messageEventId} and {@link scheduleEventId}. */
export type EventId = Branded<'EventId'>
/** A rule's stable key: its `id`, or one derived from file and name. */
export type RuleId = Branded<'RuleId'>
/** One acted decision: event + rule. Deterministic, so deciding again after a crash makes no second run. */
export type RunId = Branded<'RunId'>
/** One durable step of a run: run + position. */
export type StepId = Branded<'StepId'>
/** The id under which one reply is sent, the same on every attempt of that reply (protocol: ClientMsgId = LocalID). */
export type ClientMsgId = Branded<'ClientMsgId'>
/** Counts fresh logins; session-scoped names of another generation mean nothing. */
export type LoginGeneration = number
/** Milliseconds since the epoch, UTC. */
export type Instant = number

/** Brands a string that comes from storage or from the one place allowed to build it. */
export function asId<T extends string>(value: string): T {
  return value as T
}

/** The id of an event made from a server message. `discriminator` is used only when the server gave no message id. */
export function messageEventId(
  account: AccountKey,
  messageId: string,
  createdAt: Instant,
  discriminator = '',
): EventId {
  return asId(
    `${account}/m/${messageId === '' ? `-${discriminator}` : messageId}/${Math.trunc(createdAt / 1000)}`,
  )
}

/** The id of a schedule's ring; a double ring of the same minute has the same id. */
export function scheduleEventId(account: AccountKey, schedule: string, dueAt: Instant): EventId {
  return asId(`${account}/s/${schedule}/${Math.trunc(dueAt / 60_000)}`)
}

/** The id of the end of a flow in which nothing was said until `expiresAt`. */
export function flowEventId(
  account: AccountKey,
  chat: ChatKey,
  contact: ContactKey,
  expiresAt: Instant,
): EventId {
  return asId(`${account}/f/${chat}/${contact}/${expiresAt}`)
}

/** The run that `rule` starts for `event`. */
export function runId(event: EventId, rule: RuleId): RunId {
  return asId(`${event}|${rule}`)
}

/** The step at position `index` of `run`. */
export function stepId(run: RunId, index: number): StepId {
  return asId(`${run}#${index}`)
}

/** The chat in which one talks privately to `contact`. */
export function privateChat(contact: ContactKey): ChatKey {
  return contact as string as ChatKey
}
