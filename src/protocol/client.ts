import { asId, type ChatKey, type LoginGeneration } from '../domain/ids.ts'
import { FILE_HELPER } from './account.ts'
import { Driver } from './driver.ts'
import type { ProtocolClient, ProtocolOptions, ProtocolPorts, RosterView } from './ports.ts'
import { sendText } from './send.ts'

export { RESUMING } from './driver.ts'
export { CODES_ARE_PACED } from './login.ts'
export type { LoginResult, SyncResult } from './meter.ts'
export type {
  Bases,
  ProtocolClient,
  ProtocolOptions,
  ProtocolPorts,
  RosterEntry,
  RosterView,
  SavedSession,
  StoredContact,
} from './ports.ts'

const NOBODY: RosterView = {
  contacts: () => [],
  rooms: () => [],
  find: () => [],
  byKey: () => null,
  owner: asId<ChatKey>(FILE_HELPER),
  counts: { friends: 0, rooms: 0, officials: 0, ambiguous: 0 },
  isSettled: false,
  settled: new Promise(() => {}),
  names: () => [],
}

/**
 * The door of the room: one account's connection to the server. Nothing happens before `batches` is read; states and
 * promises are those of {@link ProtocolClient}. An account that `admit` does not know is logged out again and leaves
 * the state `refused` with code 0; a server that refuses the account leaves it with the server's code and words.
 */
export function createProtocolClient(options: ProtocolOptions, ports: ProtocolPorts): ProtocolClient {
  const driver = new Driver(options, ports)
  return {
    get connection() {
      return driver.link.state
    },
    onConnection: (listener) => driver.link.listen(listener),
    batches: (signal) => driver.batches(signal),
    async send(outgoing, signal) {
      const { live } = driver
      if (live === null) return { kind: 'session-gone', ret: 0 }
      if (signal.aborted) return { kind: 'not-sent', problem: 'aborted' }
      return await sendText(
        { api: live.api, roster: live.roster, ownSends: live.ownSends, onDoubt: () => live.doubt.ring() },
        outgoing,
        signal,
      )
    },
    refreshQr: () => driver.refreshQr(),
    logout: (signal) => driver.logout(signal),
    get generation(): LoginGeneration {
      return driver.generation
    },
    get roster() {
      return driver.live?.roster ?? NOBODY
    },
    get lastSyncAt() {
      return driver.lastSyncAt
    },
    get sessionSince() {
      return driver.live?.session.openedAt ?? null
    },
    get isCaughtUp() {
      return driver.live?.loop.isCaughtUp ?? false
    },
    get isStuck() {
      return driver.live?.loop.isStuck ?? false
    },
    get isLooping() {
      return driver.live?.loop.isLooping ?? false
    },
  }
}
