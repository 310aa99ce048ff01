import type { ChatKey } from '../domain/ids.ts'
import { evidence } from './evidence.ts'
import type { Profile } from './identity.ts'
import type { StoredContact } from './ports.ts'

export interface MatchResult {
  /** Session name -> stored contact, where both sides chose each other and nobody else came as close. */
  readonly bound: ReadonlyMap<string, StoredContact>
  /** Stored contacts with candidates that tie. */
  readonly tiedKeys: ReadonlySet<ChatKey>
  /** Session names with candidates that tie. */
  readonly tiedNames: ReadonlySet<string>
}

interface Pair {
  readonly live: Profile
  readonly stored: StoredContact
  readonly score: number
}

function handlesOf(contact: Profile | StoredContact): string[] {
  const { kind, realId, alias, remark, nick } = contact
  return [`i${realId}`, `a${alias}`, `r${remark}`, `n${nick}`]
    .filter((handle) => handle.length > 1)
    .map((handle) => `${kind}/${handle}`)
}

/** Stored contacts by everything they may be found by. */
export type StoredIndex = ReadonlyMap<string, readonly StoredContact[]>

/** Built once per login. */
export function indexStored(stored: readonly StoredContact[]): StoredIndex {
  const index = new Map<string, StoredContact[]>()
  for (const contact of stored) {
    for (const handle of handlesOf(contact)) {
      const bucket = index.get(handle)
      if (bucket === undefined) index.set(handle, [contact])
      else bucket.push(contact)
    }
  }
  return index
}

function pairsOf(
  live: readonly Profile[],
  index: StoredIndex,
  isFree: (c: StoredContact) => boolean,
): Pair[] {
  return live.flatMap((profile) => {
    const candidates = new Set(handlesOf(profile).flatMap((handle) => index.get(handle) ?? []))
    return [...candidates].filter(isFree).flatMap((contact) => {
      const score = evidence(profile, contact)
      return score === null ? [] : [{ live: profile, stored: contact, score }]
    })
  })
}

/** The best pair of each side; null where two are equally good. */
function bestBy(pairs: readonly Pair[], side: (pair: Pair) => string): Map<string, Pair | null> {
  const best = new Map<string, { pair: Pair; isTied: boolean }>()
  for (const pair of pairs) {
    const known = best.get(side(pair))
    if (known === undefined || pair.score > known.pair.score) best.set(side(pair), { pair, isTied: false })
    else if (pair.score === known.pair.score) known.isTied = true
  }
  return new Map([...best].map(([name, { pair, isTied }]) => [name, isTied ? null : pair]))
}

/**
 * Finds contacts of an earlier login again. Binds only where the choice is mutual and strictly best; what ties is
 * reported and left unbound, because answering the wrong person is worse than answering nobody.
 */
export function matchContacts(
  live: readonly Profile[],
  index: StoredIndex,
  isFree: (contact: StoredContact) => boolean,
): MatchResult {
  const pairs = pairsOf(live, index, isFree)
  const byLive = bestBy(pairs, (pair) => pair.live.userName)
  const byStored = bestBy(pairs, (pair) => pair.stored.key)
  const bound = new Map<string, StoredContact>()
  for (const [userName, pair] of byLive) {
    if (pair !== null && byStored.get(pair.stored.key) === pair) bound.set(userName, pair.stored)
  }
  const boundKeys = new Set([...bound.values()].map((contact) => contact.key))
  return {
    bound,
    tiedKeys: new Set([...byStored.keys()].map((key) => key as ChatKey).filter((key) => !boundKeys.has(key))),
    tiedNames: new Set([...byLive.keys()].filter((userName) => !bound.has(userName))),
  }
}
