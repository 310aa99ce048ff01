import type { Sender } from '../outbox/ports.ts'
import { createProtocolClient, type ProtocolClient, type StoredContact } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import type { AccountPin } from './account.ts'
import { kickMemory } from './kick-memory.ts'
import { protocolOptions } from './options.ts'
import type { DaemonObserver, DaemonSetup } from './setup.ts'

/** What the connection stands on. */
interface Given {
  readonly store: Store
  readonly pin: AccountPin
}

/** The connection of one account, with what it asks of the store and whom it tells. */
export function connectClient(
  setup: DaemonSetup,
  { store, pin }: Given,
  observers: readonly DaemonObserver[],
): ProtocolClient {
  return createProtocolClient(protocolOptions(setup.config), {
    session: store.session,
    roster: {
      load: (account) => store.contacts.load(account).map((row) => JSON.parse(row.value) as StoredContact),
      save: (account, contacts) =>
        store.contacts.save(
          account,
          contacts.map((contact) => ({ key: contact.key, value: JSON.stringify(contact) })),
        ),
    },
    cursor: { load: (account) => store.inbox.cursor(account) },
    admit: (account) => pin.admit(account),
    kicks: kickMemory(store.meta),
    meter: {
      onSync: (result) => {
        for (const observer of observers) observer.onSync?.(result)
      },
      onLogin: (result) => {
        for (const observer of observers) observer.onLogin?.(result)
      },
      onUnreadable: (endpoint) => {
        for (const observer of observers) observer.onUnreadable?.(endpoint)
      },
    },
    onCaughtUp() {
      for (const observer of observers) observer.onCaughtUp?.()
    },
    clock: setup.clock,
    random: setup.random,
    log: setup.log,
  })
}

/** The connection as the outbox sees it. */
export function senderOf({ config }: DaemonSetup, { pin }: Given, client: ProtocolClient): Sender {
  // Whoever was away listens first: the owner may have answered, and our own words may come back.
  const isOnline = () => client.connection.kind === 'online' && client.isCaughtUp
  return {
    send: (outgoing, signal) => client.send(outgoing, signal),
    get account() {
      return pin.current()
    },
    get generation() {
      return client.generation
    },
    get isOnline() {
      return isOnline()
    },
    resolveOwner() {
      if (config.owner === null) return client.roster.owner
      const found = client.roster
        .find(config.owner.remark)
        .filter((entry) => entry.kind === 'person' && !entry.isAmbiguous)
      return found.length === 1 ? (found[0]?.key ?? null) : null
    },
  }
}

/** The stored position belongs to an earlier login: what came in between is not in the stream. */
export function isNewLogin({ store, pin }: Given, client: ProtocolClient): boolean {
  const account = pin.current()
  const cursor = account === null ? null : store.inbox.cursor(account)
  return cursor !== null && cursor.generation !== client.generation
}
