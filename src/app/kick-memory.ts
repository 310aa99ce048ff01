import { StoreError } from '../domain/errors.ts'
import type { Instant } from '../domain/ids.ts'
import type { ProtocolPorts } from '../protocol/client.ts'
import type { Store } from '../store/store.ts'
import { readObject } from './alarm-memory.ts'

const KEY = 'kicks'

/** Remembers when the server threw logins out. A store that refuses costs only this memory. */
export function kickMemory(meta: Store['meta']): NonNullable<ProtocolPorts['kicks']> {
  return {
    load() {
      const { times } = readObject(meta.get(KEY))
      return Array.isArray(times) ? times.filter((at): at is Instant => Number.isFinite(at)) : []
    },
    save(times) {
      try {
        meta.set(KEY, JSON.stringify({ times }))
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
      }
    },
  }
}
